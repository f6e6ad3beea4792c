// Every argument of every import made wrong in turn, while all the others are right: the answer is the one of the check
// of this argument, and nothing has changed. Generated from the table of imports and one valid call of each
// (hostile_calls.hpp), which must succeed in the end.

#include <algorithm>
#include <cerrno>

#include <fmt/ranges.h>

#include "kernel/hostile_calls.hpp"

namespace wasm_bpf::test {
namespace {

using guest_abi::Import;
using guest_abi::Type;

const Import& import_of(const ValidCall& call) {
    const auto imports = guest_abi::imports();
    const auto found = std::ranges::find_if(
        imports, [&](const Import& each) { return each.module == call.module && each.name == call.name; });
    EXPECT_NE(found, imports.end()) << call.name;
    return *found;
}

bool is_version_0(const ValidCall& call) { return call.module != guest_abi::version_1; }

// Whether 0 means that there is none.
bool is_optional(const Import& import, std::string_view parameter) {
    constexpr std::pair<std::string_view, std::string_view> optional[] = {
        {"object_open", "options"},       {"program_attach", "options"},
        {"map_attach", "options"},        {"map_next_key", "key"},
        {"map_lookup_batch", "in_batch"}, {"map_lookup_and_delete_batch", "in_batch"},
        {"ring_add", "window"},           {"perf_ring_add", "window"},
        {"object_next_map", "previous"},  {"object_next_program", "previous"},
        {"perf_event_open", "group"},     {"program_set_attach_target", "target"},
        {"btf_read", "object"},           {"wasm_attach_bpf_program", "target"}};
    return std::ranges::count(optional, std::pair(import.name, parameter)) != 0;
}

// The kinds (one_of_each) that a handle argument may be of.
std::vector<std::string_view> kinds_taken(const Import& import, std::string_view parameter) {
    const std::vector<std::string_view> maps = {"map", "own map"};
    if (import.name == "close")
        return {"object",     "own map", "link",   "ring",  "socket", "cgroup", "network namespace",
                "perf event", "file",    "stream", "metric"};
    if (import.name == "pin" || import.name == "unpin") return {"map", "own map", "program", "link"};
    if (import.name == "stream_read") return {"stream", "perf event"};
    if (parameter == "replacement") return {"program", "map"};
    if (parameter == "map" || parameter == "fd" || parameter == "existing" || parameter == "inner") return maps;
    if (parameter == "previous")
        return import.name == "object_next_map" ? maps : std::vector{std::string_view("program")};
    if (parameter == "target") return {"program"};
    if (parameter == "event" || parameter == "group") return {"perf event"};
    return {parameter};
}

bool is_handle(const Import& import, std::size_t index) {
    const auto& parameter = import.parameters[index];
    if (parameter.type == Type::handle) return true;
    return import.module != guest_abi::version_1 && (parameter.name == "object" || parameter.name == "fd");
}

struct HostileArguments : testing::TestWithParam<const ValidCall*> {
    void expect_refused(HostileHost& guest, const Arguments& arguments, std::vector<std::int64_t> answers) {
        Unchanged unchanged(guest);
        const std::int64_t result = guest.call(GetParam()->name, arguments, GetParam()->module);
        const std::string call = fmt::format("{}({}) = {}", GetParam()->name, fmt::join(arguments, ", "), result);
        EXPECT_TRUE(std::ranges::count(answers, result) != 0)
            << call << ", not " << fmt::format("{}", fmt::join(answers, " or ")) << ": " << guest.host.last_error;
        unchanged.expect(call);
    }

