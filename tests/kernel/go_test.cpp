// Guests in Go: the SDK against the kernel, with windows and with copies, its memory over ten million records, and the
// examples. go-lsm runs in tests/vm.

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <regex>

#include <gtest/gtest.h>

#include "support/cgroup2.hpp"
#include "support/command.hpp"
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

// In a network namespace and with a cgroup of its own.
void expect_sdk_passes(const std::string& mode, std::vector<std::string> options) {
    enter_own_network_namespace();
    const std::string cgroup = cgroup2_root() + "/wasm-bpf-go-" + std::to_string(getpid());
    ASSERT_TRUE(std::filesystem::create_directory(cgroup));
    {
        Command guest(go_guest("go-sdk", {mode, cgroup}, std::move(options)));
        EXPECT_EQ(guest.wait(patience), 0) << guest.output() << guest.error();
        EXPECT_EQ(guest.output(), "passed\n");
    }
    EXPECT_TRUE(std::filesystem::remove(cgroup)) << "something still holds the cgroup";
}

TEST(Go, SdkIsAsCiliums) { expect_sdk_passes("windows", {}); }
TEST(Go, SdkIsTheSameWithoutWindows) { expect_sdk_passes("copies", {"--no-windows"}); }

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

std::vector<std::string> example(const std::string& name, std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), std::string(TEST_EXAMPLES_DIR "/") + name + "/" + name + ".wasm");
    return wasm_bpf(std::move(arguments));
}

bool has_line(const std::string& text, const std::string& pattern) {
    return std::regex_search(text, std::regex(pattern, std::regex::multiline));
}

// Runs `trigger` until the output has a line like `pattern`; each try waits a little for it.
void expect_line(Command& tool, const std::string& pattern, const std::function<void()>& trigger) {
    ASSERT_TRUE(tool.wait_for_output("PID", patience)) << tool.error();
    for (int tries = 0; tries < 50 && !has_line(tool.output(), pattern); tries++) {
        trigger();
        tool.wait_for_output("no tool prints this", std::chrono::milliseconds(100));
    }
    EXPECT_TRUE(has_line(tool.output(), pattern)) << "no line like " << pattern << " in:\n"
                                                  << tool.output() << tool.error();
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
        expect_line(tool, R"(^\d+ +\S+ +/bin/echo one two three$)",
                    [] { Command({"/bin/echo", "one", "two", "three"}).wait(); });
        expect_last_line(tool, signal, R"(^[1-9]\d* calls; 0 without room)");
    }
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
    EXPECT_NE(denied.wait(patience), 0);
    EXPECT_NE(denied.error().find("denied by the policy"), std::string::npos) << denied.error();
}

void connect_and_accept() {
    const bpf::Fd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ASSERT_EQ(bind(server.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(listen(server.get(), 1), 0);
    ASSERT_EQ(getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    const bpf::Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
}

TEST(Go, TcpPrintsHowLongConnectionsTake) {
    enter_own_network_namespace();
    Command tool(example("go-tcp"));
    expect_line(tool, "^" + std::to_string(getpid()) + R"( +\S+ +127\.0\.0\.1:\d+ +127\.0\.0\.1:\d+ +[\d.]+(µs|ms|s)$)",
                connect_and_accept);
    expect_last_line(tool, SIGINT, R"(^ +\d+ -> \d+ +: [1-9]\d* +\|\*+ *\|)");
    EXPECT_NE(tool.output().find("microseconds : count"), std::string::npos) << tool.output();
}

}  // namespace
}  // namespace wasm_bpf::test
