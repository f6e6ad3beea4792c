#pragma once
// A host whose guest is the test: it calls imports by name, in memory that lies as the engine lays it, and holds one of
// each kind of thing that a guest can.

#include <linux/perf_event.h>
#include <sys/mman.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <bpf/bpf.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "guest_abi/imports.hpp"
#include "host_api/host.hpp"
#include "kernel/bpf/fixture.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"
#include "support/cgroup2.hpp"
#include "support/network_namespace.hpp"

namespace wasm_bpf::test {

using Arguments = std::vector<std::int64_t>;

inline constexpr std::uint32_t page = 4096;

// The kernel's ids of what the process holds, as its fds tell them: "map_id 12".
inline std::set<std::string> held_ids() {
    std::set<std::string> ids;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
        std::ifstream file(entry.path());
        for (std::string line; std::getline(file, line);) {
            std::istringstream words(line);
            std::string name, id;
            words >> name >> id;
            if (name == "map_id:" || name == "prog_id:" || name == "link_id:") ids.insert(name + " " + id);
        }
    }
    return ids;
}

// Waits until the kernel has none of them any more: it frees them a little after the last fd is closed, and long after
// it where sleepable programs of others keep its grace periods from ending.
inline void expect_gone(const std::set<std::string>& ids) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (const std::string& each : ids) {
        std::istringstream words(each);
        std::string name;
        std::uint32_t id = 0;
        words >> name >> id;
        const auto open = [&] {
            return bpf::Fd(name == "map_id:"    ? bpf_map_get_fd_by_id(id)
                           : name == "prog_id:" ? bpf_prog_get_fd_by_id(id)
                                                : bpf_link_get_fd_by_id(id));
        };
        while (open().valid() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
        EXPECT_FALSE(open().valid()) << each << " is still in the kernel";
    }
}

// Linear memory as the engine makes it: on a 4 GiB boundary, with nothing mapped behind it.
class LinearMemory {
public:
    explicit LinearMemory(std::size_t bytes) : bytes_(bytes) {
        start_ = mmap(nullptr, 2 * four_gib, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        const auto base = (reinterpret_cast<std::uintptr_t>(start_) + four_gib - 1) & ~(four_gib - 1);
        base_ = reinterpret_cast<std::byte*>(base);
        mprotect(base_, bytes_, PROT_READ | PROT_WRITE);
    }
    LinearMemory(const LinearMemory&) = delete;
    LinearMemory& operator=(const LinearMemory&) = delete;
    ~LinearMemory() { munmap(start_, 2 * four_gib); }
    [[nodiscard]] std::span<std::byte> bytes() const { return {base_, bytes_}; }

private:
    static constexpr std::size_t four_gib = std::size_t{1} << 32;
    std::size_t bytes_;
    void* start_;
    std::byte* base_;
};

// So that it is the host that refuses, and not the policy.
inline policy::Policy allow_all() {
    auto policy = policy::Policy::command_default();
    EXPECT_TRUE(policy.allow("all"));
    policy.on_denial(policy::Policy::OnDenial::fail_call);  // by the limits that are left
    return policy;
}

class HostileHost final : public engine::Instance {
public:
    static constexpr std::uint32_t memory_bytes = 1 << 20;

    explicit HostileHost(host_api::Windows windows = host_api::Windows::offered)
        : host({.policy = allow_all(), .log = [](LogLevel, std::string_view) {}, .btf_path = {}, .windows = windows}) {
        host_api::install_window_fault_handler();
        host.instance = this;
        host.memory.bind(*this);
        host.faults.interrupt = [](void*) {};
        for (const engine::HostImport& import : host_api::host_imports())
            imports_.emplace(std::string(import.module) + '.' + std::string(import.name), import);
        memory().back() = std::byte{0xee};  // no text ends with the memory
    }
    // What it held must not outlive it.
    ~HostileHost() override {
        const auto ids = held_ids();
        host.handles.close_all();
        if (held_ids().empty()) expect_gone(ids);
    }

