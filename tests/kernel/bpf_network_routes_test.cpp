// Programs of routes: what is attached runs for real packets, and is gone after the link.

#include <fstream>
#include <iterator>

#include "bpf/network.hpp"

namespace wasm_bpf::bpf::test {
namespace {

// Whether the kernel's list of routes has one.
bool has_route(const char* table, std::string_view text) {
    std::ifstream file(std::string("/proc/thread-self/net/") + table);
    const std::string all(std::istreambuf_iterator<char>(file), {});
    return all.find(text) != all.npos;
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
            if (!link && link.error().errno_code == EOPNOTSUPP) {
                EXPECT_NE(link.error().message.find("CONFIG_LWTUNNEL_BPF"), std::string::npos) << link.error().message;
                GTEST_SKIP() << link.error().message;
            }
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

TEST_F(BpfNetwork, ASegmentsRouteIsOfIpv6) {
    with_loopback([&] {
        AttachTarget target = on_loopback(AttachKind::route);
        target.name = "fd00:1::/64";
        {
            const auto link = attach("segment", target);
            if (!link && link.error().errno_code == EOPNOTSUPP) {
                EXPECT_NE(link.error().message.find("CONFIG_IPV6_SEG6_BPF"), std::string::npos) << link.error().message;
                GTEST_SKIP() << link.error().message;
            }
            ASSERT_ATTACHED(link);
            EXPECT_TRUE(has_route("ipv6_route", "fd000001"));
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
