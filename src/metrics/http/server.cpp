#include "metrics/http/server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>

namespace wasm_bpf::metrics {

Result<std::unique_ptr<Server>> Server::start(Listener listener, Read read, ServerLimits limits) {
    bpf::Fd ending(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!ending.valid()) return std::unexpected(errno_error(errno, "start the metrics' server"));
    auto server = std::unique_ptr<Server>(new Server(std::move(listener), std::move(read), limits, std::move(ending)));
    try {
        server->thread_ = std::thread([it = server.get()] { it->run(); });
    } catch (const std::system_error& error) {
        return std::unexpected(errno_error(error.code().value(), "start the metrics' server"));
    }
    return server;
}

Server::~Server() {
    if (!thread_.joinable()) return;
    ::eventfd_write(ending_.get(), 1);
    thread_.join();
}

int Server::timeout_ms() const {
    const auto now = Clock::now();
    std::optional<Clock::time_point> first;
    for (const Connection& connection : connections_)
        if (!first || connection.deadline < *first) first = connection.deadline;
    if (accept_again_ > now && (!first || accept_again_ < *first)) first = accept_again_;
    if (!first) return -1;
    return static_cast<int>(
        std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(*first - now).count()));
}

void Server::run() {
    // Signals are other threads' affair.
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (true) {
        std::vector<pollfd> watched{{ending_.get(), POLLIN, 0}};
        const bool accepts = connections_.size() < limits_.connections && accept_again_ <= Clock::now();
        watched.push_back({accepts ? listener_.fd() : -1, POLLIN, 0});
        for (const Connection& connection : connections_)
            watched.push_back({connection.fd.get(), static_cast<short>(connection.answers() ? POLLOUT : POLLIN), 0});
        if (::poll(watched.data(), watched.size(), timeout_ms()) < 0 && errno != EINTR) return;
        if (watched[0].revents != 0) return;
        const auto now = Clock::now();
        std::size_t index = 2;
        std::erase_if(connections_, [&](Connection& connection) {
            const bool is_ready = watched[index++].revents != 0;
            if (now >= connection.deadline) return true;
            return is_ready && !(connection.answers() ? send(connection) : receive(connection));
        });
        if (watched[1].revents != 0) accept();
    }
}

void Server::accept() {
    bpf::Fd fd(::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd.valid())
        connections_.push_back({std::move(fd), Clock::now() + limits_.to_receive});
    else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
        accept_again_ = Clock::now() + std::chrono::milliseconds(100);
}

bool Server::receive(Connection& connection) {
    char room[4096];
    const ssize_t size = ::recv(connection.fd.get(), room, sizeof(room), 0);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    connection.received.append(room, static_cast<std::size_t>(size));
    const std::size_t end = head_end(connection.received);
    if (end == std::string::npos && connection.received.size() <= max_request_bytes) return true;
    connection.answer =
        end > max_request_bytes
            ? response_text({431, "text/plain; charset=utf-8", "request too long\n"}, Request::Method::get)
            : answer_to(std::string_view(connection.received).substr(0, end));
    connection.deadline = Clock::now() + limits_.to_send;
    return send(connection);
}

std::string Server::answer_to(std::string_view head) const {
    Request request;
    Response response;
    if (!read_request(head, request)) {
        response.status = 400;
        response.body = "no request of HTTP/1\n";
    } else if (request.method == Request::Method::other) {
        response.status = 405;
        response.body = "GET and HEAD alone\n";
    } else if (request.target == "/metrics") {
        const MetricFormat format = format_for(request.accept);
        response.content_type = metrics_content_type(format);
        response.body = metrics_text(read_(), format);
    } else if (request.target == "/") {
        response.body = "wasm-bpf: metrics are at /metrics\n";
    } else {
        response.status = 404;
        response.body = "metrics are at /metrics\n";
    }
    return response_text(response, request.method);
}

bool Server::send(Connection& connection) {
    const std::string_view rest = std::string_view(connection.answer).substr(connection.sent);
    const ssize_t size = ::send(connection.fd.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    connection.sent += static_cast<std::size_t>(size);
    if (connection.sent < connection.answer.size()) return true;
    ::shutdown(connection.fd.get(), SHUT_WR);
    return false;
}

}  // namespace wasm_bpf::metrics
