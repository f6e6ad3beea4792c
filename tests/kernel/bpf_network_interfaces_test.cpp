// Programs of interfaces: what is attached runs for real packets, and is gone after the link.

#include <atomic>
#include <thread>

#include "bpf/network.hpp"

namespace wasm_bpf::bpf::test {
namespace {

TEST_F(BpfNetwork, TcxRunsInTheOrderThatWasAskedFor) {
    with_loopback([&] {
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        const auto one = attach("first", on_loopback(AttachKind::interface_tcx));
        ASSERT_ATTACHED(one);
        for (const bool before : {false, true}) {
            set({});
            AttachTarget target = on_loopback(AttachKind::interface_tcx);
            target.flags = before ? BPF_F_BEFORE : BPF_F_AFTER | BPF_F_LINK;
            target.relative_fd = before ? program("first").fd() : one->fd();
            const auto other = attach("second", target);
            ASSERT_ATTACHED(other);
            ASSERT_TRUE(send_to(test_port) && receives(receiver));
            EXPECT_EQ(globals().order, before ? 21U : 12U);
        }
        AttachTarget stale = on_loopback(AttachKind::interface_tcx);
        stale.expected_revision = 1;
        EXPECT_EQ(attach("second", stale).error().errno_code, ESTALE);
    });
    EXPECT_EQ(links("first"), 0);
    EXPECT_EQ(links("second"), 0);
}

TEST_F(BpfNetwork, AnUpdateUnderTrafficMissesNoPacket) {
    with_loopback([&] {
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        for (const bool xdp : {false, true}) {
            SCOPED_TRACE(xdp ? "xdp" : "tcx");
            set({});
            const std::string names[] = {xdp ? "xdp_one" : "first", xdp ? "xdp_two" : "second"};
            auto link = attach(names[0], on_loopback(xdp ? AttachKind::interface_xdp : AttachKind::interface_tcx));
            ASSERT_ATTACHED(link);
            std::atomic<bool> enough = false;
            std::atomic<std::uint64_t> sent = 0;
            // Of this network namespace, as its maker's threads are.
            std::thread traffic([&] {
                const Fd sender(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
                while (!enough) sent += send_to(test_port, sender.get()) ? 1 : 0;
            });
            for (int i = 0; i < 200; i++) {
                const std::uint64_t before = sent;
                EXPECT_TRUE(link->update_program(program(names[(i + 1) % 2]).fd()));
                while (sent == before) std::this_thread::yield();
            }
            enough = true;
            traffic.join();
            const std::uint64_t one = runs(xdp ? xdp_one : first), two = runs(xdp ? xdp_two : second);
            EXPECT_GT(one, 0U);
            EXPECT_GT(two, 0U);
            EXPECT_EQ(one + two, sent);
        }
    });
}

TEST_F(BpfNetwork, XdpTakesItsFlags) {
    with_loopback([&] {
        AttachTarget target = on_loopback(AttachKind::interface_xdp);
        target.flags = 1U << 1;  // XDP_FLAGS_SKB_MODE
        {
            const auto link = attach("xdp_one", target);
            ASSERT_ATTACHED(link);
            bpf_xdp_query_opts query{};
            query.sz = sizeof(query);
            ASSERT_EQ(bpf_xdp_query(1, 0, &query), 0);
            EXPECT_EQ(query.attach_mode, 2) << "XDP_ATTACHED_SKB";
            EXPECT_EQ(query.skb_prog_id, program_id(program("xdp_one")));
        }
        target.flags = 1U << 2;  // XDP_FLAGS_DRV_MODE, which loopback has not
        EXPECT_EQ(attach("xdp_one", target).error().errno_code, EOPNOTSUPP);
    });
}

TEST_F(BpfNetwork, DetachEndsTheAttachmentAndLeavesItsName) {
    with_loopback([&] {
        auto link = attach("first", on_loopback(AttachKind::interface_tcx));
        ASSERT_ATTACHED(link);
        EXPECT_EQ(link->info()->interface_index, 1);
        EXPECT_EQ(link->info()->attach_type, BPF_TCX_INGRESS);
        ASSERT_TRUE(link->detach());
        EXPECT_EQ(link->info()->interface_index, 0);
        EXPECT_EQ(link->info()->program_id, program_id(program("first")));
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        ASSERT_TRUE(send_to(test_port) && receives(receiver));
        EXPECT_EQ(runs(first), 0U);
    });
}

TEST_F(BpfNetwork, ALegacyFiltersProgramIsReplaced) {
    with_loopback([&] {
        AttachTarget target = on_loopback(AttachKind::interface_tc);
        target.flags = BPF_TC_INGRESS;
        target.handle = 1;
        target.priority = 7;
        auto link = attach("first", target);
        ASSERT_ATTACHED(link);
        const Fd receiver = socket_at(SOCK_DGRAM, test_port);
        const auto updated = link->update_program(program("second").fd());
        ASSERT_TRUE(updated) << updated.error().message;
        ASSERT_TRUE(send_to(test_port) && receives(receiver));
        EXPECT_EQ(runs(first), 0U);
        EXPECT_EQ(runs(second), 1U);
    });
}

TEST_F(BpfNetwork, AnInterfaceOfAnotherKindTakesNoNetkitProgram) {
    with_loopback([&] {
        const auto link = attach("first", on_loopback(AttachKind::interface_netkit));
        ASSERT_FALSE(link);
        // A kernel without netkit says EINVAL, whose text is ours.
        EXPECT_EQ(link.error().errno_code == EINVAL,
                  link.error().message.find("it came with Linux 6.7") != std::string::npos)
            << link.error().message;
    });
}

TEST_F(BpfNetwork, OnlyAnInfraredDeviceTakesItsPrograms) {
    AttachTarget target;
    target.kind = AttachKind::lirc;
    target.path = "/dev/null";
    EXPECT_EQ(attach("first", target).error().errno_code, EINVAL);
    target.path = "/dev/lirc-no-such";
    EXPECT_EQ(attach("first", target).error().errno_code, ENOENT);
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
