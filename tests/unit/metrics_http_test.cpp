// The metrics' server: what it answers, whom it bears, what it gives up.

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "metrics/http/server.hpp"
#include "support/http_get.hpp"

namespace wasm_bpf::test {
namespace {

using metrics::format_for;
using metrics::Listener;
using metrics::Server;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

std::vector<MetricFamily> one_metric() { return {{MetricKind::counter, "x", "", "", {{{}, 1, {}, {}}}}}; }

struct Served {
    explicit Served(metrics::ServerLimits limits = {}, Server::Read read = one_metric,
                    const std::string& address = "127.0.0.1:0") {
        auto listener = Listener::open(address);
        EXPECT_TRUE(listener) << listener.error().message;
        url = listener->url();
        server = Server::start(std::move(*listener), std::move(read), limits).value();
    }
    [[nodiscard]] std::string answer(const std::string& request) const { return http_answer(url, request); }
    std::string url;
    std::unique_ptr<Server> server;
};

TEST(MetricsAccept, IsNegotiated) {
    for (const char* accept : {"application/openmetrics-text", "application/openmetrics-text; version=1.0.0",
                               "Application/OpenMetrics-Text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/"
                               "openmetrics-text;version=0.0."
                               "1;q=0.4,text/plain;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                               "text/plain;q=0.5, application/openmetrics-text;q=0.5"})
        EXPECT_EQ(format_for(accept), MetricFormat::openmetrics) << accept;
    for (const char* accept :
         {"", "*/*", "text/plain", "text/html,application/xml", "application/openmetrics-text;q=0",
          "application/openmetrics-text;version=2.0.0", "text/plain;q=0.9,application/openmetrics-text;q=0.8",
          "application/openmetrics-text;q=x", ";;,,;q"})
        EXPECT_EQ(format_for(accept), MetricFormat::prometheus) << accept;
}

TEST(MetricsServer, AnswersWhatIsAsked) {
    const Served served;
    const std::string plain = served.answer("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(plain.starts_with("HTTP/1.1 200 OK\r\n")) << plain;
    EXPECT_NE(plain.find("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"), plain.npos) << plain;
    EXPECT_TRUE(plain.ends_with("\r\n\r\n# TYPE x_total counter\nx_total 1\n")) << plain;
    const std::string open = served.answer("GET /metrics?a=b HTTP/1.1\r\naccept: application/openmetrics-text\r\n\r\n");
    EXPECT_NE(open.find("\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"), open.npos);
    EXPECT_TRUE(open.ends_with("x_total 1\n# EOF\n")) << open;
    const std::string head = served.answer("HEAD /metrics HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n")) << head;
    EXPECT_NE(head.find("\r\nContent-Length: 33\r\n"), head.npos) << head;
    EXPECT_TRUE(served.answer("GET / HTTP/1.0\r\n\r\n").ends_with("wasm-bpf: metrics are at /metrics\n"));
}

TEST(MetricsServer, RefusesTheRest) {
    const Served served;
    EXPECT_TRUE(served.answer("GET /x HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
    const std::string post = served.answer("POST /metrics HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(post.starts_with("HTTP/1.1 405 ") && post.find("\r\nAllow: GET, HEAD\r\n") != post.npos) << post;
    EXPECT_TRUE(served.answer("hello\r\n\r\n").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(served.answer("GET http://x/metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(served.answer("\r\n\r\n").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(served.answer("GET /metrics HTTP/1.1\r\nX: " + std::string(8193, 'x')).starts_with("HTTP/1.1 431 "));
}

TEST(MetricsServer, DropsThoseThatSayNothing) {
    const Served served({.to_receive = milliseconds(100)});
    const bpf::Fd silent(http_connect(served.url)), slow(http_connect(served.url));
    ASSERT_EQ(::send(slow.get(), "GET", 3, 0), 3);
    char byte;
    EXPECT_EQ(::recv(silent.get(), &byte, 1, 0), 0);
    EXPECT_EQ(::recv(slow.get(), &byte, 1, 0), 0);
}

TEST(MetricsServer, DropsThoseThatDoNotRead) {
    const std::string big(64 << 20, 'x');
    const Served served({.connections = 1, .to_send = milliseconds(100)},
                        [&] { return std::vector<MetricFamily>{{MetricKind::gauge, "x", big, "", {}}}; });
    const bpf::Fd idle(http_connect(served.url));
    const std::string request = "GET /metrics HTTP/1.1\r\n\r\n";
    ASSERT_EQ(::send(idle.get(), request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
    // There is one connection: this is answered when the other was dropped.
    EXPECT_TRUE(served.answer("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200 "));
    std::vector<char> room(1 << 20);
    std::size_t received = 0;
    for (ssize_t size; (size = ::recv(idle.get(), room.data(), room.size(), 0)) > 0;)
        received += static_cast<std::size_t>(size);
    EXPECT_LT(received, big.size());
}

// More than there are connections: those wait until the silent ones were dropped.
TEST(MetricsServer, BearsManyAtOnce) {
    const Served served({.connections = 4, .to_receive = milliseconds(200)});
    std::vector<bpf::Fd> silent;
    for (int i = 0; i < 4; i++) silent.emplace_back(http_connect(served.url));
    std::atomic<int> answered = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 12; i++) clients.emplace_back([&] { answered += !http_body(served.url).empty(); });
    for (auto& client : clients) client.join();
    EXPECT_EQ(answered, 12);
}

TEST(MetricsServer, EndsAtOnce) {
    auto served = std::make_unique<Served>();
    const bpf::Fd silent(http_connect(served->url));
    const auto begin = Clock::now();
    served->server.reset();
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(2));
    EXPECT_EQ(http_connect(served->url), -1);
}

TEST(MetricsListener, IsAUnixSocketOfItsOwnersAlone) {
    const std::string path = std::filesystem::temp_directory_path() / ("wasm-bpf-metrics-" + std::to_string(getpid()));
    {
        const Served served({}, one_metric, "unix:" + path);
        EXPECT_EQ(served.url, "unix:" + path);
        struct stat status{};
        ASSERT_EQ(stat(path.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 07777, 0600u);
        EXPECT_TRUE(http_body(served.url).ends_with("x_total 1\n"));
        const auto second = Listener::open("unix:" + path);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().errno_code, EADDRINUSE);
    }
    EXPECT_FALSE(std::filesystem::exists(path));
    // One that a killed process left behind is replaced.
    const int left = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    {
        auto listener = Listener::open("unix:" + path);
        ASSERT_TRUE(listener);
        ASSERT_EQ(std::rename(path.c_str(), (path + ".left").c_str()), 0);
    }
    ASSERT_EQ(std::rename((path + ".left").c_str(), path.c_str()), 0);
    EXPECT_TRUE(Listener::open("unix:" + path));
    ::close(left);
}

TEST(MetricsListener, TakesAddressesAsUsersWriteThem) {
    for (const char* address : {"0", ":0", "127.0.0.1:0", "localhost:0"}) {
        const auto listener = Listener::open(address);
        ASSERT_TRUE(listener) << address << ": " << listener.error().message;
        EXPECT_TRUE(listener->url().starts_with("http://")) << listener->url();
        EXPECT_TRUE(listener->url().ends_with("/metrics")) << listener->url();
        EXPECT_EQ(listener->url().find(":0/"), std::string::npos) << "the port that was chosen";
    }
    for (const char* address : {"", "x", "1.2.3.4", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1", "::1:0", "[::1]",
                                "no such host:1", "unix:"})
        EXPECT_FALSE(Listener::open(address)) << address;
    EXPECT_FALSE(Listener::open("unix:/" + std::string(200, 'x')));
    EXPECT_FALSE(Listener::open("unix:/no/such/folder/socket"));
}

}  // namespace
}  // namespace wasm_bpf::test
