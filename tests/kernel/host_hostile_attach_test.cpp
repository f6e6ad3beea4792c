// Hostile attach options: every member of them wrong for every kind, and numbers of the host's own fds where the kernel
// would take them for what the guest holds.

#include <fcntl.h>

#include <cerrno>

#include "bpf/fd.hpp"
#include "kernel/hostile_calls.hpp"

namespace wasm_bpf::test {
namespace {

using Options = wasm_bpf_attach_options;

std::int64_t attach(HostileHost& guest, std::int32_t program, Options options) {
    options.size = sizeof(options);
    return guest.call("program_attach", {program, guest.put(options)});
}

// A cgroup that is open in the host, and no guest's.
bpf::Fd host_cgroup() { return bpf::Fd(::open(cgroup2_root().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }

struct HostileAttach : testing::TestWithParam<std::uint32_t> {};

TEST_P(HostileAttach, AnswersWhateverTheMembersAre) {
    with_things([&](Things& on) {
        HostileHost& guest = on.guest;
        const bpf::Fd cgroup = host_cgroup();
        const std::int32_t object = guest.load("hostile_kinds");
        std::vector<std::int32_t> programs;
        for (const std::string_view name : {"packet", "classify", "leave", "look", "verdict", "elements", "tasks"})
            programs.push_back(guest.program(object, name));
        const std::uint32_t place = guest.room(sizeof(Options));
        const auto ids = held_ids();
        const auto handles = guest.handles();
        const std::uint32_t values[] = {1, 2, 8, static_cast<std::uint32_t>(cgroup.get()), 0x80000000, 0xffffffff};
        for (const std::int32_t program : programs)
            for (std::uint32_t offset = offsetof(Options, cookie); offset < sizeof(Options); offset += 4)
                for (const std::uint32_t value : values) {
                    guest.set(place, Options{.size = sizeof(Options), .kind = GetParam(), .interface_index = 1});
                    guest.set(place + offset, value);
                    const std::int64_t result = guest.call("program_attach", {program, place});
                    ASSERT_FALSE(guest.ended) << guest.ended->message;
                    if (result > 0) guest.ok("close", {result});
                    ASSERT_NE(result, 0);
                }
        EXPECT_EQ(ids, held_ids());
        EXPECT_EQ(handles, guest.handles());
    });
}

INSTANTIATE_TEST_SUITE_P(Of, HostileAttach, testing::Range(0u, WASM_BPF_ATTACH_ROUTE + 2u));

// The kernel asks the program's type what the target's number is.
TEST(HostileAttachNumbers, TheHostsCgroupAsAnInterface) {
    with_things([](Things& on) {
        const bpf::Fd cgroup = host_cgroup();
        const std::int32_t leave = on.guest.program(on.guest.load("hostile_kinds"), "leave");
        for (const std::uint32_t kind : {WASM_BPF_ATTACH_TCX, WASM_BPF_ATTACH_NETKIT, WASM_BPF_ATTACH_XDP})
            EXPECT_EQ(attach(on.guest, leave, {.kind = kind, .interface_index = cgroup.get()}), -EINVAL);
        for (const std::uint32_t kind : {WASM_BPF_ATTACH_TCX, WASM_BPF_ATTACH_NETKIT})
            EXPECT_EQ(attach(on.guest, leave,
                             {.kind = kind, .interface_index = cgroup.get(), .attach_type = BPF_CGROUP_INET_EGRESS}),
                      -EINVAL)
                << on.guest.host.last_error;
        EXPECT_NE(on.guest.host.last_error.find("cgroup_skb do not attach there"), std::string::npos)
            << on.guest.host.last_error;
    });
}

TEST(HostileAttachNumbers, AnInterfaceAsACgroupOrANamespace) {
    with_things([](Things& on) {
        const std::int32_t object = on.guest.load("hostile_kinds");
        const std::int32_t packet = on.guest.program(object, "packet");
        EXPECT_EQ(attach(on.guest, packet,
                         {.kind = WASM_BPF_ATTACH_CGROUP, .handle = on.kinds["cgroup"], .attach_type = BPF_XDP}),
                  -EINVAL);
        EXPECT_EQ(attach(on.guest, packet, {.kind = WASM_BPF_ATTACH_NETNS, .handle = on.kinds["network namespace"]}),
                  -EINVAL);
        EXPECT_EQ(attach(on.guest, packet,
                         {.kind = WASM_BPF_ATTACH_SOCKMAP, .handle = on.map("sockets"), .attach_type = BPF_XDP}),
                  -EINVAL);
    });
}

TEST(HostileAttachNumbers, TheHostsMapAsAnOrderOrAThread) {
    with_things([](Things& on) {
        const auto secret =
            bpf::Map::create({.type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 4, .max_entries = 1});
        ASSERT_TRUE(secret) << secret.error().message;
        const int number = (*secret)->fd();
        const std::int32_t object = on.guest.load("hostile_kinds");
        const std::int32_t elements = on.guest.program(object, "elements");
        constexpr std::uint32_t kind = WASM_BPF_ATTACH_ITERATOR;
        EXPECT_EQ(attach(on.guest, elements, {.kind = kind, .order = static_cast<std::uint32_t>(number)}), -EINVAL);
        EXPECT_EQ(attach(on.guest, elements, {.kind = kind, .tid = number}), -EINVAL);
        EXPECT_EQ(attach(on.guest, elements, {.kind = kind, .handle = on.kinds["cgroup"]}), -EINVAL);
        EXPECT_GT(attach(on.guest, elements, {.kind = kind, .handle = on.map("table")}), 0) << on.guest.host.last_error;
        const std::int32_t tasks = on.guest.program(object, "tasks");
        EXPECT_EQ(attach(on.guest, tasks, {.kind = kind, .handle = on.map("table")}), -EINVAL);
        EXPECT_GT(attach(on.guest, tasks, {.kind = kind, .pid = 1}), 0) << on.guest.host.last_error;
    });
}

// libbpf makes a path of them: "syscalls/../sched" would be a place that a policy for "syscalls/*" never saw.
TEST(HostileAttachNames, OfATracepointLeadNowhereElse) {
    with_things([](Things& on) {
        ASSERT_TRUE(on.guest.host.options.policy.deny("attach.tracepoints"));
        ASSERT_TRUE(on.guest.host.options.policy.allow("attach.tracepoints=syscalls/*"));
        const std::int32_t program = on.guest.program(on.guest.load("hostile_kinds"), "trace");
        const auto attach_to = [&](std::string_view category, std::string_view name) {
            return attach(on.guest, program,
                          {.kind = WASM_BPF_ATTACH_TRACEPOINT,
                           .path = on.guest.put(category),
                           .path_size = static_cast<std::uint32_t>(category.size()),
                           .name = on.guest.put(name),
                           .name_size = static_cast<std::uint32_t>(name.size())});
        };
        EXPECT_GT(attach_to("syscalls", "sys_enter_getpgid"), 0) << on.guest.host.last_error;
        EXPECT_EQ(attach_to("sched", "sched_switch"), -EPERM);
        for (const std::string_view category : {"syscalls/../sched", "syscalls/../../events/sched"})
            EXPECT_EQ(attach_to(category, "sched_switch"), -EINVAL) << category;
        EXPECT_EQ(attach_to("syscalls", "../sched/sched_switch"), -EINVAL);
        EXPECT_EQ(attach_to("syscalls", "."), -EINVAL);
        EXPECT_EQ(attach_to("syscalls", "sys_enter_getpgid\n"), -EINVAL);
    });
}

// An event by number is any tracepoint, and a breakpoint any function.
TEST(HostileAttachNames, AreNotGoneRoundByPerfEvents) {
    with_things([](Things& on) {
        std::ifstream file("/sys/kernel/tracing/events/sched/sched_switch/id");
        std::uint64_t number = 0;
        ASSERT_TRUE(file >> number) << "tracefs";
        const auto open = [&](perf_event_attr attr) {
            attr.size = sizeof(attr);
            attr.sample_period = 1;
            return on.guest.call("perf_event_open", {on.guest.put(attr), sizeof(attr), -1, 0, 0, 0});
        };
        const perf_event_attr tracepoint{.type = PERF_TYPE_TRACEPOINT, .config = number};
        perf_event_attr breakpoint{.type = PERF_TYPE_BREAKPOINT, .bp_type = 4 /* HW_BREAKPOINT_X */};
        breakpoint.bp_addr = 0x1000;
        breakpoint.bp_len = sizeof(long);
        const auto expect_denied = [&](std::int64_t result, std::string_view rule) {
            EXPECT_EQ(result, -EPERM);
            EXPECT_NE(on.guest.host.last_error.find(fmt::format("denied by the policy: {}: ", rule)), std::string::npos)
                << on.guest.host.last_error;
        };
        auto& policy = on.guest.host.options.policy;
        EXPECT_GT(open(tracepoint), 0) << on.guest.host.last_error;
        ASSERT_TRUE(policy.deny("attach.tracepoints=sched/*"));
        expect_denied(open(tracepoint), "attach.tracepoints");
        for (const std::string_view rule : {"attach.binary_functions", "attach.binaries", "attach.kernel_functions"}) {
            ASSERT_TRUE(policy.deny(fmt::format("{}={}", rule, rule == "attach.binaries" ? "/bin/true" : "do_exit")));
            expect_denied(open(breakpoint), rule);
        }
        wasm_bpf_perf_ring_options options{};
        options.pages = 1;
        perf_event_attr sampled = tracepoint;
        sampled.size = sizeof(sampled);
        options.attr = on.guest.put(sampled);
        options.attr_size = sizeof(sampled);
        expect_denied(on.guest.call("perf_ring_add", {on.kinds["ring"], on.map("perf"), on.sized(options), 0, 0}),
                      "attach.tracepoints");
    });
}

// libbpf would take the name of a queueing discipline from where there is none.
TEST(HostileAttachNumbers, OtherPlacesOfALegacyFilter) {
    with_things([](Things& on) {
        const std::int32_t classify = on.guest.program(on.guest.load("hostile_kinds"), "classify");
        for (std::uint32_t flags : {0u, 3u, 4u, 8u, 9u, 0xffffffffu})
            EXPECT_EQ(attach(on.guest, classify, {.kind = WASM_BPF_ATTACH_TC, .interface_index = 1, .flags = flags}),
                      -EINVAL)
                << flags;
    });
}

// A value with fds in it would attach functions of whomever, and stay when the guest is gone.
TEST(HostileAttachNumbers, TheElementOfAStructOps) {
    with_things([](Things& on) {
        const std::int32_t map = on.guest.map(on.guest.load("hostile_ops"), "algorithm");
        const std::uint32_t key = on.number(0), value = on.guest.room(4096);
        EXPECT_EQ(on.guest.call("map_update", {map, key, value, 0}), -EOPNOTSUPP);
        EXPECT_EQ(on.guest.call("map_delete", {map, key, 0}), -EOPNOTSUPP);
        EXPECT_EQ(on.guest.call("map_lookup_and_delete", {map, key, value, 0}), -EOPNOTSUPP);
        EXPECT_EQ(on.guest.call("map_next_key", {map, 0, value}), 0);
    });
}

// --- live frames: sent and received as by a program that is attached ---

std::int64_t run_live(Things& on, std::int32_t program, std::uint32_t interface_index) {
    std::uint32_t context[6] = {};  // struct xdp_md
    context[1] = 64;
    context[3] = interface_index;
    wasm_bpf_test_run_options options{};
    options.size = sizeof(options);
    options.data_in = on.guest.room(64);
    options.data_in_size = 64;
    options.context_in = on.guest.put(context);
    options.context_in_size = sizeof(context);
    options.repeat = 1;
    options.flags = 2;  // BPF_F_TEST_XDP_LIVE_FRAMES
    return on.guest.call("program_test_run", {program, on.guest.put(options)});
}

TEST(HostileTestRun, LiveFramesAreForInterfacesThatThePolicyAllows) {
    with_things([](Things& on) {
        const std::int32_t packet = on.guest.program(on.guest.load("hostile_kinds"), "packet");
        EXPECT_EQ(run_live(on, packet, 0), 0) << on.guest.host.last_error;
        EXPECT_EQ(run_live(on, packet, 1), 0) << on.guest.host.last_error;
        EXPECT_EQ(run_live(on, packet, 77), -ENODEV);
        ASSERT_TRUE(on.guest.host.options.policy.deny("attach.interfaces=lo"));
        for (const std::uint32_t index : {0u, 1u}) {
            EXPECT_EQ(run_live(on, packet, index), -EPERM);
            EXPECT_NE(on.guest.host.last_error.find("attach.interfaces: xdp on \"lo\""), std::string::npos)
                << on.guest.host.last_error;
        }
    });
}

}  // namespace
}  // namespace wasm_bpf::test
