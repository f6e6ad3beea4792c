// The examples, as their users run them: on this kernel, with real events. fentry, kprobe and lsm run in tests/vm.

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "kernel/example_guest.hpp"
#include "kernel/served_metrics.hpp"
#include "support/cgroup2.hpp"
#include "support/command.hpp"
#include "support/network_namespace.hpp"

// In the dynamic symbol table of this program, for the uprobe example.
extern "C" __attribute__((noinline, visibility("default"))) int example_target(int a, int b) {
    asm volatile("" ::: "memory");
    return a + b;
}

namespace wasm_bpf::test {
namespace {

// 130 where the tool has no handler.
void expect_stops(Command& tool, int exit_code = 130) { EXPECT_EQ(tool.end_by(SIGINT), exit_code) << tool.error(); }

void run_program(std::vector<std::string> arguments) { Command(std::move(arguments)).wait(); }

// A datagram over loopback to the discard port.
void send_datagram() {
    const bpf::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(9);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sendto(socket.get(), "x", 1, 0, reinterpret_cast<sockaddr*>(&address), sizeof(address));
}

TEST(Examples, RunqlatPrintsHistogramsOfTheScheduler) {
    Command tool(example("runqlat", {"1", "2"}));
    EXPECT_EQ(tool.wait(), 0) << tool.error();
    EXPECT_TRUE(has_line(tool.output(), R"(^ +\d+ -> \d+ +: [1-9]\d* +\|\*+ *\|$)")) << tool.output();
    const auto first = tool.output().find("microseconds : count");
    EXPECT_NE(tool.output().find("microseconds : count", first + 1), std::string::npos) << tool.output();
}

TEST(Examples, RustOnesAreSmall) {
    for (const std::string name : {"rust-bootstrap", "rust-histogram"})
        EXPECT_LE(std::filesystem::file_size(TEST_EXAMPLES_DIR "/" + name + "/" + name + ".wasm"), 80 * 1024) << name;
}

TEST(Examples, RustBootstrapPrintsWhatStartsAndEnds) {
    Command tool(example("rust-bootstrap", {}));
    ASSERT_TRUE(tool.wait_for_output("FILENAME/EXIT CODE\n")) << tool.error();
    const std::string time = R"(^\d\d:\d\d:\d\d )";
    expect_line(tool, time + R"(EXEC  true +\d+ +\d+ +/\S*/true$)", [] { run_program({"/bin/true"}); });
    expect_line(tool, time + R"(EXIT  sh +\d+ +\d+ +\[7\] \(\d+ ms\)$)",
                [] { run_program({"/bin/sh", "-c", "exit 7"}); });
    expect_stops(tool, 0);
}

TEST(Examples, RustBootstrapTakesItsOptions) {
    Command tool(example("rust-bootstrap", {"-d", "50"}));
    ASSERT_TRUE(tool.wait_for_output("FILENAME/EXIT CODE\n")) << tool.error();
    expect_line(tool, R"(EXIT  sleep .* \(\d+ ms\)$)", [] { run_program({"/bin/sleep", "0.1"}); });
    expect_stops(tool, 0);
    Command counting(example("rust-bootstrap", {"-n", "1"}));
    expect_line(counting, "^[0-9:]+ E", [] { run_program({"/bin/true"}); });  // whichever process it is
    EXPECT_EQ(counting.wait(), 0) << counting.error();
    Command wrong(example("rust-bootstrap", {"-x"}));
    EXPECT_EQ(wrong.wait(), 1);
    EXPECT_NE(wrong.error().find("Usage: rust-bootstrap"), std::string::npos);
}

TEST(Examples, ExecMetricsShowsWhatStarts) {
    Command tool(example("exec-metrics", {}, {"run", "--metrics", "0"}));
    ASSERT_TRUE(tool.wait_for_output("Ctrl-C ends it.\n")) << tool.error();
    const std::string name = "counted" + std::to_string(getpid());
    const auto program = std::filesystem::temp_directory_path() / name;
    std::filesystem::create_symlink("/bin/true", program);
    for (int i = 0; i < 3; i++) run_program({program});
    std::filesystem::remove(program);
    const std::string text =
        expect_metrics(tool, "programs_started_total{guest=\"exec-metrics\",command=\"" + name + "\"} 3\n", {});
    EXPECT_TRUE(has_line(text, R"(^process_lifetime_seconds_bucket\{guest="exec-metrics",le="\+Inf"\} ([3-9]|\d\d+)$)"))
        << text;
    expect_stops(tool);
}

// Of nanosleep's calls of this process, which take at least 20 ms.
TEST(Examples, RustHistogramShowsHowLongACallTakes) {
    constexpr int sleeps = 5;
    const auto sleep = [] {
        for (int i = 0; i < sleeps; i++) {
            const timespec time{.tv_sec = 0, .tv_nsec = 20'000'000};
            syscall(SYS_nanosleep, &time, nullptr);
        }
    };
    const std::vector<std::string> only = {"-p", std::to_string(getpid()), "-s", std::to_string(SYS_nanosleep)};
    Command tool(example("rust-histogram", {only[0], only[1], only[2], only[3], "1"}));
    ASSERT_TRUE(tool.wait_for_output("system calls take")) << tool.error();
    expect_line(tool, R"(^ +(16384 -> 32767|32768 -> 65535) +: [1-9]\d* +\|\*+ *\|$)", sleep);
    EXPECT_FALSE(has_line(tool.output(), R"(^ +\d{1,3} -> \d+ +: [1-9])")) << tool.output();
    expect_stops(tool, 0);

    // The copy of a variable is brought up to date by each sleep.
    Command copying(example("rust-histogram", {only[0], only[1], only[2], only[3], "1"}, {"run", "--no-windows"}));
    ASSERT_TRUE(copying.wait_for_output("system calls take")) << copying.error();
    expect_line(copying, R"(^ +(16384 -> 32767|32768 -> 65535) +: [1-9]\d* +\|\*+ *\|$)", sleep);
    expect_stops(copying, 0);

    Command each(example("rust-histogram", {"-P", only[2], only[3], "1"}));
    ASSERT_TRUE(each.wait_for_output("system calls take")) << each.error();
    expect_line(each, "^process " + only[1] + R"( \(kernel_)", sleep);
    expect_stops(each, 0);
}

TEST(Examples, BootstrapIsSmall) {
    EXPECT_LE(std::filesystem::file_size(TEST_EXAMPLES_DIR "/bootstrap/bootstrap.wasm"), 40 * 1024);
}

TEST(Examples, BootstrapPrintsExecAndExit) {
    Command tool(example("bootstrap", {}));
    const auto run = [] { run_program({"sh", "-c", "exit 7"}); };
    expect_line(tool, R"(EXEC +sh +\d+ +\d+ +/.*/sh$)", run);
    expect_line(tool, R"(EXIT +sh +\d+ +\d+ +\[7\])", run);
    expect_stops(tool, 0);
}

TEST(Examples, BootstrapEndsAfterSoManyEvents) {
    Command tool(example("bootstrap", {"-n", "2"}));
    ASSERT_TRUE(tool.wait_for_output("TIME")) << tool.error();
    for (int i = 0; i < 3; i++) run_program({"true"});
    EXPECT_EQ(tool.wait(), 0) << tool.error();
}

TEST(Examples, ExitsnoopPrintsFailuresAndCountsByCode) {
    Command all(example("exitsnoop", {}));
    expect_line(all, R"(^true +\d+ +\d+ ms  code 0$)", [] { run_program({"true"}); });
    expect_stops(all);

    Command tool(example("exitsnoop", {"-x", "-n", "200"}));
    expect_line(tool, R"(^sh +\d+ +\d+ ms  code 7$)", [] { run_program({"sh", "-c", "exit 7"}); });
    expect_line(tool, R"(^sh +\d+ +\d+ ms  signal 9$)", [] { run_program({"sh", "-c", "kill -9 $$"}); });
    EXPECT_FALSE(has_line(tool.output(), "code 0$")) << tool.output();
    for (int tries = 0; tries < 1000 && !has_line(tool.output(), "^CODE +PROCESSES$"); tries++) {
        run_program({"sh", "-c", "exit 7"});
        tool.wait_for_output("no tool prints this", std::chrono::milliseconds(1));
    }
    EXPECT_EQ(tool.wait(), 0) << tool.error();
    EXPECT_TRUE(has_line(tool.output(), R"(^ +7  [1-9]\d*$)")) << tool.output();
}

TEST(Examples, ExecvePrintsCommandLines) {
    Command tool(example("execve", {}));
    expect_line(tool, "/echo one two three$", [] { run_program({"/bin/echo", "one", "two", "three"}); });
    expect_stops(tool);
}

TEST(Examples, ZigExitsPrintsHowProcessesEnd) {
    Command tool(wasm_bpf({TEST_GUEST_DIR "/zig-exits/zig-exits.wasm", std::to_string(getpid())}));
    expect_line(tool, R"(^\d+ +sh +exit +3 +\d+\.\d$)", [] { run_program({"/bin/sh", "-c", "exit 3"}); });
    expect_line(tool, R"(^\d+ +sh +signal +9 +\d+\.\d$)", [] { run_program({"/bin/sh", "-c", "kill -9 $$"}); });
    expect_stops(tool, 0);
}

TEST(Examples, OpensnoopPrintsWhatIsOpenedAndWhatIsMissing) {
    Command tool(example("opensnoop", {"-p", std::to_string(getpid())}));
    expect_line(tool, R"( /etc/hostname$)", [] { std::ifstream("/etc/hostname"); });
    expect_line(tool, R"( -1 +2 +\d+ /no/such/file$)", [] { std::ifstream("/no/such/file"); });
    expect_stops(tool);
}

TEST(Examples, UprobePrintsArgumentsAndResult) {
    Command tool(example("uprobe", {"-p", std::to_string(getpid()), "/proc/self/exe", "example_target"}));
    const auto wrong = tool.wait();  // /proc/self/exe is the command, which has no such function
    EXPECT_EQ(wrong, 1);
    EXPECT_NE(tool.error().find("example_target"), std::string::npos) << tool.error();

    const std::string self = std::filesystem::read_symlink("/proc/self/exe");
    Command right(example("uprobe", {"-p", std::to_string(getpid()), self, "example_target"}));
    expect_line(right, R"(call +0x3 0x4)", [] { example_target(3, 4); });
    expect_line(right, R"(return 0x7$)", [] { example_target(3, 4); });
    expect_stops(right);
}

TEST(Examples, SockfilterPrintsPackets) {
    enter_own_network_namespace();
    Command tool(example("sockfilter", {"-i", "lo"}));
    expect_line(tool, R"(^in +udp +127\.0\.0\.1:\d+ -> 127\.0\.0\.1:9, )", send_datagram);
    expect_stops(tool);
}

TEST(Examples, SockopsPutsThePidIntoTheSyn) {
    enter_own_network_namespace();
    const std::string mount = cgroup2_root();
    const std::string cgroup = mount + "/wasm-bpf-test-" + std::to_string(getpid());
    ASSERT_TRUE(std::filesystem::create_directory(cgroup));
    std::ofstream(cgroup + "/cgroup.procs") << getpid();
    const std::string pid = std::to_string(getpid());
    {
        Command tool(example("sockops", {cgroup}));
        expect_line(tool, "^accepted .*, pid " + pid + " in the SYN$", connect_and_accept);
        expect_line(tool, "^connected 127.0.0.1:.*, pid " + pid + "$", connect_and_accept);
        expect_stops(tool);
    }
    std::ofstream(mount + "/cgroup.procs") << getpid();
    EXPECT_TRUE(std::filesystem::remove(cgroup)) << "something still holds the cgroup";
}

TEST(Examples, XdpCountsAndDrops) {
    enter_own_network_namespace();
    Command tool(example("xdp", {"-d", "udp", "lo", "1"}));
    expect_line(tool, R"(^udp +([1-9]\d*) packets +\d+ bytes +[1-9]\d* dropped$)", send_datagram);
    expect_stops(tool);
    Command shown({"ip", "link", "show", "dev", "lo"});
    EXPECT_EQ(shown.wait(), 0);
    EXPECT_EQ(shown.output().find("xdp"), std::string::npos) << shown.output();
}

TEST(Examples, ArenaListIsExtendedByBothSides) {
    const std::string name = "asked-for-" + std::to_string(getpid() % 10000);
    const std::string copy = std::filesystem::temp_directory_path() / name;
    std::filesystem::copy_file("/bin/true", copy, std::filesystem::copy_options::overwrite_existing);
    Command tool(example("arena-list", {"-w", name, "1"}));
    ASSERT_TRUE(tool.wait_for_output("Starts of programs")) << tool.error();
    expect_line(tool, "^" + name + " +[1-9][0-9]*  asked for$", [&] { run_program({copy}); });
    expect_line(tool, "^true +[1-9][0-9]*$", [] { run_program({"true"}); });
    expect_stops(tool);
    std::filesystem::remove(copy);
}

void expect_rate_is_kept(std::vector<std::string> arguments) {
    Command tool(wasm_bpf(std::move(arguments)));
    expect_line(tool, "calls +[0-9]+ sampled, one in [1-9][0-9]+, ", [] {
        for (int i = 0; i < 10000; i++) getppid();
    });
    expect_stops(tool);
}

TEST(Examples, LiveConfigKeepsTheRate) {
    const std::string module = TEST_EXAMPLES_DIR "/live-config/live-config.wasm";
    expect_rate_is_kept({module, "-r", "10", "1"});
    expect_rate_is_kept({"run", "--no-windows", module, "-r", "10", "1"});
}

TEST(Examples, TcCountsBothWays) {
    enter_own_network_namespace();
    Command tool(example("tc", {"lo", "1"}));
    expect_line(tool, R"(^received +[1-9]\d* packets .* sent +[1-9]\d* packets)", send_datagram);
    expect_stops(tool);
    Command shown({"tc", "filter", "show", "dev", "lo", "ingress"});
    EXPECT_EQ(shown.wait(), 0);
    EXPECT_EQ(shown.output(), "");
    Command disciplines({"tc", "qdisc", "show", "dev", "lo"});
    EXPECT_EQ(disciplines.wait(), 0);
    EXPECT_EQ(disciplines.output().find("clsact"), std::string::npos) << disciplines.output();
}

}  // namespace
}  // namespace wasm_bpf::test
