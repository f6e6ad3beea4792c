// Guests in Go: the SDK against the kernel, with windows and with copies, its memory over ten million records, and the
// examples. go-lsm runs in tests/vm.

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <regex>

#include <gtest/gtest.h>

#include "kernel/example_guest.hpp"
#include "kernel/file_offset.hpp"
#include "kernel/served_metrics.hpp"
#include "support/cgroup2.hpp"
#include "support/command.hpp"
#include "support/http_get.hpp"
#include "support/network_namespace.hpp"

namespace wasm_bpf::test {
namespace {

using std::chrono::seconds;

// A module of Go's is large, and its first start compiles it.
constexpr seconds patience{90};

std::vector<std::string> go_guest(const std::string& name, std::vector<std::string> arguments = {},
                                  std::vector<std::string> options = {}) {
    std::vector<std::string> line = {"run"};
    line.insert(line.end(), options.begin(), options.end());
    line.push_back(std::string(TEST_GUEST_DIR) + "/go/" + name + ".wasm");
    line.insert(line.end(), arguments.begin(), arguments.end());
    return wasm_bpf(std::move(line));
}

namespace fs = std::filesystem;

// A folder that has to be empty at its end: a cgroup, or one of the BPF file system.
class OwnFolder {
public:
    explicit OwnFolder(const std::string& below) : path_(below + "/wasm-bpf-go-" + std::to_string(getpid())) {
        std::error_code error;
        fs::create_directory(path_, error);
        EXPECT_FALSE(error) << path_ << ": " << error.message();
    }
    OwnFolder(const OwnFolder&) = delete;
    OwnFolder& operator=(const OwnFolder&) = delete;
    ~OwnFolder() {
        std::error_code error;
        EXPECT_TRUE(fs::remove(path_, error)) << "something is left in " << path_ << ": " << error.message();
        for (const auto& left : fs::directory_iterator(path_, error)) fs::remove(left, error);  // pins
        fs::remove(path_, error);
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

// In a network namespace, and with a cgroup and a folder for pins of its own.
void expect_sdk_passes(const std::string& mode, std::vector<std::string> options) {
    enter_own_network_namespace();
    const OwnFolder cgroup(cgroup2_root()), pins("/sys/fs/bpf");
    options.insert(options.end(), {"--allow", "pins=" + pins.path() + "/*"});
    Command guest(go_guest("go-sdk",
                           {mode, cgroup.path(), pins.path(), fs::read_symlink("/proc/self/exe"),
                            file_offset(reinterpret_cast<void*>(&expect_sdk_passes))},
                           std::move(options)));
    EXPECT_EQ(guest.wait(patience), 0) << guest.output() << guest.error();
    EXPECT_EQ(guest.output(), "passed\n");
}

TEST(Go, SdkIsAsCiliums) { expect_sdk_passes("windows", {}); }
TEST(Go, SdkIsTheSameWithoutWindows) { expect_sdk_passes("copies", {"--no-windows"}); }

TEST(Go, PinsNeedTheirGrant) {
    Command guest(go_guest("go-sdk", {"windows", "/sys/fs/cgroup", "/sys/fs/bpf/wasm-bpf-go"}));
    EXPECT_EQ(guest.wait(patience), 122) << guest.output() << guest.error();
    EXPECT_NE(guest.error().find("denied by the policy: pins: "), std::string::npos) << guest.error();
}

class GoMetrics : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(GoMetrics, AreReadWhereTheyLie) {
    std::vector<std::string> options = GetParam();
    options.insert(options.end(), {"--metrics", "0"});
    Command guest(go_guest("go-sdk", {"metrics"}, std::move(options)));
    ASSERT_TRUE(guest.wait_for_output("ready\n", patience)) << guest.output() << guest.error();
    const std::string text = expect_metrics(guest, "go_counter_total{guest=\"go-sdk\"} 42\n",
                                            {
                                                "# HELP go_counter_total A counter.\n",
                                                "go_delay_seconds{guest=\"go-sdk\",by=\"it\",of=\"go\"} -0.5\n",
                                                "go_sizes_bucket{guest=\"go-sdk\",le=\"1.0\"} 2\n",
                                                "go_sizes_bucket{guest=\"go-sdk\",le=\"2.5\"} 4\n",
                                                "go_sizes_bucket{guest=\"go-sdk\",le=\"10.0\"} 4\n",
                                                "go_sizes_bucket{guest=\"go-sdk\",le=\"+Inf\"} 7\n",
                                                "go_sizes_sum{guest=\"go-sdk\"} 42\n",
                                                "go_seen_total{guest=\"go-sdk\",key=\"1.0.0.0\",a=\"1\"} 10\n",
                                                "go_seen_total{guest=\"go-sdk\",key=\"2.0.0.0\",a=\"2\"} 20\n",
                                                "go_last{guest=\"go-sdk\"} 2\n",
                                                "go_slots_bucket{guest=\"go-sdk\",le=\"4.0\"} 3\n",
                                            });
    EXPECT_EQ(text.find("go_closed"), text.npos) << text;
    guest.signal(SIGKILL);
}

INSTANTIATE_TEST_SUITE_P(, GoMetrics,
                         testing::Values(std::vector<std::string>{}, std::vector<std::string>{"--no-windows"}),
                         [](const auto& tested) { return tested.param.empty() ? "Windows" : "Copies"; });

// The guest says how much of its memory Go's runtime has taken, which it never gives back.
class GoFlood : public testing::TestWithParam<const char*> {};

TEST_P(GoFlood, MemoryStaysFlatOverTenMillionRecords) {
    Command guest(go_guest("go-flood", {GetParam()}));
    ASSERT_EQ(guest.wait(patience), 0) << guest.output() << guest.error();
    const std::regex line(R"((\d+) records, (\d+) bytes, )");
    std::vector<std::uint64_t> bytes;
    for (std::sregex_iterator found(guest.output().begin(), guest.output().end(), line), end; found != end; ++found)
        bytes.push_back(std::stoull((*found)[2]));
    ASSERT_EQ(bytes.size(), 2U) << guest.output();
    EXPECT_LE(bytes[1], bytes[0] + 512 * 1024) << guest.output();
    EXPECT_LE(bytes[1], 16U * 1024 * 1024) << guest.output();
}
INSTANTIATE_TEST_SUITE_P(, GoFlood, testing::Values("next", "read"), [](const auto& tested) { return tested.param; });

// The same once the tool is there.
void expect_line_after_start(Command& tool, const std::string& pattern, const std::function<void()>& trigger) {
    ASSERT_TRUE(tool.wait_for_output("PID", patience)) << tool.error();
    expect_line(tool, pattern, trigger);
}

void expect_last_line(Command& tool, int signal, const std::string& pattern) {
    tool.signal(signal);
    EXPECT_EQ(tool.wait(), 0) << tool.error();
    EXPECT_TRUE(has_line(tool.output(), pattern + "\n$")) << tool.output();
    EXPECT_EQ(tool.error(), "");
}

TEST(Go, ExecvePrintsCommandLinesAndEndsByASignalWithItsLastLine) {
    for (const int signal : {SIGINT, SIGTERM}) {
        Command tool(example("go-execve"));
        expect_line_after_start(tool, R"(^\d+ +\S+ +/bin/echo one two three$)",
                                [] { Command({"/bin/echo", "one", "two", "three"}).wait(); });
        expect_last_line(tool, signal, R"(^[1-9]\d* calls; 0 without room)");
    }
}

TEST(Go, ReadersCountForTheHost) {
    Command tool(wasm_bpf({"run", "--metrics", "0", TEST_EXAMPLES_DIR "/go-execve/go-execve.wasm"}));
    expect_line_after_start(tool, R"(/bin/echo one two three$)",
                            [] { Command({"/bin/echo", "one", "two", "three"}).wait(); });
    const auto begin = tool.error().find("http://");
    ASSERT_NE(begin, std::string::npos) << tool.error();
    const std::string text = http_body(tool.error().substr(begin, tool.error().find('\n', begin) - begin));
    EXPECT_TRUE(has_line(text, R"(^wasm_bpf_events_total\{guest="go-execve"\} [1-9]\d*$)")) << text;
    EXPECT_TRUE(has_line(text, R"(^wasm_bpf_lost_samples_total\{guest="go-execve"\} 0$)")) << text;
    tool.signal(SIGTERM);
    EXPECT_EQ(tool.wait(), 0) << tool.error();
}

TEST(Go, ExecveEndsAfterSoManyCallsOfAUser) {
    Command tool(example("go-execve", {"-n", "2", "-u", "0"}));
    ASSERT_TRUE(tool.wait_for_output("PID", patience)) << tool.error();
    for (int i = 0; i < 3; i++) Command({"true"}).wait();
    EXPECT_EQ(tool.wait(), 0) << tool.error();
    EXPECT_TRUE(has_line(tool.output(), "^2 calls; ")) << tool.output();
}

TEST(Go, ExecveHelpsAndRefuses) {
    Command help(example("go-execve", {"-h"}));
    EXPECT_EQ(help.wait(patience), 0);
    EXPECT_NE(help.error().find("Usage: go-execve"), std::string::npos) << help.error();
    Command wrong(example("go-execve", {"-x"}));
    EXPECT_EQ(wrong.wait(patience), 2);
    // Without what the policy grants there is an error of the host's, in its own words.
    Command denied(wasm_bpf({"run", "--deny", "attach.tracepoints=*", TEST_EXAMPLES_DIR "/go-execve/go-execve.wasm"}));
    EXPECT_EQ(denied.wait(patience), 122);
    EXPECT_NE(denied.error().find("denied by the policy"), std::string::npos) << denied.error();
}

TEST(Go, TcpPrintsHowLongConnectionsTake) {
    enter_own_network_namespace();
    Command tool(example("go-tcp"));
    expect_line_after_start(
        tool, "^" + std::to_string(getpid()) + R"( +\S+ +127\.0\.0\.1:\d+ +127\.0\.0\.1:\d+ +[\d.]+(µs|ms|s)$)",
        connect_and_accept);
    expect_last_line(tool, SIGINT, R"(^ +\d+ -> \d+ +: [1-9]\d* +\|\*+ *\|)");
    EXPECT_NE(tool.output().find("microseconds : count"), std::string::npos) << tool.output();
}

}  // namespace
}  // namespace wasm_bpf::test
