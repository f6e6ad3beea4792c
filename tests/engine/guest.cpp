#include "engine/guest.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/under_test.hpp"
#include "host_api/window.hpp"

namespace wasm_bpf::test {
namespace {

constexpr std::chrono::seconds patience{20};

[[noreturn]] void give_up(std::string_view what) {
    fmt::print(stderr, "{}\n", what);
    std::_Exit(1);
}

// What the engine opens once and keeps (its threads' wake-ups) must not look like a test's leak.
class WarmUp : public testing::Environment {
    void SetUp() override {
        const Folder folder;
        folder.write("file", "x");
        runtime::GuestOptions options = guest_options();
        options.wasi.directories = {{folder.path(), "/", engine::Directory::Access::read_only}};
        const auto ending = run(R"((module
            (import "wasi_snapshot_preview1" "path_open"
                (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (memory (export "memory") 1) (data (i32.const 0) "file")
            (func (export "_start")
                (if (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 0) (i64.const 2) (i64.const 0)
                                (i32.const 0) (i32.const 64)) (then unreachable)))))",
                                std::move(options));
        if (ending.error) give_up(ending.error->message);
    }
};
const auto* const warm_up = testing::AddGlobalTestEnvironment(new WarmUp);

}  // namespace

engine::Engine& engine() {
    static const auto engine = [] {
        host_api::install_window_fault_handler();
        return make_engine();
    }();
    return *engine;
}

engine::Ending run(std::span<const std::byte> wasm, runtime::GuestOptions options) {
    if (!options.host.log) options.host.log = [](LogLevel, std::string_view) {};
    auto module = engine().compile(wasm);
    if (!module) return {.error = std::move(module).error(), .stack = {}, .fault_offset = {}};
    auto guest = runtime::Guest::load(engine(), **module, std::move(options));
    if (!guest) return {.error = std::move(guest).error(), .stack = {}, .fault_offset = {}};
    return (*guest)->run();
}

engine::Ending run(std::string_view text, runtime::GuestOptions options) { return run(wat(text), std::move(options)); }

Background::Background(std::string_view text, runtime::GuestOptions options) {
    options.host.log = [this, said = false](LogLevel, std::string_view) mutable {
        if (!std::exchange(said, true)) ready_.set_value();
    };
    module_ = engine().compile(wat(text)).value();
    guest_ = runtime::Guest::load(engine(), *module_, std::move(options)).value();
    ending_ = std::async(std::launch::async, [this] { return guest_->run(); });
}

Background::~Background() {
    if (!ending_.valid()) return;
    guest_->stop();
    ending();
}

void Background::wait_until_ready() {
    if (ready_.get_future().wait_for(patience) != std::future_status::ready) give_up("the guest did not get ready");
}

engine::Ending Background::ending() {
    if (ending_.wait_for(patience) != std::future_status::ready) give_up("the guest did not end");
    return ending_.get();
}

}  // namespace wasm_bpf::test
