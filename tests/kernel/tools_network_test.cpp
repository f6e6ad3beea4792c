// The tools of examples/tools that watch the network, native and as guests.

#include <arpa/inet.h>
#include <sys/socket.h>

#include <filesystem>
#include <fstream>

#include "child_process.hpp"
#include "support/cgroup2.hpp"
#include "support/network_namespace.hpp"
#include "tool_pair.hpp"

namespace wasm_bpf::test {
namespace {

const std::string self = std::to_string(getpid());

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// A socket on a port of loopback that the kernel chooses.
struct BoundSocket {
    bpf::Fd fd;
    std::uint16_t port = 0;

    explicit BoundSocket(int type) : fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = loopback(0);
        socklen_t size = sizeof(address);
        EXPECT_EQ(bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size), 0) << strerror(errno);
        EXPECT_EQ(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
        port = ntohs(address.sin_port);
    }
};

ssize_t send_datagram(int from, std::uint16_t port, std::size_t bytes) {
    const sockaddr_in address = loopback(port);
    const std::string text(bytes, 'x');
    return sendto(from, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

// 1000 bytes there, 10 back; the client closes first.
void talk(const BoundSocket& server) {
    const sockaddr_in address = loopback(server.port);
    bpf::Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(connect(client.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0)
        << strerror(errno);
    const bpf::Fd accepted(accept4(server.fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
    char text[1000] = "";
    ASSERT_EQ(send(client.get(), text, 1000, 0), 1000);
    ASSERT_EQ(recv(accepted.get(), text, 1000, MSG_WAITALL), 1000);
    ASSERT_EQ(send(accepted.get(), text, 10, 0), 10);
    ASSERT_EQ(recv(client.get(), text, 10, MSG_WAITALL), 10);
    client.reset();
    ASSERT_EQ(recv(accepted.get(), text, 1, 0), 0);
}

TEST(Tools, TcpconnPrintsConnections) {
    enter_own_network_namespace();
    const BoundSocket server(SOCK_STREAM);
    ASSERT_EQ(listen(server.fd.get(), 1), 0);
    const std::string port = std::to_string(server.port);
    ToolPair tools("tcpconn", {"--remoteport", port, "-4"});
    tools.expect_output("RECEIVED");
    talk(server);
    tools.expect_output(port);
    tools.interrupt();
    tools.expect_same("", R"(\d+\.\d\d$)");
    tools.expect_line("^" + self + R"( .* 4  out 127\.0\.0\.1 +\d+ +127\.0\.0\.1 +)" + port +
                      R"( +\d+ +1\d +\d+\.\d\d$)");
}

TEST(Tools, TcpconnWritesJson) {
    enter_own_network_namespace();
    const BoundSocket server(SOCK_STREAM);
    ASSERT_EQ(listen(server.fd.get(), 1), 0);
    const std::string port = std::to_string(server.port);
    ToolPair tools("tcpconn", {"--json", "-L", port});
    // It prints nothing before the first connection: connections are made until each has printed one.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (bool both = false; !both && std::chrono::steady_clock::now() < deadline;) {
        talk(server);
        both = tools.native().wait_for_output("}", std::chrono::milliseconds(100)) &&
               tools.guest().wait_for_output("}", std::chrono::milliseconds(100));
    }
    tools.interrupt();
    tools.expect_line(
        R"(^\{"time":"..:..:..","pid":\d+,"comm":"[^"]*","ip":4,"accepted":true,"local":"127.0.0.1","local_port":)" +
        port +
        R"(,"remote":"127.0.0.1","remote_port":\d+,"sent_bytes":\d+,"received_bytes":100\d,"duration_us":\d+\}$)");
}

// One program at a time is attached to an interface: one tool after the other.
TEST(Tools, FlowtopCountsPacketsByFlow) {
    enter_own_network_namespace();
    const BoundSocket from(SOCK_DGRAM), to(SOCK_DGRAM);
    const std::string pattern =
        "^udp +127.0.0.1:" + std::to_string(from.port) + " +127.0.0.1:" + std::to_string(to.port);
    std::string native;
    for (const bool as_guest : {false, true}) {
        const std::vector<std::string> arguments = {"lo", "3600"};
        Command tool(as_guest ? guest_tool("flowtop", arguments) : native_tool("flowtop", arguments));
        ASSERT_TRUE(tool.wait_for_output("Ctrl-C")) << tool.error();
        for (int i = 0; i < 25; i++) ASSERT_EQ(send_datagram(from.fd.get(), to.port, 100), 100);
        tool.signal(SIGINT);
        EXPECT_EQ(tool.wait(), 0) << tool.error();
        const std::string output = without(tool.output(), "\\d\\d:\\d\\d:\\d\\d");
        EXPECT_FALSE(lines_like(output, pattern + " +25 +3550$").empty()) << output;
        if (as_guest) {
            EXPECT_EQ(native, output);
        }
        native = output;
    }
}

TEST(Tools, FlowtopNamesAMissingInterface) {
    ToolPair tools("flowtop", {"no-such-if"});
    tools.expect_ends(1);
    EXPECT_EQ(tools.native().error(), tools.guest().error());
}

// A cgroup of the test's own, gone with it.
class Cgroup {
public:
    Cgroup() { EXPECT_TRUE(std::filesystem::create_directory(path_)); }
    Cgroup(const Cgroup&) = delete;
    Cgroup& operator=(const Cgroup&) = delete;
    ~Cgroup() { EXPECT_TRUE(std::filesystem::remove(path_)) << "something still holds the cgroup"; }

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    const std::string path_ = cgroup2_root() + "/tools-test-" + self;
};

TEST(Tools, CgnetCountsAndDenies) {
    enter_own_network_namespace();
    const Cgroup cgroup;
    ChildProcess sender([&] {
        std::ofstream(cgroup.path() + "/cgroup.procs") << getpid() << std::flush;
        const BoundSocket from(SOCK_DGRAM), to(SOCK_DGRAM);
        for (int i = 0; i < 7; i++) send_datagram(from.fd.get(), to.port, 100);
        for (int i = 0; i < 3; i++)
            if (send_datagram(from.fd.get(), 9, 100) >= 0 || errno != EPERM) _exit(1);
    });
    ToolPair tools("cgnet", {"-d", "9", cgroup.path(), "3600"}, {"--dir", cgroup.path() + ":ro"});
    tools.expect_output("Ctrl-C");
    sender.go();
    sender.join();
    tools.interrupt();
    tools.expect_same();
    tools.expect_line(R"(^ +\d+ +7 +896 +7 +896 +3$)");
}

}  // namespace
}  // namespace wasm_bpf::test
