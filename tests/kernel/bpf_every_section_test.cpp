// A program of every section of the network's, the cgroups' and the maps' kinds attaches where such programs go, is
// there in the kernel's own lists, and is gone with its link. What needs a kernel that patches its own text is tested
// in the virtual machines; probes in user space, iterators, struct_ops and USDT by their own tests.

#include <linux/perf_event.h>

#include <algorithm>

#include "bpf/network.hpp"
#include "bpf/perf_event.hpp"

namespace wasm_bpf::bpf::test {
namespace {

// The programs of one of the places; `links`: how many links of the kernel's each then has.
struct Row {
    AttachKind kind;
    int links;
    std::vector<const char*> programs;
    std::uint32_t attach_type = 0;
};

const std::vector<Row>& rows() {
    using enum AttachKind;
    static const std::vector<Row> all = {
        {cgroup,
         1,
         {"sockops",
          "cgroup_skb_ingress",
          "cgroup_skb_egress",
          "cgroup_skb",
          "cgroup_sock",
          "cgroup_sock_create",
          "cgroup_sock_release",
          "cgroup_post_bind4",
          "cgroup_post_bind6",
          "cgroup_bind4",
          "cgroup_bind6",
          "cgroup_sysctl",
          "cgroup_getsockopt",
          "cgroup_setsockopt",
          "cgroup_dev",
          "cgroup_connect4",
          "cgroup_connect6",
          "cgroup_connect_unix",
          "cgroup_sendmsg4",
          "cgroup_sendmsg6",
          "cgroup_sendmsg_unix",
          "cgroup_recvmsg4",
          "cgroup_recvmsg6",
          "cgroup_recvmsg_unix",
          "cgroup_getpeername4",
          "cgroup_getpeername6",
          "cgroup_getpeername_unix",
          "cgroup_getsockname4",
          "cgroup_getsockname6",
          "cgroup_getsockname_unix"}},
        {network_namespace, 1, {"flow_dissector", "sk_lookup"}},
        {sockmap, -1, {"sk_skb_stream_parser", "sk_skb_stream_verdict", "sk_skb_verdict", "sk_msg"}},
        {sockmap, -1, {"sk_skb"}, BPF_SK_SKB_STREAM_VERDICT},
        {route, 0, {"lwt_in", "lwt_out", "lwt_xmit", "lwt_seg6local"}},
        {interface_xdp, 1, {"xdp", "xdp_frags"}},
        {interface_tcx, 1, {"tcx_ingress", "tcx_egress", "tc_ingress", "tc_egress", "tc", "classifier", "action"}},
        {interface_tc, 0, {"tc", "classifier", "action"}},
        {socket, 0, {"socket_", "sk_reuseport", "sk_reuseport_migrate"}},
        {netfilter, -1, {"netfilter"}},
        {perf_event, 1, {"perf_event"}},
        {raw_tracepoint, 1, {"raw_tp", "raw_tp_writable"}},
        {trace, 1, {"tp_btf"}},
    };
    return all;
}

class EverySection : public ::testing::Test {
protected:
    // The object with that program alone.
    std::unique_ptr<Object> load(const std::string& name) {
        auto object = open_object("every_section");
        Program* program = object->find_program(name);
        EXPECT_NE(program, nullptr) << name;
        EXPECT_TRUE(program->set_autoload(true));
        const auto loaded = object->load();
        EXPECT_TRUE(loaded) << name << ": " << loaded.error().message;
        return object;
    }