    // Version 0 tells of an object that did not load by 0.
    std::int64_t answer(int error) const { return GetParam()->name == "wasm_load_bpf_object" ? 0 : -error; }
};

TEST_P(HostileArguments, ArePointersAndSizesThatAreRefused) {
    const Import& import = import_of(*GetParam());
    with_things([&](Things& things) {
        HostileHost& guest = things.guest;
        const Arguments valid = GetParam()->arguments(things);
        constexpr std::int64_t end = HostileHost::memory_bytes;
        for (std::size_t i = 0; i < valid.size(); i++) {
            const auto& parameter = import.parameters[i];
            if (parameter.type != Type::in && parameter.type != Type::out) continue;
            if (std::ranges::count(GetParam()->unused, parameter.name) != 0) continue;
            const bool window = parameter.name == "window";
            const std::int64_t unit = window ? page : 1;
            std::vector<std::int64_t> places = {0x100000000 - unit, end, end - unit, 0x80000000};
            const auto& next = import.parameters[std::min(i + 1, std::size(import.parameters) - 1)];
            const bool has_size = i + 1 < valid.size() && (next.name.ends_with("size"));
            if (has_size) places.push_back(end - valid[i + 1] + unit);   // all but its end
            if (has_size) places.push_back(0x100000000 - valid[i + 1]);  // its end wraps to 0
            for (const std::int64_t place : places) {
                Arguments arguments = valid;
                arguments[i] = place;
                expect_refused(guest, arguments, {answer(EFAULT)});
            }
            if (!has_size) continue;
            const bool text = next.name != "size" || window;
            for (const std::int64_t size :
                 std::vector<std::int64_t>{0xffffffff, 0x80000000, 0x100000000 - valid[i], end}) {
                Arguments arguments = valid;
                arguments[i + 1] = size;
                expect_refused(guest, arguments,
                               text ? std::vector<std::int64_t>{answer(EFAULT), -ENAMETOOLONG, -EINVAL}
                                    : std::vector<std::int64_t>{answer(EFAULT)});
            }
        }
        EXPECT_GE(guest.call(GetParam()->name, valid, GetParam()->module), GetParam()->least_result)
            << guest.host.last_error;
    });
}

TEST_P(HostileArguments, AreHandlesThatAreRefused) {
    const Import& import = import_of(*GetParam());
    with_things([&](Things& things) {
        HostileHost& guest = things.guest;
        const Arguments valid = GetParam()->arguments(things);
        const std::int32_t closed = guest.ok("ring_open", {});
        guest.ok("close", {closed});
        for (std::size_t i = 0; i < valid.size(); i++) {
            if (!is_handle(import, i)) continue;
            const auto taken = kinds_taken(import, import.parameters[i].name);
            std::vector<std::int64_t> wrong = {-1, 0x7fffffff, -0x80000000ll, closed, 1, 2, 3, 4, 5};
            if (!is_optional(import, import.parameters[i].name)) wrong.push_back(0);
            wrong.push_back((valid[i] + 0x10000) & 0x7fffffff);  // of another age
            wrong.push_back((valid[i] & ~0xffff) | 0xfff0);      // a place that was never used
            for (const auto& [kind, handle] : things.kinds)
                if (std::ranges::count(taken, kind) == 0) wrong.push_back(handle);
            const bool object_of_version_0 = is_version_0(*GetParam()) && import.parameters[i].name == "object";
            if (object_of_version_0) wrong.push_back(valid[i] | 0x100000000);
            for (const std::int64_t handle : wrong) {
                if (handle == valid[i]) continue;
                Arguments arguments = valid;
                arguments[i] = handle;
                const bool owned =
                    import.name == "close" && (handle == things.kinds["map"] || handle == things.kinds["program"]);
                expect_refused(guest, arguments, {object_of_version_0 || owned ? -EINVAL : -EBADF});
            }
        }
        EXPECT_GE(guest.call(GetParam()->name, valid, GetParam()->module), GetParam()->least_result)
            << guest.host.last_error;
    });
}

std::vector<const ValidCall*> every_call() {
    std::vector<const ValidCall*> all;
    for (const ValidCall& call : valid_calls()) all.push_back(&call);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Of, HostileArguments, testing::ValuesIn(every_call()), [](const auto& call) {
    return std::string(call.param->name) + (call.param->variant.empty() ? "" : "_") + std::string(call.param->variant);
});

TEST(HostileCalls, AreOfEveryImport) {
    for (const Import& import : guest_abi::imports())
        EXPECT_TRUE(std::ranges::any_of(
            valid_calls(),
            [&](const ValidCall& call) { return call.module == import.module && call.name == import.name; }))
            << import.name << " has no valid call in hostile_calls.hpp";
}

}  // namespace
}  // namespace wasm_bpf::test
