// Elements that hold an fd take the guest's handles, never a number of the host's.

#include "host_api/element_fds.hpp"

#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>

#include "host_api/element_call.hpp"

namespace wasm_bpf::host_api {
namespace {

// An instance that is nothing but its memory: a key at 0, a value at 8.
struct MemoryOnly final : engine::Instance {
    engine::Ending run(std::string_view) override { return {}; }
    Result<std::int32_t> call_table(std::uint32_t, std::span<const std::int32_t, 3>) override { return 0; }
    Result<std::int32_t> call_export(std::string_view, std::span<const std::int32_t>) override { return 0; }
    std::span<std::byte> memory() const override { return bytes; }
    mutable std::vector<std::byte> bytes = std::vector<std::byte>(64);
};

struct ElementFds : testing::Test {
    ElementFds()
        : host({.policy = policy::Policy::command_default(),
                .log = [](LogLevel, std::string_view) {},
                .btf_path = {},
                .token_path = {}}) {
        host.memory.bind(instance);
        std::ifstream file(TEST_ENGINE_OBJECT, std::ios::binary);
        const std::string elf{std::istreambuf_iterator(file), {}};
        object = host.handles.add(host.open_object(std::as_bytes(std::span(elf)), "").value());
        EXPECT_TRUE(host.load_object(*host.handles.object(object)));
    }
    ~ElementFds() override { host.handles.close_all(); }
    bpf::Map& map(const char* name) { return *host.handles.object(object)->object->find_map(name); }
    // Writes element 0.
    int update(const char* name, std::int32_t value) {
        std::memset(instance.bytes.data(), 0, 8);
        std::memcpy(instance.bytes.data() + 8, &value, sizeof(value));
        return call_element(host, map(name), {ElementCommand::update, 0, 8, 0, 0});
    }

    MemoryOnly instance;
    Host host;
    Handle object = 0;
};

TEST_F(ElementFds, ProgramArrayTakesProgramHandlesOnly) {
    bpf::Program* program = host.handles.object(object)->object->find_program("count");
    const Handle handle = host.handles.handle_of(object, program);
    const Handle other = host.handles.handle_of(object, &map("table"));
    EXPECT_EQ(update("programs", program->fd()), -EBADF) << "the host's number";
    EXPECT_EQ(update("programs", other), -EBADF) << "of another kind";
    EXPECT_EQ(update("programs", 0), -EBADF);
    EXPECT_EQ(update("programs", -1), -EBADF);
    EXPECT_EQ(update("programs", handle), 0);
    std::int32_t kept;
    std::memcpy(&kept, instance.bytes.data() + 8, sizeof(kept));
    EXPECT_EQ(kept, handle) << "the guest's memory is left as it was";
}

TEST_F(ElementFds, MapOfMapsTakesMapHandlesOnly) {
    const Handle handle = host.handles.handle_of(object, &map("table"));
    EXPECT_EQ(update("maps", map("table").fd()), -EBADF);
    EXPECT_EQ(update("maps", object), -EBADF);
    EXPECT_EQ(update("maps", handle), 0);
    EXPECT_EQ(call_element(host, map("maps"), {ElementCommand::remove, 0, 0, 0, 0}), 0);
}

TEST_F(ElementFds, OrdinaryValuesAreNumbers) { EXPECT_EQ(update("table", 12345), 0); }

}  // namespace
}  // namespace wasm_bpf::host_api
