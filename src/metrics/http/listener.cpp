#include "metrics/http/listener.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>

namespace wasm_bpf::metrics {
namespace {

constexpr int waiting_connections = 16;

std::unexpected<Error> no_address(std::string_view address) {
    return fail(EINVAL, fmt::format("\"{}\" is no address: HOST:PORT, [HOST]:PORT, PORT or unix:PATH", address));
}

struct HostAndPort {
    std::string host, port;
};

Result<HostAndPort> split(std::string_view address) {
    std::string_view host, port = address;
    if (address.starts_with('[')) {
        const auto end = address.find("]:");
        if (end == address.npos) return no_address(address);
        host = address.substr(1, end - 1);
        port = address.substr(end + 2);
    } else if (const auto colon = address.rfind(':'); colon != address.npos) {
        host = address.substr(0, colon);
        port = address.substr(colon + 1);
        if (host.find(':') != host.npos) return no_address(address);
    }
    if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != port.npos ||
        std::stoi(std::string(port)) > 65535)
        return no_address(address);
    // Loopback by its name too (RFC 6761), where no /etc/hosts has it.
    const bool is_loopback = host.empty() || host == "localhost";
    return HostAndPort{is_loopback ? "127.0.0.1" : std::string(host), std::string(port)};
}

bpf::Fd new_socket(int family) { return bpf::Fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

// Whether nobody answers at a socket's path.
bool is_left_behind(const sockaddr_un& address) {
    struct stat status;
    if (::lstat(address.sun_path, &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
    const bpf::Fd probe = new_socket(AF_UNIX);
    return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
           errno == ECONNREFUSED;
}

}  // namespace

Result<Listener> Listener::open(std::string_view address) {
    constexpr std::string_view unix_prefix = "unix:";
    auto listener = address.starts_with(unix_prefix) ? open_unix(std::string(address.substr(unix_prefix.size())))
                                                     : open_tcp(address);
    if (!listener) return listener;
    if (::listen(listener->fd(), waiting_connections) != 0)
        return std::unexpected(errno_error(errno, fmt::format("listen on {}", address)));
    return listener;
}

Result<Listener> Listener::open_unix(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof(address.sun_path))
        return fail(EINVAL,
                    fmt::format("unix:{}: a socket's path has 1 to {} bytes", path, sizeof(address.sun_path) - 1));
    path.copy(address.sun_path, path.size());
    if (is_left_behind(address)) ::unlink(path.c_str());
    bpf::Fd fd = new_socket(AF_UNIX);
    if (!fd.valid()) return std::unexpected(errno_error(errno, "open a socket"));
    // The file is made with the socket's own mode: unix(7).
    ::fchmod(fd.get(), 0600);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        return std::unexpected(errno_error(errno, fmt::format("listen on unix:{}", path)));
    return Listener(std::move(fd), path);
}

Result<Listener> Listener::open_tcp(std::string_view address) {
    const auto wanted = split(address);
    if (!wanted) return std::unexpected(wanted.error());
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (const int code = ::getaddrinfo(wanted->host.c_str(), wanted->port.c_str(), &hints, &found); code != 0)
        return fail(EINVAL, fmt::format("{}: {}", address, ::gai_strerror(code)));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, ::freeaddrinfo);
    bpf::Fd fd = new_socket(found->ai_family);
    if (!fd.valid()) return std::unexpected(errno_error(errno, "open a socket"));
    const int yes = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (::bind(fd.get(), found->ai_addr, found->ai_addrlen) != 0)
        return std::unexpected(errno_error(errno, fmt::format("listen on {}", address)));
    return Listener(std::move(fd), {});
}

Listener::~Listener() {
    if (fd_.valid() && !path_.empty()) ::unlink(path_.c_str());
}

std::string Listener::url() const {
    if (!path_.empty()) return "unix:" + path_;
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    ::getsockname(fd(), reinterpret_cast<sockaddr*>(&address), &size);
    char host[NI_MAXHOST], port[NI_MAXSERV];
    ::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host, sizeof(host), port, sizeof(port),
                  NI_NUMERICHOST | NI_NUMERICSERV);
    const bool brackets = address.ss_family == AF_INET6;
    return fmt::format("http://{}{}{}:{}/metrics", brackets ? "[" : "", host, brackets ? "]" : "", port);
}

}  // namespace wasm_bpf::metrics
