// Programs of a route: the route is made with the program in it, and goes with the link.

#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <linux/lwtunnel.h>
#include <linux/rtnetlink.h>
#include <linux/seg6_local.h>

#include <charconv>
#include <cstring>
#include <memory>

#include "bpf/attach_attempt.hpp"
#include "bpf/attach_network.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/route_socket.hpp"

namespace wasm_bpf::bpf {
namespace {

struct Address {
    int family = AF_UNSPEC;
    unsigned char bytes[sizeof(in6_addr)] = {};
    [[nodiscard]] std::size_t size() const { return family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr); }
};

bool read_address(const std::string& text, Address& address) {
    for (const int family : {AF_INET, AF_INET6}) {
        address.family = family;
        if (::inet_pton(family, text.c_str(), address.bytes) == 1) return true;
    }
    return false;
}

struct Route {
    Address destination;
    std::uint8_t bits = 0;
    Address gateway;
    int interface_index = 0;
};

Result<Route> read_route(const AttachTarget& target) {
    Route route;
    route.interface_index = target.interface_index;
    const std::size_t slash = target.name.find('/');
    if (!read_address(target.name.substr(0, slash), route.destination))
        return fail(EINVAL, "no address: name the destination as 10.0.0.0/8 or fd00::/8");
    const unsigned longest = static_cast<unsigned>(route.destination.size()) * 8;
    unsigned bits = longest;
    if (slash != target.name.npos) {
        const char* end = target.name.data() + target.name.size();
        const auto read = std::from_chars(target.name.data() + slash + 1, end, bits);
        if (read.ec != std::errc() || read.ptr != end || bits > longest)
            return fail(EINVAL, "after the slash there must be a number of bits, up to " + std::to_string(longest));
    }
    route.bits = static_cast<std::uint8_t>(bits);
    if (!target.path.empty() && !read_address(target.path, route.gateway))
        return fail(EINVAL, "gateway \"" + printable(target.path) + "\" is no address");
    if (!target.path.empty() && route.gateway.family != route.destination.family)
        return fail(EINVAL, "the gateway's address is of another family than the destination's");
    if (target.interface_index <= 0) return fail(EINVAL, "a route needs an interface");
    return route;
}

// The same message makes the route and removes it: with the program, or without.
RouteMessage route_message(const Route& route, std::uint16_t type) {
    rtmsg head{};
    head.rtm_family = static_cast<unsigned char>(route.destination.family);
    head.rtm_dst_len = route.bits;
    head.rtm_table = RT_TABLE_MAIN;
    head.rtm_protocol = RTPROT_STATIC;
    head.rtm_scope = route.gateway.family == AF_UNSPEC && route.destination.family == AF_INET
                         ? static_cast<unsigned char>(RT_SCOPE_LINK)
                         : static_cast<unsigned char>(RT_SCOPE_UNIVERSE);
    head.rtm_type = RTN_UNICAST;
    RouteMessage message(type, head);
    message.add(RTA_DST, route.destination.bytes, route.destination.size());
    message.add_number(RTA_OIF, static_cast<std::uint32_t>(route.interface_index));
    if (route.gateway.family != AF_UNSPEC) message.add(RTA_GATEWAY, route.gateway.bytes, route.gateway.size());
    return message;
}

// The attribute that holds the program's fd and name is one of these.
std::uint16_t lwt_place(bpf_prog_type type) {
    switch (type) {
        case BPF_PROG_TYPE_LWT_IN: return LWT_BPF_IN;
        case BPF_PROG_TYPE_LWT_OUT: return LWT_BPF_OUT;
        default: return LWT_BPF_XMIT;
    }
}

void add_program(RouteMessage& message, const bpf_program* program) {
    const bpf_prog_type type = bpf_program__type(program);
    const bool segment = type == BPF_PROG_TYPE_LWT_SEG6LOCAL;
    message.add_number16(RTA_ENCAP_TYPE, segment ? LWTUNNEL_ENCAP_SEG6_LOCAL : LWTUNNEL_ENCAP_BPF);
    const auto encapsulation = message.open(RTA_ENCAP);
    if (segment) message.add_number(SEG6_LOCAL_ACTION, SEG6_LOCAL_ACTION_END_BPF);
    const auto place = message.open(segment ? static_cast<std::uint16_t>(SEG6_LOCAL_BPF) : lwt_place(type));
    const std::string name = bpf_program__name(program);
    message.add_number(segment ? std::uint16_t{SEG6_LOCAL_BPF_PROG} : std::uint16_t{LWT_BPF_PROG_FD},
                       static_cast<std::uint32_t>(bpf_program__fd(program)));
    message.add(segment ? std::uint16_t{SEG6_LOCAL_BPF_PROG_NAME} : std::uint16_t{LWT_BPF_PROG_NAME}, name.c_str(),
                name.size() + 1);
    message.close(place);
    message.close(encapsulation);
}

bool is_route_program(bpf_prog_type type) {
    return type == BPF_PROG_TYPE_LWT_IN || type == BPF_PROG_TYPE_LWT_OUT || type == BPF_PROG_TYPE_LWT_XMIT ||
           type == BPF_PROG_TYPE_LWT_SEG6LOCAL;
}

}  // namespace

Result<Link> attach_route(const Attempt& attempt) {
    if (!is_route_program(bpf_program__type(attempt.program)))
        return fail(EINVAL, "programs of routes have the sections lwt_in, lwt_out, lwt_xmit and lwt_seg6local");
    Result<Route> route = read_route(attempt.target);
    if (!route) return std::unexpected(std::move(route).error());
    // It stays open: the route is removed in the network namespace in which it was made.
    Result<RouteSocket> opened = RouteSocket::open();
    if (!opened) return std::unexpected(std::move(opened).error());
    const auto socket = std::make_shared<RouteSocket>(std::move(*opened));
    RouteMessage message = route_message(*route, RTM_NEWROUTE);
    add_program(message, attempt.program);
    if (Result<> made = socket->request(message, NLM_F_CREATE | NLM_F_EXCL); !made) {
        const Error& error = made.error();
        // The kernel's own words come first, as "lwt encapsulation type not supported".
        if (error.errno_code == EOPNOTSUPP)
            return fail(error.errno_code, error.message +
                                              ": this kernel has no BPF programs on routes (CONFIG_LWTUNNEL_BPF, "
                                              "CONFIG_IPV6_SEG6_BPF)");
        if (error.errno_code == EPERM) return refused(attempt, EPERM);
        return std::unexpected(error);
    }
    return Link([socket, route = *route] {
        RouteMessage removal = route_message(route, RTM_DELROUTE);
        // Gone already where its interface is.
        static_cast<void>(socket->request(removal, 0));
    });
}

}  // namespace wasm_bpf::bpf