    AttachTarget place(const Row& row, Object& object, const std::string& name) {
        AttachTarget target;
        target.kind = row.kind;
        target.attach_type = row.attach_type;
        switch (row.kind) {
            case AttachKind::cgroup: target.path = cgroup_.path(); break;
            case AttachKind::sockmap: target.map_fd = object.find_map("sockets")->fd(); break;
            case AttachKind::route:
                target.name = name == "lwt_seg6local" ? "fd00:7::/64" : "10.77.0.0/16";
                target.interface_index = 1;
                break;
            case AttachKind::interface_tc: target.flags = BPF_TC_INGRESS; [[fallthrough]];
            case AttachKind::interface_xdp:
            case AttachKind::interface_tcx: target.interface_index = 1; break;
            case AttachKind::socket:
                socket_ = socket_at(SOCK_DGRAM, test_port, true);
                target.fd = socket_.get();
                break;
            case AttachKind::netfilter:
                target.protocol_family = 2;  // NFPROTO_IPV4
                target.hook = 1;             // NF_INET_LOCAL_IN
                target.priority = 77;
                break;
            case AttachKind::perf_event: target.fd = event().get(); break;
            case AttachKind::raw_tracepoint: target.name = name == "raw_tp" ? "sys_enter" : "bpf_test_finish"; break;
            default: break;
        }
        return target;
    }

    const Fd& event() {
        perf_event_attr attr{};
        attr.size = sizeof(attr);
        attr.type = PERF_TYPE_SOFTWARE;
        attr.config = PERF_COUNT_SW_CPU_CLOCK;
        attr.sample_period = 1'000'000;
        auto opened = open_perf_event(attr, -1, 0, -1, 0);
        EXPECT_TRUE(opened) << opened.error().message;
        if (opened) event_ = std::move(*opened);
        return event_;
    }

    void attach_and_end(const Row& row, const std::string& name) {
        const auto object = load(name);
        Program& program = *object->find_program(name);
        if (program.fd() < 0) return;
        {
            const auto link = program.attach(place(row, *object, name));
            if (!link && name == "netfilter" && link.error().message.find("CONFIG_") != std::string::npos) return;
            ASSERT_TRUE(link) << link.error().message;
            if (row.links >= 0) {
                EXPECT_EQ(count_links(program_id(program)), row.links);
            }
        }
        EXPECT_EQ(count_links(program_id(program)), 0);
    }

    Cgroup cgroup_;
    Fd socket_, event_;
};

TEST_F(EverySection, AttachesWhereItsProgramsGoAndIsGoneWithItsLink) {
    with_loopback([&] {
        for (const Row& row : rows())
            for (const char* name : row.programs) {
                SCOPED_TRACE(name);
                attach_and_end(row, name);
            }
    });
}

// Their place is an element: the kernel knows the program by its id there.
TEST_F(EverySection, LiesInAnElementOfAMap) {
    struct {
        std::uint32_t number;
        std::int32_t program;
    } value{};
    for (const char* name : {"xdp_devmap", "xdp_frags_devmap", "xdp_cpumap", "xdp_frags_cpumap"}) {
        SCOPED_TRACE(name);
        const auto object = load(name);
        const bool device = std::string_view(name).ends_with("devmap");
        const Map& map = *object->find_map(device ? "devices" : "cpus");
        const std::uint32_t key = 0;
        value.number = device ? 1 : 64;  // the loopback interface; the length of the queue
        value.program = object->find_program(name)->fd();
        ASSERT_EQ(map.update(&key, &value, 0), 0);
        ASSERT_EQ(map.lookup(&key, &value, 0), 0);
        EXPECT_EQ(static_cast<std::uint32_t>(value.program), program_id(*object->find_program(name)));
        EXPECT_EQ(map.remove(&key, 0), 0);
    }
}

// A section that is added to the object must be in one of the tests.
TEST_F(EverySection, OfTheObjectIsAttached) {
    std::vector<std::string> tested = {"xdp_devmap", "xdp_frags_devmap", "xdp_cpumap", "xdp_frags_cpumap",
                                       "syscall_" /* attaches nowhere: it is run */};
    for (const Row& row : rows()) tested.insert(tested.end(), row.programs.begin(), row.programs.end());
    const auto object = open_object("every_section");
    for (const Program& program : object->programs())
        EXPECT_GT(std::ranges::count(tested, program.name()), 0) << program.name();
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
