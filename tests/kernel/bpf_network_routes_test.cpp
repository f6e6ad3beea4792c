// Programs of routes: what is attached runs for real packets, and is gone after the link.

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "bpf/network.hpp"
#include "support/command.hpp"

namespace wasm_bpf::bpf::test {
namespace {

// Whether the kernel's list of routes has one.
bool has_route(const char* table, std::string_view text) {
    std::ifstream file(std::string("/proc/thread-self/net/") + table);
    const std::string all(std::istreambuf_iterator<char>(file), {});
    return all.find(text) != all.npos;
}

// Whether the kernel says that it was built with an option; one that keeps its configuration for itself says nothing.
bool says_it_has(const std::string& option) {
    wasm_bpf::test::Command config({"zcat", "/proc/config.gz"});
    config.wait();
    return config.output().find("\n" + option + "=y\n") != std::string::npos;
}

// Whether it was refused because the kernel was built without `option`.
bool lacks(const Result<Link>& link, const std::string& option) {
    if (link || link.error().errno_code != EOPNOTSUPP) return false;
    EXPECT_NE(link.error().message.find(option), std::string::npos) << link.error().message;
    EXPECT_FALSE(says_it_has(option)) << link.error().message;
    return true;
}

TEST_F(BpfNetwork, ARouteRunsItsProgramAndGoesWithIt) {
    with_loopback([&] {
        AttachTarget target = on_loopback(AttachKind::route);
        target.name = "10.1.2.0/24";
        const auto send = [] {
            const Fd sender(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
            sockaddr_in address = local(test_port);
            ::inet_pton(AF_INET, "10.1.2.3", &address.sin_addr);
            ::sendto(sender.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
        };
        {
            const auto link = attach("route_out", target);
            if (lacks(link, "CONFIG_LWTUNNEL_BPF")) GTEST_SKIP() << link.error().message;
            ASSERT_ATTACHED(link);
            EXPECT_TRUE(has_route("route", "0002010A"));
            send();
            EXPECT_EQ(runs(route), 1U);
            EXPECT_EQ(attach("route_out", target).error().errno_code, EEXIST);
        }
        EXPECT_FALSE(has_route("route", "0002010A"));
        send();
        EXPECT_EQ(runs(route), 1U);
    });
}

// The two addresses that a packet visits (RFC 8754): the last one first.
struct SegmentRoutingHeader {
    std::uint8_t next_header = 0, length = 4 /* of 8 bytes, after the first 8 */, type = 4, left = 1, first = 1,
                 flags = 0;
    std::uint16_t tag = 0;
    in6_addr segments[2];
};

constexpr const char* last_segment = "fd00:9::1";

// Sends a byte to port test_port of the last segment, by way of `segment`.
void send_by_way_of(const char* segment) {
    const Fd sender(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(test_port);
    ::inet_pton(AF_INET6, last_segment, &address.sin6_addr);
    SegmentRoutingHeader header{.segments = {address.sin6_addr, {}}};
    ::inet_pton(AF_INET6, segment, &header.segments[1]);
    ASSERT_EQ(::setsockopt(sender.get(), IPPROTO_IPV6, IPV6_RTHDR, &header, sizeof(header)), 0) << strerror(errno);
    ASSERT_EQ(::sendto(sender.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 1)
        << strerror(errno);
}

// Two ends of a cable, both here: what leaves `near` comes in at `far`, which knows nobody's addresses and need not.
void make_cable() {
    const std::string commands =
        "ip link add near type veth peer name far address 02:00:00:00:00:02 && ip link set near up && ip link set far "
        "up"
        " && ip -6 address add fd00:9::1/64 dev near nodad && ip neigh add fd00:1::1 lladdr 02:00:00:00:00:02 dev near";
    ASSERT_EQ(std::system(commands.c_str()), 0);
}

TEST_F(BpfNetwork, ASegmentsRouteRunsItsProgramAndGoesWithIt) {
    in_new_network([&] {
        make_cable();
        AttachTarget target = on_loopback(AttachKind::route);
        target.interface_index = static_cast<int>(::if_nametoindex("near"));
        target.name = "fd00:1::/64";
        {
            const auto link = attach("segment", target);
            if (lacks(link, "CONFIG_IPV6_SEG6_BPF")) GTEST_SKIP() << link.error().message;
            ASSERT_ATTACHED(link);
            EXPECT_TRUE(has_route("ipv6_route", "fd000001"));
            send_by_way_of("fd00:1::1");
            const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
            while (runs(segment) == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
            EXPECT_EQ(runs(segment), 1U);
        }
        EXPECT_FALSE(has_route("ipv6_route", "fd000001"));
    });
}

TEST_F(BpfNetwork, AMalformedRouteIsAnError) {
    for (const char* name : {"", "nonsense", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/8x", "10.0.0.0/-1", "fd00::/129"}) {
        AttachTarget target = on_loopback(AttachKind::route);
        target.name = name;
        EXPECT_EQ(attach("route_out", target).error().errno_code, EINVAL) << name;
    }
    AttachTarget target = on_loopback(AttachKind::route);
    target.name = "10.0.0.0/8";
    target.path = "fd00::1";
    EXPECT_EQ(attach("route_out", target).error().errno_code, EINVAL);
    EXPECT_EQ(attach("first", target).error().errno_code, EINVAL) << "a program of another type";
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
