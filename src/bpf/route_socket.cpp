#include "bpf/route_socket.hpp"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace wasm_bpf::bpf {
namespace {

// The text of the kernel's extended acknowledgement; empty where it gave none.
std::string kernel_text(const nlmsghdr* answer, std::size_t size) {
    if ((answer->nlmsg_flags & NLM_F_ACK_TLVS) == 0) return {};
    const auto* error = static_cast<const nlmsgerr*>(NLMSG_DATA(answer));
    std::size_t at = NLMSG_HDRLEN + sizeof(*error);
    // The request follows the number, unless it was asked to be left out.
    if ((answer->nlmsg_flags & NLM_F_CAPPED) == 0) at += error->msg.nlmsg_len - NLMSG_HDRLEN;
    const auto* bytes = reinterpret_cast<const char*>(answer);
    while (at + sizeof(nlattr) <= size) {
        nlattr attribute;
        std::memcpy(&attribute, bytes + at, sizeof(attribute));
        if (attribute.nla_len < sizeof(attribute) || attribute.nla_len > size - at) break;
        if (attribute.nla_type == NLMSGERR_ATTR_MSG)
            return {bytes + at + NLA_HDRLEN, ::strnlen(bytes + at + NLA_HDRLEN, attribute.nla_len - NLA_HDRLEN)};
        at += NLA_ALIGN(attribute.nla_len);
    }
    return {};
}

}  // namespace

void RouteMessage::append(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), bytes, bytes + size);
    bytes_.resize(NLMSG_ALIGN(bytes_.size()));
}

void RouteMessage::add(std::uint16_t type, const void* data, std::size_t size) {
    const rtattr head{static_cast<std::uint16_t>(RTA_LENGTH(size)), type};
    append(&head, sizeof(head));
    append(data, size);
}

std::size_t RouteMessage::open(std::uint16_t type) {
    const std::size_t start = bytes_.size();
    const rtattr head{0, static_cast<std::uint16_t>(type | NLA_F_NESTED)};
    append(&head, sizeof(head));
    return start;
}

void RouteMessage::close(std::size_t opened) {
    const auto length = static_cast<std::uint16_t>(bytes_.size() - opened);
    std::memcpy(bytes_.data() + opened, &length, sizeof(length));
}

std::vector<std::byte>& RouteMessage::bytes(std::uint16_t flags) {
    nlmsghdr head;
    std::memcpy(&head, bytes_.data(), sizeof(head));
    head.nlmsg_len = static_cast<std::uint32_t>(bytes_.size());
    head.nlmsg_flags = flags;
    head.nlmsg_seq = 1;
    std::memcpy(bytes_.data(), &head, sizeof(head));
    return bytes_;
}

Result<RouteSocket> RouteSocket::open() {
    Fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!fd.valid()) return std::unexpected(errno_error(errno, "open a socket to the kernel's routes"));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
    ::setsockopt(fd.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
    return RouteSocket(std::move(fd));
}

Result<> RouteSocket::request(RouteMessage& message, std::uint16_t flags) {
    const auto& bytes = message.bytes(static_cast<std::uint16_t>(flags | NLM_F_REQUEST | NLM_F_ACK));
    if (::send(fd_.get(), bytes.data(), bytes.size(), 0) < 0)
        return std::unexpected(errno_error(errno, "ask the kernel for a route"));
    alignas(nlmsghdr) std::array<char, 8192> room{};
    const ssize_t received = ::recv(fd_.get(), room.data(), room.size(), 0);
    const auto* answer = reinterpret_cast<const nlmsghdr*>(room.data());
    if (received < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(nlmsgerr))) || answer->nlmsg_type != NLMSG_ERROR)
        return fail(EIO, "the kernel's answer about a route is none");
    const int code = -static_cast<const nlmsgerr*>(NLMSG_DATA(answer))->error;
    if (code == 0) return {};
    const std::string text = kernel_text(answer, static_cast<std::size_t>(received));
    return text.empty() ? std::unexpected(errno_error(code, "the kernel refused the route")) : fail(code, text);
}

bool RouteSocket::list(RouteMessage& message, const std::function<void(const nlmsghdr&)>& each) {
    const auto& bytes = message.bytes(NLM_F_REQUEST | NLM_F_DUMP);
    if (::send(fd_.get(), bytes.data(), bytes.size(), 0) < 0) return false;
    alignas(nlmsghdr) std::array<char, 32768> room{};
    while (true) {
        ssize_t size = ::recv(fd_.get(), room.data(), room.size(), 0);
        if (size <= 0) return false;
        for (auto* at = reinterpret_cast<nlmsghdr*>(room.data()); NLMSG_OK(at, static_cast<std::size_t>(size));
             at = NLMSG_NEXT(at, size)) {
            if (at->nlmsg_type == NLMSG_DONE) return true;
            if (at->nlmsg_type == NLMSG_ERROR) return false;
            each(*at);
        }
    }
}

}  // namespace wasm_bpf::bpf
