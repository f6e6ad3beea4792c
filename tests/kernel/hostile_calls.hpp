#pragma once
// For each import of the table a call that succeeds, whose arguments a test then makes wrong one at a time.

#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <linux/version.h>
#include <signal.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/bpf/places.hpp"
#include "kernel/hostile_host.hpp"

namespace wasm_bpf::test {

// What the calls are made on.
struct Things {
    HostileHost& guest;
    std::int32_t object = 0;  // loaded
    std::int32_t fresh = 0;   // only opened
    std::map<std::string, std::int32_t> kinds;
    std::string folder;  // of a BPF file system

    std::int32_t map(std::string_view name) const { return guest.map(object, name); }
    std::int32_t fresh_map(std::string_view name) const { return guest.map(fresh, name); }
    std::int32_t program(std::string_view name) const { return guest.program(object, name); }
    std::uint32_t number(std::uint32_t value) const { return guest.put(value); }
    std::string path(std::string_view name) const { return folder + "/" + std::string(name); }
    template <typename T>
    std::uint32_t sized(T value) const {
        value.size = sizeof(value);
        return guest.put(value);
    }
    // A ring set with `ring` and `user`, without windows.
    std::int32_t copied_rings() const {
        const std::int32_t set = guest.ok("ring_open", {});
        guest.ok("ring_add", {set, map("ring"), 0, 0});
        guest.ok("ring_add", {set, map("user"), 0, 0});
        return set;
    }
};

struct ValidCall {
    std::string_view name;
    Arguments (*arguments)(Things& on);
    // Parameters that this use of the call has none for.
    std::vector<std::string_view> unused = {};
    std::string_view variant = "";
    std::string_view module = guest_abi::version_1;
    std::int64_t least_result = 0;
};

// A text and its size.
inline Arguments text_of(HostileHost& guest, std::string_view text) {
    return {guest.put(text), static_cast<std::int64_t>(text.size())};
}
inline Arguments joined(Arguments first, const Arguments& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

// Alarms that come in again and again, handled, but blocked.
inline void block_alarms(HostileHost& guest) {
    guest.ok("signal_action", {SIGALRM, WASM_BPF_SIGNAL_HANDLE, 0, 1});
    guest.ok("signal_mask", {WASM_BPF_SIGNAL_BLOCK, 1 << (SIGALRM - 1)});
    guest.ok("signal_alarm", {1'000'000, 1'000'000});
}

// A thread of its own, with a network and a BPF file system of its own, and `table` with the keys 1 to 3.
inline void with_things(const std::function<void(Things&)>& body) {
    bpf::test::with_bpf_file_system([&](const std::string& folder) {
        enter_own_network_namespace();
        HostileHost guest;
        Things things{guest};
        things.folder = folder;
        things.object = guest.load("hostile");
        things.fresh = guest.open("hostile");
        things.kinds = one_of_each(guest, things.object);
        const std::int32_t table = things.map("table");
        for (std::uint32_t key = 1; key < 4; key++)
            guest.ok("map_update", {table, things.number(key), guest.room(8), 0});
        body(things);
        std::error_code kept;  // the kernel keeps two files of its own there
        for (const auto& pin : std::filesystem::directory_iterator(folder)) std::filesystem::remove(pin.path(), kept);
    });
}

// What a refused call leaves as it was.
struct Unchanged {
    explicit Unchanged(HostileHost& guest)
        : guest_(guest), memory_(guest.memory().begin(), guest.memory().end()), handles_(guest.handles()) {}
    void expect(const std::string& call) {
        EXPECT_FALSE(guest_.ended) << call << " ended the guest: " << guest_.ended->message;
        EXPECT_TRUE(std::ranges::equal(memory_, guest_.memory())) << call << " changed the guest's memory";
        EXPECT_EQ(handles_, guest_.handles()) << call << " made or closed something";
        EXPECT_EQ(ids_, held_ids()) << call;
    }

private:
    HostileHost& guest_;
    std::vector<std::byte> memory_;
    std::size_t handles_;
    std::set<std::string> ids_ = held_ids();
};

inline Arguments whole_object(Things& on) {
    const auto elf = bpf::test::read_object("maps");
    const std::uint32_t place = on.guest.room(static_cast<std::uint32_t>(elf.size()));
    std::memcpy(on.guest.memory().data() + place, elf.data(), elf.size());
    return {place, static_cast<std::int64_t>(elf.size())};
}

inline Arguments batch(Things& on) {
    return {on.map("table"), 0, on.guest.room(8), on.guest.room(64), on.guest.room(64), on.number(8), 0, 0};
}

inline const std::vector<ValidCall>& valid_calls() {
    using T = Things&;
    constexpr auto v0 = guest_abi::version_0;
    static const std::vector<ValidCall> all = {
        {"wasm_load_bpf_object", whole_object, {}, "", v0},
        {"wasm_close_bpf_object", [](T on) { return Arguments{on.guest.open("maps")}; }, {}, "", v0},
        {"wasm_attach_bpf_program",
         [](T on) {
             on.guest.ok("close", {on.kinds["link"]});  // an interface takes one
             return Arguments{on.object, on.guest.put("pass"), on.guest.put("lo")};
         },
         {},
         "",
         v0},
        {"wasm_bpf_buffer_poll",
         [](T on) {
             on.guest.run_program(on.program("produce"), 1, 8);
             return Arguments{on.object, on.map("ring"), 0, 0, on.guest.room(64), 64, 0};
         },
         {},
         "",
         v0},
        {"wasm_bpf_buffer_poll",
         [](T on) {
             on.guest.run_program(on.program("produce"), 1, 8);
             return Arguments{on.object, on.map("ring"), 0, on.guest.room(64), 64, 0};
         },
         {},
         "named",
         guest_abi::version_0_named_callback},
        {"wasm_bpf_map_fd_by_name", [](T on) { return Arguments{on.object, on.guest.put("table")}; }, {}, "", v0},
        {"wasm_bpf_map_operate",
         [](T on) { return Arguments{on.map("table"), BPF_MAP_LOOKUP_ELEM, on.number(1), on.guest.room(8), 0, 0}; },
         {"next_key"},
         "lookup",
         v0},
        {"wasm_bpf_map_operate",
         [](T on) { return Arguments{on.map("table"), BPF_MAP_UPDATE_ELEM, on.number(9), on.guest.room(8), 0, 0}; },
         {"next_key"},
         "update",
         v0},
        {"wasm_bpf_map_operate",
         [](T on) { return Arguments{on.map("table"), BPF_MAP_DELETE_ELEM, on.number(1), 0, 0, 0}; },
         {"value", "next_key"},
         "delete",
         v0},
        {"wasm_bpf_map_operate",
         [](T on) { return Arguments{on.map("table"), BPF_MAP_GET_NEXT_KEY, on.number(99), 0, on.guest.room(4), 0}; },
         {"value"},
         "next_key",
         v0},
        {"wasm_bpf_map_operate",
         [](T on) {
             return Arguments{on.map("table"), BPF_MAP_LOOKUP_AND_DELETE_ELEM, on.number(1), on.guest.room(8), 0, 0};
         },
         {"next_key"},
         "lookup_and_delete",
         v0},

        {"error_text", [](T on) { return Arguments{on.guest.room(64), 64}; }},
        {"error_name", [](T on) { return Arguments{2, on.guest.room(64), 64}; }},
        {"log_keep", [](T) { return Arguments{-1}; }},
        {"log_next", [](T on) { return Arguments{on.guest.room(4), on.guest.room(64), 64}; }},
        {"close", [](T on) { return Arguments{on.guest.ok("ring_open", {})}; }},
        {"possible_cpus", [](T) { return Arguments{}; }},
        {"host_features", [](T) { return Arguments{}; }},
        {"kernel_version", [](T) { return Arguments{}; }},
        {"host_number", [](T) { return Arguments{WASM_BPF_HOST_PROCESS_ID}; }},
        {"host_name", [](T on) { return Arguments{WASM_BPF_HOST_RELEASE, on.guest.room(65), 65}; }},
        {"local_time", [](T on) { return Arguments{1700000000, on.guest.room(32)}; }},
        {"interface_index", [](T on) { return text_of(on.guest, "lo"); }},
        {"interface_name", [](T on) { return Arguments{1, on.guest.room(16), 16}; }},
        {"interface_xdp", [](T on) { return Arguments{1, on.guest.room(16), 16}; }},
        {"btf_query",
         [](T on) {
             return Arguments{
                 on.sized(wasm_bpf_btf_query{.kind = WASM_BPF_BTF_TYPE, .name = on.guest.put("sock"), .name_size = 4})};
         }},
        {"btf_read", [](T on) { return Arguments{0, on.guest.room(1), 0, on.guest.room(4096), 4096}; }, {"module"}},
        {"btf_read",
         [](T on) { return Arguments{on.object, 0, 0, on.guest.room(4096), 4096}; },
         {"module"},
         "of_an_object"},
        {"feature_probe", [](T) { return Arguments{WASM_BPF_FEATURE_MAP_TYPE, BPF_MAP_TYPE_HASH, 0}; }},
        {"kernel_symbol", [](T on) { return joined(text_of(on.guest, "bpf_prog_put"), {on.guest.room(8)}); }},
        {"kernel_symbol_at",
         [](T on) {
             const std::uint32_t address = on.guest.room(8);
             on.guest.ok("kernel_symbol", joined(text_of(on.guest, "bpf_prog_put"), {address}));
             return Arguments{on.guest.get<std::int64_t>(address), on.guest.room(200), 200};
         }},
        {"pin", [](T on) { return joined({on.kinds["own map"]}, text_of(on.guest, on.path("made"))); }},
        {"unpin",
         [](T on) {
             const auto arguments = joined({on.kinds["own map"]}, text_of(on.guest, on.path("unmade")));
             on.guest.ok("pin", arguments);
             return arguments;
         }},
        {"open_pinned",
         [](T on) {
             on.guest.ok("pin", joined({on.kinds["own map"]}, text_of(on.guest, on.path("opened"))));
             return joined(text_of(on.guest, on.path("opened")), {WASM_BPF_PINNED_MAP, 0});
         }},

        {"object_open",
         [](T on) { return joined(whole_object(on), {on.sized(wasm_bpf_object_options{.kernel_log_level = 0})}); }},
        {"object_load", [](T on) { return Arguments{on.guest.open("maps")}; }},
        {"object_name", [](T on) { return Arguments{on.object, on.guest.room(64), 64}; }},
        {"object_find_map", [](T on) { return joined({on.object}, text_of(on.guest, "table")); }},
        {"object_next_map", [](T on) { return Arguments{on.object, on.map("table")}; }},
        {"object_find_program", [](T on) { return joined({on.object}, text_of(on.guest, "filter")); }},
        {"object_next_program", [](T on) { return Arguments{on.object, on.program("filter")}; }},

        {"map_create",
         [](T on) {
             return Arguments{on.sized(wasm_bpf_map_create_options{.type = BPF_MAP_TYPE_HASH,
                                                                   .key_size = 4,
                                                                   .value_size = 8,
                                                                   .max_entries = 8,
                                                                   .name = on.guest.put("mine"),
                                                                   .name_size = 4})};
         }},
        {"map_info", [](T on) { return Arguments{on.map("table"), on.guest.room(144), sizeof(wasm_bpf_map_info)}; }},
        {"map_set", [](T on) { return Arguments{on.fresh_map("table"), WASM_BPF_MAP_MAX_ENTRIES, 16}; }},
        {"map_set_initial_value", [](T on) { return Arguments{on.fresh_map(".data"), on.number(9), 4}; }},
        {"map_set_inner", [](T on) { return Arguments{on.fresh_map("nested"), on.kinds["own map"]}; }},
        {"map_set_exclusive",
         [](T on) { return Arguments{on.fresh_map("table"), on.guest.program(on.fresh, "filter")}; }},
        {"map_exclusive", [](T on) { return Arguments{on.fresh_map("table")}; }},
        {"map_set_pin_path", [](T on) { return joined({on.fresh_map("table")}, text_of(on.guest, on.path("later"))); }},
        {"map_pin_path", [](T on) { return Arguments{on.map("table"), on.guest.room(64), 64}; }},
        {"map_reuse", [](T on) { return Arguments{on.fresh_map("table"), on.map("table")}; }},
        {"map_freeze", [](T on) { return Arguments{on.kinds["own map"]}; }},
        {"map_attach",
         [](T on) {
             const std::int32_t object = on.guest.load("hostile_ops");
             return Arguments{on.guest.map(object, "algorithm"), 0};
         }},
        {"map_struct_ops",
         [](T on) {
             return Arguments{on.guest.map(on.guest.open("hostile_ops"), "algorithm"), on.guest.room(512), 512};
         }},
        {"map_set_struct_ops",
         [](T on) {
             const std::int32_t algorithm = on.guest.map(on.guest.open("hostile_ops"), "algorithm");
             const std::uint32_t content = on.guest.room(512);
             return Arguments{algorithm, content, on.guest.ok("map_struct_ops", {algorithm, content, 512})};
         }},
        {"map_lookup", [](T on) { return Arguments{on.map("table"), on.number(1), on.guest.room(8), 0}; }},
        {"map_update", [](T on) { return Arguments{on.map("table"), on.number(9), on.guest.room(8), 0}; }},
        {"map_delete", [](T on) { return Arguments{on.map("table"), on.number(1), 0}; }},
        {"map_lookup_and_delete", [](T on) { return Arguments{on.map("table"), on.number(1), on.guest.room(8), 0}; }},
        {"map_next_key", [](T on) { return Arguments{on.map("table"), on.number(99), on.guest.room(4)}; }},
        {"map_lookup_batch", batch, {}, "", guest_abi::version_1, -ENOENT},
        {"map_lookup_and_delete_batch", batch, {}, "", guest_abi::version_1, -ENOENT},
        {"map_update_batch",
         [](T on) {
             const std::uint32_t keys[] = {21, 22};
             return Arguments{on.map("table"), on.guest.put(keys), on.guest.room(16), on.number(2), 0, 0};
         }},
        {"map_delete_batch",
         [](T on) {
             const std::uint32_t keys[] = {1, 2};
             return Arguments{on.map("table"), on.guest.put(keys), on.number(2), 0, 0};
         }},
        {"map_initial_value", [](T on) { return Arguments{on.map(".data"), on.guest.room(4), 4}; }},
        {"map_window", [](T on) { return Arguments{on.map("shared"), on.guest.pages(2), 2 * page}; }, {}, "loaded"},
        {"map_window",
         [](T on) { return Arguments{on.fresh_map("shared"), on.guest.pages(2), 2 * page}; },
         {},
         "before_load"},
        {"map_read", [](T on) { return Arguments{on.map("shared"), 8, on.guest.room(8), 8}; }},
        {"map_write", [](T on) { return Arguments{on.map("shared"), 8, on.guest.room(8), 8}; }},

        {"program_info",
         [](T on) { return Arguments{on.program("filter"), on.guest.room(232), sizeof(wasm_bpf_program_info)}; }},
        {"program_set",
         [](T on) { return Arguments{on.guest.program(on.fresh, "filter"), WASM_BPF_PROGRAM_AUTOATTACH, 0}; }},
        {"program_set_attach_target",
         [](T on) { return joined({on.guest.program(on.fresh, "dump"), 0}, text_of(on.guest, "bpf_map")); }},
        {"program_log", [](T on) { return Arguments{on.program("filter"), on.guest.room(64), 64}; }},
        {"program_instructions", [](T on) { return Arguments{on.program("filter"), on.guest.room(64), 64}; }},
        {"program_code_info",
         [](T on) { return Arguments{on.program("filter"), WASM_BPF_CODE_LINES, on.guest.room(64), 64}; }},
        {"program_kernel_info",
         [](T on) { return Arguments{on.program("filter"), on.guest.room(256), sizeof(bpf_prog_info)}; }},
        {"program_unload", [](T on) { return Arguments{on.guest.program(on.guest.load("hostile"), "filter")}; }},
        {"program_bind_map", [](T on) { return Arguments{on.program("filter"), on.map("table"), 0}; }},
        {"program_stream_read",
         [](T on) { return Arguments{on.program("filter"), 1, on.guest.room(64), 64}; },
         {},
         "",
         guest_abi::version_1,
         -EINVAL},
        {"program_use_struct_ops",
         [](T on) {
             const std::int32_t operations = on.guest.map(on.guest.load("hostile_ops"), "algorithm");
             return Arguments{on.program("filter"), operations, 0};
         },
         {},
         "",
         guest_abi::version_1,
         -EOPNOTSUPP},
        {"program_attach",
         [](T on) {
             return Arguments{on.program("filter"), on.sized(wasm_bpf_attach_options{.kind = WASM_BPF_ATTACH_SOCKET,
                                                                                     .handle = on.kinds["socket"]})};
         }},
        {"program_test_run",
         [](T on) {
             const std::uint32_t request[2] = {1, 8};
             return Arguments{on.program("produce"),
                              on.sized(wasm_bpf_test_run_options{.context_in = on.guest.put(request),
                                                                 .context_in_size = sizeof(request)})};
         }},
        {"link_info", [](T on) { return Arguments{on.kinds["link"], on.guest.room(232), sizeof(wasm_bpf_link_info)}; }},
        {"link_update", [](T on) { return Arguments{on.kinds["link"], on.program("pass")}; }},
        {"link_detach", [](T on) { return Arguments{on.kinds["link"]}; }},
        {"iterator_open",
         [](T on) { return Arguments{on.guest.attach(on.program("dump"), {.kind = WASM_BPF_ATTACH_ITERATOR})}; }},
        {"stream_read", [](T on) { return Arguments{on.kinds["stream"], on.guest.room(64), 64}; }},

        {"perf_event_open",
         [](T on) { return Arguments{software_event(on.guest), sizeof(perf_event_attr), -1, 0, 0, 0}; }},
        {"perf_event_control", [](T on) { return Arguments{on.kinds["perf event"], WASM_BPF_PERF_EVENT_RESET}; }},
        {"socket_open", [](T on) { return Arguments{on.sized(wasm_bpf_socket_options{.family = 2, .type = 2})}; }},
        {"socket_bind",
         [](T on) {
             const std::uint32_t options = on.sized(wasm_bpf_socket_options{.family = 2, .type = 2});
             return Arguments{on.guest.ok("socket_open", {options}),
                              on.guest.put(std::string("\x02\0", 2) + std::string(14, '\0')), 16};
         }},
        {"network_namespace_open", [](T on) { return text_of(on.guest, "/proc/self/ns/net"); }},
        {"cgroup_open", [](T on) { return text_of(on.guest, cgroup2_root()); }},
        {"file_open", [](T on) { return text_of(on.guest, "/dev/null"); }},

        {"ring_open", [](T) { return Arguments{}; }},
        {"ring_add", [](T on) { return Arguments{on.kinds["ring"], on.map("ring"), on.guest.pages(4), 4 * page}; }},
        {"perf_ring_add",
         [](T on) {
             return Arguments{on.kinds["ring"], on.map("perf"),
                              on.sized(wasm_bpf_perf_ring_options{.cpu = 0, .map_key = 0}), on.guest.pages(2),
                              2 * page};
         }},
        {"metric_publish", [](T on) { return Arguments{memory_metric(on.guest)}; }},
        {"signal_action", [](T) { return Arguments{SIGUSR1, WASM_BPF_SIGNAL_HANDLE, 0, 1}; }},
        {"signal_mask", [](T) { return Arguments{WASM_BPF_SIGNAL_BLOCK, 1 << (SIGUSR1 - 1)}; }},
        {"signal_pending", [](T) { return Arguments{}; }},
        {"signal_raise", [](T) { return Arguments{SIGCHLD}; }},
        {"signal_suspend",
         [](T on) {
             block_alarms(on.guest);
             return Arguments{0};
         },
         {},
         "",
         guest_abi::version_1,
         -EINTR},
        {"signal_wait",
         [](T on) {
             block_alarms(on.guest);
             return Arguments{1 << (SIGALRM - 1), -1};
         }},
        {"signal_alarm", [](T) { return Arguments{0, 0}; }},

        {"ring_wait", [](T on) { return Arguments{on.copied_rings(), 0}; }},
        {"ring_acquire", [](T on) { return Arguments{on.kinds["ring"]}; }},
        {"ring_read",
         [](T on) {
             on.guest.run_program(on.program("produce"), 1, 8);
             return Arguments{on.copied_rings(), 0, on.guest.room(64), 64};
         }},
        {"ring_write",
         [](T on) {
             const std::uint32_t record[] = {8, 0, 1, 2};
             return Arguments{on.copied_rings(), 1, on.guest.put(record), sizeof(record)};
         }},
        {"ring_info", [](T on) { return Arguments{on.copied_rings(), 0, on.guest.room(24), 24}; }},
    };
    return all;
}

}  // namespace wasm_bpf::test
