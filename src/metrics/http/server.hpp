#pragma once
// Serves metrics by HTTP on one thread of its own: GET and HEAD of /metrics, and a line of text at /. What a client can
// take is limited: connections at a time, bytes of a request, time.

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bpf/fd.hpp"
#include "metrics/http/listener.hpp"
#include "metrics/http/request.hpp"
#include "wasm_bpf/metrics.hpp"

namespace wasm_bpf::metrics {

struct ServerLimits {
    std::size_t connections = 32;                // others wait in the kernel's queue
    std::chrono::milliseconds to_receive{5000};  // a whole request
    std::chrono::milliseconds to_send{10000};    // the whole answer
};

class Server {
public:
    using Read = std::function<std::vector<MetricFamily>()>;

    // Starts; `read` is called on the server's thread, for one scrape at a time.
    static Result<std::unique_ptr<Server>> start(Listener listener, Read read, ServerLimits limits = {});
    // Ends every connection.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

private:
    using Clock = std::chrono::steady_clock;
    struct Connection {
        bpf::Fd fd;
        Clock::time_point deadline;
        std::string received{};
        std::string answer{};
        std::size_t sent = 0;
        [[nodiscard]] bool answers() const { return !answer.empty(); }
    };

    Server(Listener listener, Read read, ServerLimits limits, bpf::Fd ending)
        : listener_(std::move(listener)), read_(std::move(read)), limits_(limits), ending_(std::move(ending)) {}
    void run();
    void accept();
    // Whether the connection goes on.
    bool receive(Connection& connection);
    bool send(Connection& connection);
    [[nodiscard]] std::string answer_to(std::string_view head) const;
    [[nodiscard]] int timeout_ms() const;

    Listener listener_;
    Read read_;
    ServerLimits limits_;
    bpf::Fd ending_;
    std::list<Connection> connections_;
    Clock::time_point accept_again_{};  // after the process had no fd left
    std::thread thread_;
};

}  // namespace wasm_bpf::metrics
