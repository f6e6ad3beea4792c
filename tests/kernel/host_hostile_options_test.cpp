// Every pointer, size and handle inside every struct that a guest gives, made wrong in turn: what the struct's call
// answers, and that nothing has changed.

#include <array>
#include <cerrno>
#include <cstddef>

#include "kernel/hostile_calls.hpp"

namespace wasm_bpf::test {
namespace {

// One use of a struct: its call, and where in the struct what is.
struct Options {
    std::string_view name;
    // The struct's bytes, and the call's arguments for where they are.
    std::vector<std::byte> (*bytes)(Things& on);
    std::int64_t (*call)(Things& on, std::uint32_t options);
    struct Area {
        std::string_view name;
        std::size_t pointer;
        std::size_t size;  // no_size: it has the size that its count says
    };
    std::vector<Area> areas = {};
    struct Handle {
        std::string_view name;
        std::size_t offset;
        std::vector<std::string_view> kinds;  // that it may be of
        bool optional;
    };
    std::vector<Handle> handles = {};
};

constexpr std::size_t no_size = SIZE_MAX;

template <typename T>
std::vector<std::byte> bytes_of(T value) {
    value.size = sizeof(value);
    const auto* begin = reinterpret_cast<const std::byte*>(&value);
    return {begin, begin + sizeof(value)};
}

#define AREA(type, member) {#member, offsetof(type, member), offsetof(type, member##_size)}
#define COUNTED(type, member) {#member, offsetof(type, member), no_size}
#define HANDLE(type, member, optional, ...) {#member, offsetof(type, member), {__VA_ARGS__}, optional}

std::int64_t attach(Things& on, std::uint32_t options) {
    return on.guest.call("program_attach", {on.program("filter"), options});
}

template <std::uint32_t kind>
std::vector<std::byte> attach_options(Things&) {
    return bytes_of(wasm_bpf_attach_options{.kind = kind});
}

std::vector<std::byte> multi(Things& on) {
    return bytes_of(wasm_bpf_attach_options{.kind = WASM_BPF_ATTACH_UPROBE_MULTI,
                                            .path = on.guest.put("/bin/true"),
                                            .path_size = 9,
                                            .names = on.guest.put("main"),
                                            .names_size = 5,
                                            .cookies = on.guest.room(8),
                                            .ref_ctr_offsets = on.guest.room(8),
                                            .count = 1});
}

std::vector<std::byte> multi_offsets(Things& on) {
    return bytes_of(wasm_bpf_attach_options{.kind = WASM_BPF_ATTACH_UPROBE_MULTI,
                                            .path = on.guest.put("/bin/true"),
                                            .path_size = 9,
                                            .addresses = on.guest.room(8),
                                            .count = 1});
}

const std::vector<Options>& every_options() {
    using T = Things&;
    using A = wasm_bpf_attach_options;
    static const std::vector<Options> all = {
        {"object_open",
         [](T) { return bytes_of(wasm_bpf_object_options{}); },
         [](T on, std::uint32_t options) { return on.guest.call("object_open", joined(whole_object(on), {options})); },
         {AREA(wasm_bpf_object_options, name), AREA(wasm_bpf_object_options, pin_root),
          AREA(wasm_bpf_object_options, btf_path), AREA(wasm_bpf_object_options, token_path),
          AREA(wasm_bpf_object_options, kconfig)}},
        {"btf_query",
         [](T on) {
             return bytes_of(
                 wasm_bpf_btf_query{.kind = WASM_BPF_BTF_TYPE, .name = on.guest.put("sock"), .name_size = 4});
         },
         [](T on, std::uint32_t options) { return on.guest.call("btf_query", {options}); },
         {AREA(wasm_bpf_btf_query, name), AREA(wasm_bpf_btf_query, member), AREA(wasm_bpf_btf_query, module)}},
        {"map_create",
         [](T) {
             return bytes_of(wasm_bpf_map_create_options{
                 .type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 8, .max_entries = 8});
         },
         [](T on, std::uint32_t options) { return on.guest.call("map_create", {options}); },
         {AREA(wasm_bpf_map_create_options, name)},
         {HANDLE(wasm_bpf_map_create_options, inner, true, "map", "own map"),
          HANDLE(wasm_bpf_map_create_options, btf_object, true, "object")}},
        {"program_test_run",
         [](T on) { return bytes_of(wasm_bpf_test_run_options{.context_in = on.guest.room(8), .context_in_size = 8}); },
         [](T on, std::uint32_t options) {
             return on.guest.call("program_test_run", {on.program("produce"), options});
         },
         {AREA(wasm_bpf_test_run_options, data_in), AREA(wasm_bpf_test_run_options, data_out),
          AREA(wasm_bpf_test_run_options, context_in), AREA(wasm_bpf_test_run_options, context_out)}},
        {"socket_open",
         [](T) { return bytes_of(wasm_bpf_socket_options{.family = 2, .type = 2}); },
         [](T on, std::uint32_t options) { return on.guest.call("socket_open", {options}); },
         {AREA(wasm_bpf_socket_options, address)}},
        {"perf_ring_add",
         [](T) { return bytes_of(wasm_bpf_perf_ring_options{.pages = 1}); },
         [](T on, std::uint32_t options) {
             return on.guest.call("perf_ring_add", {on.kinds["ring"], on.map("perf"), options, 0, 0});
         },
         {AREA(wasm_bpf_perf_ring_options, attr)}},
        {"metric_publish",
         [](T on) {
             auto options = metric_options(on.guest);
             options.kind = WASM_BPF_METRIC_HISTOGRAM;
             options.slots = 3;
             options.bounds = on.guest.put(std::array{1.0, 2.0});
             options.value = on.guest.room(24);
             options.sum_number = WASM_BPF_METRIC_U64;
             options.sum = on.guest.room(8);
             return bytes_of(options);
         },
         [](T on, std::uint32_t options) { return on.guest.call("metric_publish", {options}); },
         {AREA(wasm_bpf_metric_options, name), AREA(wasm_bpf_metric_options, help), AREA(wasm_bpf_metric_options, unit),
          AREA(wasm_bpf_metric_options, labels), COUNTED(wasm_bpf_metric_options, value),
          COUNTED(wasm_bpf_metric_options, sum), COUNTED(wasm_bpf_metric_options, bounds)}},
        {"metric_publish_in_element",
         [](T on) {
             auto options = metric_options(on.guest);
             options.place = WASM_BPF_METRIC_IN_ELEMENT;
             options.map = on.map("table");
             options.value = 0;
             options.key = on.number(1);
             options.key_size = 4;
             return bytes_of(options);
         },
         [](T on, std::uint32_t options) { return on.guest.call("metric_publish", {options}); },
         {COUNTED(wasm_bpf_metric_options, key)},
         {HANDLE(wasm_bpf_metric_options, map, false, "map", "own map")}},
        {"metric_publish_in_each_element",
         [](T on) {
             auto options = metric_options(on.guest);
             options.place = WASM_BPF_METRIC_IN_EACH_ELEMENT;
             options.map = on.map("table");
             options.value = 0;
             options.element_labels = on.guest.put(wasm_bpf_metric_label{
                 .name = on.guest.put("key"), .name_size = 3, .format = WASM_BPF_METRIC_LABEL_UNSIGNED, .size = 4});
             options.element_label_count = 1;
             return bytes_of(options);
         },
         [](T on, std::uint32_t options) { return on.guest.call("metric_publish", {options}); },
         {COUNTED(wasm_bpf_metric_options, element_labels)},
         {HANDLE(wasm_bpf_metric_options, map, false, "map", "own map")}},
        {"attach_usdt",
         attach_options<WASM_BPF_ATTACH_USDT>,
         attach,
         {AREA(A, path), AREA(A, name), AREA(A, provider)}},
        {"attach_uprobe_multi_names",
         multi,
         attach,
         {AREA(A, names), COUNTED(A, cookies), COUNTED(A, ref_ctr_offsets)}},
        {"attach_uprobe_multi_offsets", multi_offsets, attach, {COUNTED(A, addresses)}},
        {"attach_socket", attach_options<WASM_BPF_ATTACH_SOCKET>, attach, {}, {HANDLE(A, handle, false, "socket")}},
        {"attach_cgroup", attach_options<WASM_BPF_ATTACH_CGROUP>, attach, {}, {HANDLE(A, handle, true, "cgroup")}},
        {"attach_perf_event",
         attach_options<WASM_BPF_ATTACH_PERF_EVENT>,
         attach,
         {},
         {HANDLE(A, handle, false, "perf event")}},
        {"attach_freplace", attach_options<WASM_BPF_ATTACH_FREPLACE>, attach, {}, {HANDLE(A, handle, true, "program")}},
        {"attach_iterator",
         attach_options<WASM_BPF_ATTACH_ITERATOR>,
         attach,
         {},
         {HANDLE(A, handle, true, "map", "own map", "cgroup")}},
        {"attach_netns",
         attach_options<WASM_BPF_ATTACH_NETNS>,
         attach,
         {},
         {HANDLE(A, handle, true, "network namespace")}},
        {"attach_sockmap",
         attach_options<WASM_BPF_ATTACH_SOCKMAP>,
         attach,
         {},
         {HANDLE(A, handle, false, "map", "own map")}},
        {"attach_tcx",
         [](T) { return bytes_of(A{.kind = WASM_BPF_ATTACH_TCX, .interface_index = 1}); },
         attach,
         {},
         {HANDLE(A, relative, true, "program", "link")}},
        {"map_attach",
         attach_options<WASM_BPF_ATTACH_AUTO>,
         [](T on, std::uint32_t options) { return on.guest.call("map_attach", {on.map("table"), options}); },
         {},
         {HANDLE(A, handle, true)}},
    };
    return all;
}

struct HostileOptions : testing::TestWithParam<const Options*> {
    void expect_refused(Things& on, const std::vector<std::byte>& bytes, std::vector<std::int64_t> answers,
                        const std::string& what) {
        const std::uint32_t place = on.guest.room(static_cast<std::uint32_t>(bytes.size()));
        std::ranges::copy(bytes, on.guest.memory().begin() + place);
        expect_refused_at(on, place, std::move(answers), what);
    }
    void expect_refused_at(Things& on, std::uint32_t place, std::vector<std::int64_t> answers,
                           const std::string& what) {
        on.guest.host.last_error.clear();
        const std::int64_t result = GetParam()->call(on, place);
        EXPECT_TRUE(std::ranges::count(answers, result) != 0)
            << what << ": " << result << ", not " << answers[0] << ": " << on.guest.host.last_error;
        EXPECT_FALSE(on.guest.ended) << what << ": " << on.guest.ended->message;
    }
};

void set(std::vector<std::byte>& bytes, std::size_t offset, std::uint32_t value) {
    std::memcpy(bytes.data() + offset, &value, sizeof(value));
}

TEST_P(HostileOptions, HavePointersAndSizesThatAreRefused) {
    with_things([&](Things& on) {
        const std::vector<std::byte> valid = GetParam()->bytes(on);
        constexpr std::uint32_t end = HostileHost::memory_bytes;
        on.program("produce");  // what the calls use has its handles
        on.map("perf");
        const auto handles = on.guest.handles();
        const auto ids = held_ids();
        for (const auto& area : GetParam()->areas) {
            for (const std::uint32_t place : {0xffffffffu, 0xfffffff8u, end, end - 1, 0x80000000u}) {
                auto bytes = valid;
                set(bytes, area.pointer, place);
                if (area.size != no_size) set(bytes, area.size, 8);
                expect_refused(on, bytes, {-EFAULT}, fmt::format("{} at {:#x}", area.name, place));
            }
            if (area.size == no_size) continue;
            for (const std::uint32_t size : {0xffffffffu, 0x80000000u, end, 0u - 4096}) {
                auto bytes = valid;
                set(bytes, area.pointer, 4096);
                set(bytes, area.size, size);
                expect_refused(on, bytes, {-EFAULT, -ENAMETOOLONG, -E2BIG, -EINVAL},
                               fmt::format("{} of {:#x} bytes", area.name, size));
            }
        }
        EXPECT_EQ(handles, on.guest.handles());
        EXPECT_EQ(ids, held_ids());
    });
}

TEST_P(HostileOptions, HaveHandlesThatAreRefused) {
    with_things([&](Things& on) {
        const std::vector<std::byte> valid = GetParam()->bytes(on);
        for (const auto& member : GetParam()->handles) {
            std::vector<std::pair<std::string, std::uint32_t>> wrong = {
                {"-1", 0xffffffff},
                {"1", 1},
                {"2", 2},
                {"3", 3},
                {"of another age", static_cast<std::uint32_t>(on.kinds["map"]) + 0x10000},
                {"a place never used", 0x1fff0}};
            if (!member.optional) wrong.emplace_back("0", 0);
            for (const auto& [kind, handle] : on.kinds)
                if (std::ranges::count(member.kinds, kind) == 0) wrong.emplace_back(kind, handle);
            for (const auto& [kind, handle] : wrong) {
                auto bytes = valid;
                set(bytes, member.offset, handle);
                expect_refused(on, bytes, {-EBADF, -EINVAL}, fmt::format("{}: {}", member.name, kind));
            }
        }
    });
}

TEST_P(HostileOptions, HaveSizesOfTheirOwnThatAreRefused) {
    with_things([&](Things& on) {
        auto bytes = GetParam()->bytes(on);
        for (const std::uint32_t size : {0xffffffffu, 0x80000000u, HostileHost::memory_bytes}) {
            set(bytes, 0, size);
            expect_refused(on, bytes, {-EFAULT}, fmt::format("a size of {:#x}", size));
        }
        for (const std::uint32_t size : {0u, 1u, 3u}) {
            set(bytes, 0, size);
            expect_refused(on, bytes, {-EINVAL}, fmt::format("a size of {}", size));
        }
        bytes.push_back(std::byte{1});
        set(bytes, 0, static_cast<std::uint32_t>(bytes.size()));
        expect_refused(on, bytes, {-E2BIG}, "a member that the host does not know");
        // Its head alone is inside the memory.
        constexpr std::uint32_t near_end = HostileHost::memory_bytes - 4;
        on.guest.set(near_end, static_cast<std::uint32_t>(bytes.size() - 1));
        expect_refused_at(on, near_end, {-EFAULT}, "a struct across the end");
    });
}

std::vector<const Options*> pointers() {
    std::vector<const Options*> all;
    for (const Options& options : every_options()) all.push_back(&options);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Of, HostileOptions, testing::ValuesIn(pointers()),
                         [](const auto& options) { return std::string(options.param->name); });

}  // namespace
}  // namespace wasm_bpf::test
