// Programs of a route: the route is made with the program in it, and goes with the link.

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/lwtunnel.h>
#include <linux/rtnetlink.h>
#include <linux/seg6_local.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/attach_attempt.hpp"
#include "bpf/attach_network.hpp"
#include "bpf/left_overs.hpp"
#include "bpf/route_socket.hpp"
#include "bpf/small_file.hpp"

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

std::string text_of(const Address& address) {
    char text[INET6_ADDRSTRLEN] = "-";
    if (address.family != AF_UNSPEC) ::inet_ntop(address.family, address.bytes, text, sizeof(text));
    return text;
}

// A route as left_overs.hpp keeps it.
struct RouteRecord {
    Route route;
    std::uint32_t program_id = 0;

    [[nodiscard]] std::string text() const {
        return fmt::format("route {} {} {} {} {}", text_of(route.destination), route.bits, text_of(route.gateway),
                           route.interface_index, program_id);
    }
    static std::optional<RouteRecord> read(const std::string& text) {
        Words words(text);
        std::string word, bits, gateway;
        AttachTarget target;
        RouteRecord record;
        words >> word >> target.name >> bits >> gateway >> target.interface_index >> record.program_id;
        if (!words.ok()) return {};
        target.name += "/" + bits;
        if (gateway != "-") target.path = gateway;
        const Result<Route> route = read_route(target);
        if (!route) return {};
        record.route = *route;
        return record;
    }
};

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

std::uint32_t program_id(const bpf_program* program) {
    bpf_prog_info info{};
    std::uint32_t size = sizeof(info);
    return bpf_prog_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0 ? info.id : 0;
}

// The attribute that holds the program's fd and name is one of these.
std::uint16_t lwt_place(bpf_prog_type type) {
    switch (type) {
        case BPF_PROG_TYPE_LWT_IN: return LWT_BPF_IN;
        case BPF_PROG_TYPE_LWT_OUT: return LWT_BPF_OUT;
        default: return LWT_BPF_XMIT;
    }
}

// The kernel shows nothing else of a route's program, so the name ends with its id, which no other has until the next
// boot.
std::string end_of_name(std::uint32_t program_id) { return fmt::format(".{}", program_id); }

std::string name_in_route(const bpf_program* program) {
    return fmt::format("{:.15}{}", bpf_program__name(program), end_of_name(program_id(program)));
}

void add_program(RouteMessage& message, const bpf_program* program) {
    const bpf_prog_type type = bpf_program__type(program);
    const bool segment = type == BPF_PROG_TYPE_LWT_SEG6LOCAL;
    message.add_number16(RTA_ENCAP_TYPE, segment ? LWTUNNEL_ENCAP_SEG6_LOCAL : LWTUNNEL_ENCAP_BPF);
    const auto encapsulation = message.open(RTA_ENCAP);
    if (segment) message.add_number(SEG6_LOCAL_ACTION, SEG6_LOCAL_ACTION_END_BPF);
    const auto place = message.open(segment ? static_cast<std::uint16_t>(SEG6_LOCAL_BPF) : lwt_place(type));
    const std::string name = name_in_route(program);
    message.add_number(segment ? std::uint16_t{SEG6_LOCAL_BPF_PROG} : std::uint16_t{LWT_BPF_PROG_FD},
                       static_cast<std::uint32_t>(bpf_program__fd(program)));
    message.add(segment ? std::uint16_t{SEG6_LOCAL_BPF_PROG_NAME} : std::uint16_t{LWT_BPF_PROG_NAME}, name.c_str(),
                name.size() + 1);
    message.close(place);
    message.close(encapsulation);
}

// Whether the kernel's message is about the record's route, with the program still in it.
bool is_recorded(const nlmsghdr& message, const RouteRecord& record) {
    const auto* head = static_cast<const rtmsg*>(NLMSG_DATA(&message));
    if (message.nlmsg_type != RTM_NEWROUTE || head->rtm_dst_len != record.route.bits) return false;
    bool same_place = false, same_destination = record.route.bits == 0, same_program = false;
    auto size = static_cast<int>(RTM_PAYLOAD(&message));
    for (auto* each = RTM_RTA(head); RTA_OK(each, size); each = RTA_NEXT(each, size)) {
        const std::string_view value(static_cast<const char*>(RTA_DATA(each)), RTA_PAYLOAD(each));
        const auto is = [&](const void* bytes, std::size_t length) {
            return value == std::string_view(static_cast<const char*>(bytes), length);
        };
        const std::string end = end_of_name(record.program_id);
        switch (each->rta_type & NLA_TYPE_MASK) {
            case RTA_OIF: same_place = is(&record.route.interface_index, sizeof(int)); break;
            case RTA_DST: same_destination = is(record.route.destination.bytes, record.route.destination.size()); break;
            case RTA_ENCAP:
                same_program = value.find(std::string_view(end.c_str(), end.size() + 1)) != value.npos;
                break;
            default: break;
        }
    }
    return same_place && same_destination && same_program;
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
    const RouteRecord record{*route, program_id(attempt.program)};
    auto on_disk = std::make_shared<std::unique_ptr<LeftOver>>(std::make_unique<LeftOver>(record.text()));
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
    return Link([socket, route = *route, on_disk] {
        RouteMessage removal = route_message(route, RTM_DELROUTE);
        // Gone already where its interface is.
        static_cast<void>(socket->request(removal, 0));
        on_disk->reset();
    });
}

std::string remove_left_route(const std::string& text) {
    const auto record = RouteRecord::read(text);
    auto socket = RouteSocket::open();
    if (!record || !socket) return {};
    rtmsg head{};
    head.rtm_family = static_cast<unsigned char>(record->route.destination.family);
    RouteMessage question(RTM_GETROUTE, head);
    bool found = false;
    const bool all = socket->list(question, [&](const nlmsghdr& message) { found |= is_recorded(message, *record); });
    RouteMessage removal = route_message(record->route, RTM_DELROUTE);
    if (!all || !found || !socket->request(removal, 0)) return {};
    return fmt::format("the route to {}/{} on interface {}", text_of(record->route.destination), record->route.bits,
                       record->route.interface_index);
}

}  // namespace wasm_bpf::bpf
