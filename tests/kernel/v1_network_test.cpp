// Attaching to the network and operations on links, by a guest on the SDK, in a network namespace of its own.

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "bpf/fd.hpp"
#include "bpf/places.hpp"
#include "support/network_namespace.hpp"
#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

void send_packet(int socket) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(7777);
    ::sendto(socket, "x", 1, 0, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

std::uint32_t programs_at(bpf_attach_type place) {
    LIBBPF_OPTS(bpf_prog_query_opts, query);
    EXPECT_EQ(::bpf_prog_query_opts(1, place, &query), 0);
    return query.prog_cnt;
}

// What the kernel's own lists say after the guest's end.
void expect_nothing_attached() {
    EXPECT_EQ(programs_at(BPF_TCX_INGRESS), 0U);
    EXPECT_EQ(programs_at(BPF_TCX_EGRESS), 0U);
    bpf_xdp_query_opts xdp{};
    xdp.sz = sizeof(xdp);
    EXPECT_EQ(bpf_xdp_query(1, 0, &xdp), 0);
    EXPECT_EQ(xdp.prog_id, 0U);
    LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = 1, .attach_point = BPF_TC_INGRESS);
    EXPECT_EQ(bpf_tc_hook_create(&hook), 0) << "a queueing discipline is left";
    std::ifstream routes("/proc/thread-self/net/route");
    const std::string all(std::istreambuf_iterator<char>(routes), {});
    EXPECT_EQ(all.find("0000090A"), all.npos) << all;
}

TEST(GuestNetwork, AttachesInEveryWayAndLeavesNothing) {
    const bpf::test::Cgroup cgroup;
    std::thread([&] {
        enter_own_network_namespace();
        {
            Command guest(v1_guest("network", {cgroup.path()}));
            ASSERT_TRUE(guest.wait_for_output("attached")) << guest.error();
            const bpf::Fd sender(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
            send_packet(sender.get());
            EXPECT_EQ(guest.wait(), 0) << guest.output() << guest.error();
        }
        expect_nothing_attached();
    }).join();
    LIBBPF_OPTS(bpf_prog_query_opts, query);
    const bpf::Fd folder(::open(cgroup.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    EXPECT_EQ(::bpf_prog_query_opts(folder.get(), BPF_CGROUP_INET_EGRESS, &query), 0);
    EXPECT_EQ(query.prog_cnt, 0U);
}

TEST(GuestNetwork, NewerKindsAttachOrTheErrorNamesThem) {
    std::thread([&] {
        enter_own_network_namespace();
        const bool has_netkit = Command({"ip", "link", "add", "probed", "type", "netkit"}).wait() == 0;
        const unsigned index = has_netkit ? ::if_nametoindex("probed") : 0;
        Command guest(v1_guest("network_newer", {std::to_string(index), "netfilter"}));
        const int code = guest.wait();
        EXPECT_EQ(code, 0) << guest.error();
        if (has_netkit) return;
        EXPECT_NE(guest.error().find("this kernel has no netkit"), std::string::npos) << guest.error();
        EXPECT_NE(guest.error().find("it came with Linux 6.7"), std::string::npos) << guest.error();
    }).join();
}

TEST(GuestNetwork, NothingIsLeftAfterAKill) {
    const bpf::test::Cgroup cgroup;
    std::thread([&] {
        enter_own_network_namespace();
        Command guest(v1_guest("network", {cgroup.path()}));
        ASSERT_TRUE(guest.wait_for_output("attached")) << guest.error();
        EXPECT_EQ(programs_at(BPF_TCX_INGRESS), 3U);
        guest.signal(SIGKILL);
        EXPECT_EQ(guest.wait(), 128 + SIGKILL);
        // The kernel ends the process's links a moment after it.
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (programs_at(BPF_TCX_INGRESS) != 0 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::yield();
        expect_nothing_attached();
    }).join();
}

}  // namespace
}  // namespace wasm_bpf::test