    // The import's result; why the guest was ended is in `ended`.
    std::int64_t call(std::string_view name, Arguments arguments, std::string_view module = guest_abi::version_1) {
        const auto found = imports_.find(std::string(module) + '.' + std::string(name));
        if (found == imports_.end()) {
            ADD_FAILURE() << "there is no import " << name;
            return -ENOSYS;
        }
        engine::Value values[engine::max_parameters] = {};
        for (std::size_t i = 0; i < arguments.size(); i++) values[i].i64 = arguments[i];
        auto result = found->second.call(static_cast<void*>(&host),
                                         std::span(values).first(std::max<std::size_t>(arguments.size(), 1)));
        if (!result) {
            ended = std::move(result).error();
            return INT64_MIN;
        }
        const std::string_view signature = found->second.signature;
        return signature.back() == 'I' ? values[0].i64 : values[0].i32;
    }
    // One that must succeed.
    std::int32_t ok(std::string_view name, Arguments arguments) {
        const std::int64_t result = call(name, std::move(arguments));
        EXPECT_GE(result, 0) << name << ": " << host.last_error << (ended ? ended->message : "");
        return static_cast<std::int32_t>(result);
    }

    // Guest memory that nothing else uses.
    std::uint32_t room(std::uint32_t bytes, std::uint32_t alignment = 8) {
        next_ = (next_ + alignment - 1) / alignment * alignment;
        const std::uint32_t place = next_;
        next_ += bytes;
        EXPECT_LT(next_, memory_bytes - page);
        return place;
    }
    std::uint32_t pages(std::uint32_t count) { return room(count * page, page); }
    template <typename T>
        requires(!std::convertible_to<T, std::string_view>)
    std::uint32_t put(const T& value) {
        const std::uint32_t place = room(sizeof(T));
        std::memcpy(memory().data() + place, &value, sizeof(T));
        return place;
    }
    std::uint32_t put(std::string_view text) {
        const auto place = room(static_cast<std::uint32_t>(text.size() + 1));
        text.copy(reinterpret_cast<char*>(memory().data() + place), text.size());
        return place;
    }
    template <typename T>
    T get(std::uint32_t place) const {
        T value;
        std::memcpy(&value, memory().data() + place, sizeof(T));
        return value;
    }
    template <typename T>
    void set(std::uint32_t place, T value) {
        std::memcpy(memory().data() + place, &value, sizeof(T));
    }

    std::int32_t open(std::string_view name) {
        const auto elf = bpf::test::read_object(name);
        const std::uint32_t place = room(static_cast<std::uint32_t>(elf.size()));
        std::memcpy(memory().data() + place, elf.data(), elf.size());
        return ok("object_open", {place, static_cast<std::int64_t>(elf.size()), 0});
    }
    std::int32_t load(std::string_view name) {
        const std::int32_t object = open(name);
        EXPECT_EQ(ok("object_load", {object}), 0);
        return object;
    }
    std::int32_t map(std::int32_t object, std::string_view name) {
        return ok("object_find_map", {object, put(name), static_cast<std::int64_t>(name.size())});
    }
    std::int32_t program(std::int32_t object, std::string_view name) {
        return ok("object_find_program", {object, put(name), static_cast<std::int64_t>(name.size())});
    }
    std::int32_t attach(std::int32_t program, wasm_bpf_attach_options options) {
        options.size = sizeof(options);
        return ok("program_attach", {program, put(options)});
    }
    std::int32_t make_map(wasm_bpf_map_create_options options) {
        options.size = sizeof(options);
        return ok("map_create", {put(options)});
    }
    // Runs a program of hostile.bpf.c.
    std::int64_t run_program(std::int32_t program, std::uint32_t count, std::uint32_t size) {
        const std::uint32_t request[2] = {count, size};
        wasm_bpf_test_run_options options{};
        options.size = sizeof(options);
        options.context_in = put(request);
        options.context_in_size = sizeof(request);
        return call("program_test_run", {program, put(options)});
    }

