// However a guest ends, nothing of its own is left in the kernel: asked of the kernel's own lists.

#include <bpf/bpf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "kernel/v1_guest.hpp"
#include "support/cgroup2.hpp"
#include "support/network_namespace.hpp"

// What the uprobes are attached to.
extern "C" __attribute__((noinline, visibility("default"))) int wasm_bpf_left_behind_probed(int value) {
    asm volatile("" : "+r"(value));
    return value;
}

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

template <typename Condition>
bool within_deadline(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

std::string output_of(std::vector<std::string> line) {
    Command command(std::move(line));
    command.wait();
    return command.output();
}

// What a process holds of the kernel's programs, maps and links: ids by kind, as the kernel tells in fdinfo.
using Ids = std::set<std::pair<std::string, std::uint32_t>>;
Ids ids_held_by(int pid) {
    Ids ids;
    for (const auto& file : fs::directory_iterator(fmt::format("/proc/{}/fdinfo", pid))) {
        std::ifstream lines(file.path());
        for (std::string key, value; lines >> key && std::getline(lines, value);)
            if (key == "prog_id:" || key == "map_id:" || key == "link_id:") ids.emplace(key, std::stoul(value));
    }
    return ids;
}

bool exists(const std::pair<std::string, std::uint32_t>& named) {
    const auto& [kind, id] = named;
    const bpf::Fd fd(kind == "prog_id:"  ? bpf_prog_get_fd_by_id(id)
                     : kind == "map_id:" ? bpf_map_get_fd_by_id(id)
                                         : bpf_link_get_fd_by_id(id));
    return fd.valid();
}

// The kernel frees them after a grace period.
void expect_gone(const Ids& ids) {
    for (const auto& named : ids)
        EXPECT_TRUE(within_deadline([&] { return !exists(named); })) << named.first << " " << named.second;
}

// What holds on to programs beside the fds of who attached them, in this network namespace and cgroup.
std::string other_lists(const std::string& cgroup) {
    std::string lists = output_of({"ip", "-details", "link", "show", "dev", "lo"}) + output_of({"tc", "qdisc"}) +
                        output_of({"tc", "filter", "show", "dev", "lo", "ingress"}) + output_of({"ip", "route"});
    const bpf::Fd folder(::open(cgroup.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const bpf::Fd network(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
    const auto add = [&](const char* name, int target, bpf_attach_type place) {
        struct bpf_prog_query_opts query{};
        std::uint32_t programs[8] = {};
        query.sz = sizeof(query);
        query.prog_ids = programs;
        query.prog_cnt = 8;
        const int error = bpf_prog_query_opts(target, place, &query);
        lists += fmt::format("{}: {} programs, error {}\n", name, query.prog_cnt, error);
    };
    add("cgroup", folder.get(), BPF_CGROUP_INET_EGRESS);
    add("tcx", 1, BPF_TCX_INGRESS);
    add("network namespace", network.get(), BPF_SK_LOOKUP);
    return lists;
}

// Probe events that libbpf makes on old kernels are named after the process.
bool has_probe_events(int pid) {
    for (const char* list : {"/sys/kernel/tracing/kprobe_events", "/sys/kernel/tracing/uprobe_events"}) {
        std::ifstream lines(list);
        for (std::string line; std::getline(lines, line);)
            if (line.find(fmt::format("libbpf_{}_", pid)) != line.npos) return true;
    }
    return false;
}

struct Row {
    const char* kind;
    const char* end;
    int exit_code;
    int signal = 0;
    const char* timeout = nullptr;
};

class LeftBehind : public testing::TestWithParam<Row> {
protected:
    void SetUp() override {
        enter_own_network_namespace();
        folder_ = fs::temp_directory_path() / fmt::format("wasm-bpf-left-behind-{}", ::getpid());
        cgroup_ = fmt::format("{}/wasm-bpf-left-behind-{}", cgroup2_root(), ::getpid());
        fs::create_directories(folder_);
        fs::create_directory(cgroup_);
        ASSERT_EQ(::mkfifo((folder_ / "input").c_str(), 0600), 0);
        input_.reset(::open((folder_ / "input").c_str(), O_RDWR | O_CLOEXEC));
    }
    void TearDown() override {
        fs::remove_all(folder_);
        EXPECT_TRUE(within_deadline([&] { return ::rmdir(cgroup_.c_str()) == 0; }))
            << "something is left in the cgroup";
    }

    // The guest with standard input from the fifo, or none where it is to end at once; its records go to a folder of
    // this test's.
    Command start(const std::string& kind, const std::string& end, std::vector<std::string> options = {},
                  const std::string& output = "/dev/stdout") {
        const std::string self = fs::read_symlink("/proc/self/exe");
        std::vector<std::string> line{"/bin/sh",
                                      "-c",
                                      "input=$1 output=$2; shift 2; exec \"$@\" <\"$input\" >\"$output\"",
                                      "sh",
                                      kind == "none" ? "/dev/null" : (folder_ / "input").string(),
                                      output};
        for (const std::string& word :
             v1_guest("left_behind", {kind, end, cgroup_, self, "wasm_bpf_left_behind_probed"}, std::move(options)))
            line.push_back(word);
        return Command(line, {{"WASM_BPF_RUN", folder_ / "run"}});
    }
    void let_go_on() { ASSERT_EQ(::write(input_.get(), "\n", 1), 1); }
    bool has_records() { return fs::exists(folder_ / "run") && !fs::is_empty(folder_ / "run"); }

    fs::path folder_;
    std::string cgroup_;
    bpf::Fd input_;
};

TEST_P(LeftBehind, NothingIs) {
    const Row& row = GetParam();
    const std::string before = other_lists(cgroup_);
    std::vector<std::string> options;
    if (row.timeout != nullptr) options = {"--timeout", row.timeout};
    Command guest = start(row.kind, row.end, options);
    ASSERT_TRUE(guest.wait_for_output("attached\n")) << guest.error();
    const Ids held = ids_held_by(guest.pid());
    EXPECT_GE(held.size(), 3U) << "its programs and maps";
    let_go_on();
    if (row.signal != 0) guest.signal(row.signal);
    EXPECT_EQ(guest.wait(), row.exit_code) << guest.error();
    expect_gone(held);
    EXPECT_TRUE(within_deadline([&] { return other_lists(cgroup_) == before; })) << "before:\n"
                                                                                 << before << "after:\n"
                                                                                 << other_lists(cgroup_);
    EXPECT_FALSE(has_probe_events(guest.pid()));
    EXPECT_FALSE(has_records());
}

std::vector<Row> rows() {
    std::vector<Row> all;
    for (const char* kind : {"xdp", "tcx", "tracepoint", "raw_tracepoint", "trace", "uprobe", "uprobe_multi", "cgroup",
                             "socket", "perf_event", "netfilter", "netns", "sockmap", "iterator"}) {
        all.push_back({kind, "return", 0});
        all.push_back({kind, "loop", 128 + SIGKILL, SIGKILL});
    }
    for (const char* kind : {"tc", "xdp", "cgroup"}) {
        all.push_back({kind, "exit", 7});
        all.push_back({kind, "trap", 134});
        all.push_back({kind, "callback", 134});
        all.push_back({kind, "denied", 122});
        all.push_back({kind, "loop", 128 + SIGINT, SIGINT});
        all.push_back({kind, "loop", 128 + SIGTERM, SIGTERM});
        all.push_back({kind, "loop", 124, 0, "2"});
    }
    for (const char* kind : {"tc", "route"}) all.push_back({kind, "return", 0});
    all.push_back({"route", "trap", 134});
    return all;
}
INSTANTIATE_TEST_SUITE_P(, LeftBehind, testing::ValuesIn(rows()), [](const auto& tested) {
    const Row& row = tested.param;
    const std::string how = row.signal != 0 ? fmt::format("signal_{}", row.signal) : row.timeout ? "timeout" : row.end;
    return fmt::format("{}_{}", row.kind, how);
});

using Routes = LeftBehind;

TEST_F(Routes, AKilledHostsRouteIsRemovedByTheNextStartAndOthersStay) {
    const auto routes = [] { return output_of({"ip", "route", "show", "table", "main"}); };
    ASSERT_EQ(output_of({"ip", "route", "add", "10.8.0.0/16", "dev", "lo"}), "");
    const std::string before = routes();
    for (const bool replaced : {false, true}) {
        Command killed = start("route", "loop");
        ASSERT_TRUE(killed.wait_for_output("attached\n")) << killed.error();
        const Ids held = ids_held_by(killed.pid());
        killed.signal(SIGKILL);
        killed.wait();
        EXPECT_NE(routes().find("on_route"), std::string::npos) << "what this test is about";
        // Somebody else's route in its place is left alone.
        if (replaced) output_of({"ip", "route", "replace", "10.9.0.0/16", "dev", "lo"});
        Command other = start("none", "return");
        EXPECT_EQ(other.wait(), 0) << other.error();
        EXPECT_EQ(other.error().find("removed the route to 10.9.0.0/16 on interface 1") == std::string::npos, replaced)
            << other.error();
        EXPECT_EQ(routes() == before, !replaced) << routes();
        expect_gone(held);
        EXPECT_FALSE(has_records());
    }
}

using LegacyTc = LeftBehind;

constexpr const char* filters[] = {"tc", "filter", "show", "dev", "lo", "ingress"};
std::string ingress_filters() { return output_of({std::begin(filters), std::end(filters)}); }

TEST_F(LegacyTc, AKilledHostsFilterIsRemovedByTheNextStartAndOthersStay) {
    const std::string qdiscs = output_of({"tc", "qdisc"});
    Command killed = start("tc", "loop");
    ASSERT_TRUE(killed.wait_for_output("attached\n")) << killed.error();
    const Ids held = ids_held_by(killed.pid());
    EXPECT_TRUE(has_records());
    // While it lives, others' starts leave it alone.
    const auto run_another = [&] {
        Command other = start("none", "return");
        EXPECT_EQ(other.wait(), 0) << other.error();
        return other.error();
    };
    EXPECT_EQ(run_another(), "");
    EXPECT_NE(ingress_filters().find("on_tc"), std::string::npos);

    killed.signal(SIGKILL);
    killed.wait();
    EXPECT_NE(ingress_filters().find("on_tc"), std::string::npos) << "what this test is about";
    // Somebody else's filter, of another program of that name, is on the same hook.
    Command living = start("tc", "loop");
    ASSERT_TRUE(living.wait_for_output("attached\n")) << living.error();
    EXPECT_NE(living.error().find(fmt::format("process {} left", killed.pid())), std::string::npos) << living.error();
    expect_gone(held);
    EXPECT_EQ(run_another(), "");
    EXPECT_NE(ingress_filters().find("on_tc"), std::string::npos);
    living.signal(SIGINT);
    EXPECT_EQ(living.wait(), 130);
    EXPECT_EQ(output_of({"tc", "qdisc"}), qdiscs);
    EXPECT_FALSE(has_records());
}

TEST_F(LegacyTc, RecordsOfOtherNamespacesBootsAndNonsenseTouchNothing) {
    Command living = start("tc", "loop");
    ASSERT_TRUE(living.wait_for_output("attached\n")) << living.error();
    const fs::path run = folder_ / "run";
    // The record of the filter that is there, as a dead process would have left it, but not quite.
    std::ifstream file(fs::directory_iterator(run)->path());
    const std::string record((std::istreambuf_iterator<char>(file)), {});
    const auto changed = [&](std::string_view from, std::string_view to) {
        std::string text = record;
        const auto at = text.find(from);
        EXPECT_NE(at, text.npos) << from << " in " << text;
        return text.replace(at, to.size(), to);
    };
    const auto other = changed("tc 1 1", "tc 1 2");  // the other side
    std::ofstream(run / "other-side") << other;
    std::ofstream(run / "other-namespace") << changed(" tc", "9tc");
    std::ofstream(run / "other-boot") << changed("1 ", "1 0");
    std::ofstream(run / "nonsense") << "nonsense";
    std::ofstream(run / "half") << record.substr(0, record.size() - 20);
    std::ofstream(run / "empty") << "";
    Command next = start("none", "return");
    EXPECT_EQ(next.wait(), 0);
    EXPECT_NE(next.error().find("nonsense is no record"), std::string::npos) << next.error();
    EXPECT_EQ(next.error().find("removed"), std::string::npos) << next.error();
    EXPECT_NE(ingress_filters().find("on_tc"), std::string::npos);
    living.signal(SIGKILL);
    living.wait();
}

// Whether the guest's program that takes long runs: the only one that counts in a namespace without packets.
bool is_stalled(const Ids& held) {
    for (const auto& [kind, id] : held) {
        const bpf::Fd map(kind == "map_id:" ? bpf_map_get_fd_by_id(id) : -1);
        bpf_map_info info{};
        std::uint32_t size = sizeof(info), key = 0;
        std::uint64_t calls = 0;
        if (map.valid() && bpf_map_get_info_by_fd(map.get(), &info, &size) == 0 &&
            std::string_view(info.name).ends_with(".bss") && info.value_size == sizeof(calls) &&
            bpf_map_lookup_elem(map.get(), &key, &calls) == 0)
            return calls > 0;
    }
    return false;
}

// No stop ends a single run of a program in the kernel.
TEST_F(LegacyTc, AHostThatLeavesABlockedGuestBehindRemovesItsFilter) {
    const std::string qdiscs = output_of({"tc", "qdisc"});
    Command guest = start("tc", "stall");
    ASSERT_TRUE(guest.wait_for_output("attached\n")) << guest.error();
    let_go_on();
    ASSERT_TRUE(within_deadline([&] { return is_stalled(ids_held_by(guest.pid())); })) << guest.error();
    EXPECT_NE(ingress_filters().find("on_tc"), std::string::npos);
    const Ids held = ids_held_by(guest.pid());
    guest.signal(SIGINT);
    EXPECT_EQ(guest.wait(), 130);
    EXPECT_NE(guest.error().find("leaving without it"), std::string::npos) << guest.error();
    expect_gone(held);
    EXPECT_EQ(output_of({"tc", "qdisc"}), qdiscs);
    EXPECT_FALSE(has_records());
}

TEST_F(LegacyTc, AFolderThatCannotBeWrittenIsAWarning) {
    std::ofstream(folder_ / "run") << "no folder";
    Command guest = start("tc", "return");
    ASSERT_TRUE(guest.wait_for_output("attached\n")) << guest.error();
    let_go_on();
    EXPECT_EQ(guest.wait(), 0);
    EXPECT_NE(guest.error().find("no record in "), std::string::npos) << guest.error();
    fs::remove(folder_ / "run");
}

}  // namespace
}  // namespace wasm_bpf::test
