// Sockets that the host opens for its guests.

#include <linux/capability.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "bpf/kernel.hpp"
#include "bpf/privilege.hpp"

namespace wasm_bpf::bpf {
namespace {

// What a guest's socket may be.
struct Kind {
    int family;
    int type;
    std::string_view name;
    std::size_t address_bytes;  // 0: such a socket is bound by its interface
    int own_protocol;           // beside 0; -1: any
};
constexpr Kind kinds[] = {
    {AF_PACKET, SOCK_RAW, "packet", 0, -1},
    {AF_PACKET, SOCK_DGRAM, "packet", 0, -1},
    {AF_INET, SOCK_STREAM, "TCP", sizeof(sockaddr_in), IPPROTO_TCP},
    {AF_INET, SOCK_DGRAM, "UDP", sizeof(sockaddr_in), IPPROTO_UDP},
    {AF_INET6, SOCK_STREAM, "TCP", sizeof(sockaddr_in6), IPPROTO_TCP},
    {AF_INET6, SOCK_DGRAM, "UDP", sizeof(sockaddr_in6), IPPROTO_UDP},
};

std::string context(const Kind& kind) { return "open a " + std::string(kind.name) + " socket"; }

Result<> check(const Kind& kind, const SocketOptions& options) {
    const bool packet = kind.address_bytes == 0;
    const auto wrong = [&](std::string_view why) { return fail(EINVAL, context(kind) + ": " + std::string(why)); };
    if (kind.own_protocol >= 0 && options.protocol != 0 && options.protocol != kind.own_protocol)
        return wrong("its protocol is 0, or the only one that it has");
    if (packet && (options.reuse_port || options.listen || !options.address.empty()))
        return wrong("it is bound to an interface, and has no other options");
    if (!packet && options.interface_index != 0) return wrong("it is bound to an address, not to an interface");
    if (options.interface_index < 0) return wrong("there is no interface of a negative index");
    if (options.listen && options.type != SOCK_STREAM) return wrong("it cannot listen");
    if (options.address.empty()) return {};
    sa_family_t family = AF_UNSPEC;
    if (options.address.size() != kind.address_bytes)
        return wrong("its address has " + std::to_string(kind.address_bytes) + " bytes");
    std::memcpy(&family, options.address.data(), sizeof(family));
    if (family != options.family) return wrong("its address is of another family");
    return {};
}

// 0 or an errno value.
int bind_to_interface(int socket, const SocketOptions& options) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = static_cast<std::uint16_t>(options.protocol);
    address.sll_ifindex = options.interface_index;
    return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ? 0 : errno;
}

int bind_to_address(int socket, std::span<const std::byte> bytes) {
    sockaddr_storage address{};
    std::memcpy(&address, bytes.data(), bytes.size());
    return ::bind(socket, reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(bytes.size())) == 0
               ? 0
               : errno;
}

}  // namespace

Result<Fd> open_socket(const SocketOptions& options) {
    const auto* const kind = std::ranges::find_if(
        kinds, [&](const Kind& each) { return each.family == options.family && each.type == options.type; });
    if (kind == std::end(kinds))
        return fail(EAFNOSUPPORT, "open a socket: it must be a packet socket, or a TCP or UDP socket of IPv4 or IPv6");
    if (Result<> checked = check(*kind, options); !checked) return std::unexpected(std::move(checked).error());
    Fd socket(::socket(options.family, options.type | SOCK_NONBLOCK | SOCK_CLOEXEC, options.protocol));
    if (!socket.valid()) {
        const int code = errno;
        if (code == EPERM && !has_capability(CAP_NET_RAW))
            return std::unexpected(missing_privilege("CAP_NET_RAW").in(context(*kind)));
        return std::unexpected(errno_error(code, context(*kind)));
    }
    const int on = 1;
    if (options.reuse_port && ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0)
        return std::unexpected(errno_error(errno, context(*kind) + " that shares its port"));
    if (options.family == AF_PACKET) {
        if (const int error = bind_to_interface(socket.get(), options); error != 0)
            return std::unexpected(
                errno_error(error, "bind a packet socket to interface " + std::to_string(options.interface_index)));
    } else if (!options.address.empty()) {
        if (const int error = bind_to_address(socket.get(), options.address); error != 0)
            return std::unexpected(errno_error(error, context(*kind) + " and bind it to its address"));
    }
    if (options.listen && ::listen(socket.get(), SOMAXCONN) != 0)
        return std::unexpected(errno_error(errno, context(*kind) + " and listen"));
    return socket;
}

Result<> bind_socket(const Fd& socket, std::span<const std::byte> address) {
    int family = AF_UNSPEC;
    socklen_t size = sizeof(family);
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_DOMAIN, &family, &size) != 0)
        return std::unexpected(errno_error(errno, "bind a socket"));
    sockaddr_storage copy{};
    if (address.size() < sizeof(sa_family_t) || address.size() > sizeof(copy))
        return fail(EINVAL, "bind a socket: no address has " + std::to_string(address.size()) + " bytes");
    std::memcpy(&copy, address.data(), address.size());
    if (copy.ss_family != family) return fail(EINVAL, "bind a socket: the address is of another family");
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&copy), static_cast<socklen_t>(address.size())) != 0)
        return std::unexpected(errno_error(errno, "bind a socket"));
    return {};
}

}  // namespace wasm_bpf::bpf