    // How many handles of all kinds are live.
    std::size_t handles() {
        std::size_t count = 0;
        const auto each = [&](auto&) { count++; };
        host.handles.for_each<std::unique_ptr<host_api::HostObject>>(each);
        host.handles.for_each<bpf::Map*>(each);
        host.handles.for_each<bpf::Program*>(each);
        host.handles.for_each<bpf::Link>(each);
        host.handles.for_each<std::unique_ptr<bpf::Map>>(each);
        host.handles.for_each<std::unique_ptr<host_api::RingSet>>(each);
        host.handles.for_each<host_api::Socket>(each);
        host.handles.for_each<host_api::Cgroup>(each);
        host.handles.for_each<host_api::NetworkNamespace>(each);
        host.handles.for_each<host_api::PerfEvent>(each);
        host.handles.for_each<host_api::File>(each);
        host.handles.for_each<host_api::Stream>(each);
        host.handles.for_each<metrics::Publication>(each);
        return count;
    }

    engine::Ending run(std::string_view) override { return {}; }
    Result<std::int32_t> call_table(std::uint32_t, std::span<const std::int32_t, 3> arguments) override {
        return callback ? callback(arguments[2]) : 0;
    }
    Result<std::int32_t> call_export(std::string_view, std::span<const std::int32_t> arguments) override {
        return callback ? callback(arguments[2]) : 0;
    }
    bool can_call_at_checkpoints() const override { return true; }
    std::span<std::byte> memory() const override { return memory_.bytes(); }

    std::optional<Error> ended;
    // Of version 0's poll, with the record's size, and of handled signals.
    std::function<Result<std::int32_t>(std::int32_t size)> callback;

private:
    LinearMemory memory_{memory_bytes};
    std::map<std::string, engine::HostImport> imports_;
    std::uint32_t next_ = page;

public:
    host_api::Host host;  // ends before the memory that its windows lie in
};

// The attr of one that counts nothing.
inline std::uint32_t software_event(HostileHost& guest) {
    perf_event_attr attr{};
    attr.type = PERF_TYPE_SOFTWARE;
    attr.size = sizeof(attr);
    attr.config = PERF_COUNT_SW_DUMMY;
    return guest.put(attr);
}

// The options of a counter in memory.
inline wasm_bpf_metric_options metric_options(HostileHost& guest) {
    wasm_bpf_metric_options options{};
    options.size = sizeof(options);
    options.kind = WASM_BPF_METRIC_COUNTER;
    options.name = guest.put("metric");
    options.name_size = 6;
    options.number = WASM_BPF_METRIC_U64;
    options.place = WASM_BPF_METRIC_IN_MEMORY;
    options.value = guest.room(8);
    return options;
}
inline std::uint32_t memory_metric(HostileHost& guest) { return guest.put(metric_options(guest)); }

// One handle of each kind, by the kind's name.
inline std::map<std::string, std::int32_t> one_of_each(HostileHost& guest, std::int32_t object) {
    std::map<std::string, std::int32_t> all;
    all["object"] = object;
    all["map"] = guest.map(object, "table");
    all["own map"] = guest.make_map({.type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 8, .max_entries = 8});
    all["program"] = guest.program(object, "filter");
    all["link"] = guest.attach(guest.program(object, "pass"), {.kind = WASM_BPF_ATTACH_XDP, .interface_index = 1});
    all["ring"] = guest.ok("ring_open", {});
    wasm_bpf_socket_options socket{};
    socket.size = sizeof(socket);
    socket.family = 2;  // AF_INET
    socket.type = 2;    // SOCK_DGRAM
    all["socket"] = guest.ok("socket_open", {guest.put(socket)});
    const std::string cgroup = cgroup2_root();
    all["cgroup"] = guest.ok("cgroup_open", {guest.put(cgroup), static_cast<std::int64_t>(cgroup.size())});
    const std::string network = "/proc/self/ns/net";
    all["network namespace"] =
        guest.ok("network_namespace_open", {guest.put(network), static_cast<std::int64_t>(network.size())});
    all["perf event"] = guest.ok("perf_event_open", {software_event(guest), sizeof(perf_event_attr), -1, 0, 0, 0});
    const std::int32_t pass = guest.attach(guest.program(object, "dump"), {.kind = WASM_BPF_ATTACH_ITERATOR});
    all["file"] = guest.ok("file_open", {guest.put("/dev/null"), 9});
    all["stream"] = guest.ok("iterator_open", {pass});
    all["metric"] = guest.ok("metric_publish", {memory_metric(guest)});
    return all;
}

}  // namespace wasm_bpf::test
