// A program of every section whose programs attach to a cgroup, a network namespace, a sockmap, a route, an interface or a
// socket, or lie in a map's element: the least that the verifier takes.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bpf_devmap_val);
} devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bpf_cpumap_val);
} cpus SEC(".maps");

#define PROGRAM(section, name, result)                                                                       \
	SEC("?" section) int name(void *context)                                                             \
	{                                                                                                    \
		return result;                                                                               \
	}

PROGRAM("sockops", sockops, 1)
PROGRAM("cgroup_skb/ingress", cgroup_skb_ingress, 1)
PROGRAM("cgroup_skb/egress", cgroup_skb_egress, 1)
PROGRAM("cgroup/skb", cgroup_skb, 1)
PROGRAM("cgroup/sock", cgroup_sock, 1)
PROGRAM("cgroup/sock_create", cgroup_sock_create, 1)
PROGRAM("cgroup/sock_release", cgroup_sock_release, 1)
PROGRAM("cgroup/post_bind4", cgroup_post_bind4, 1)
PROGRAM("cgroup/post_bind6", cgroup_post_bind6, 1)
PROGRAM("cgroup/bind4", cgroup_bind4, 1)
PROGRAM("cgroup/bind6", cgroup_bind6, 1)
PROGRAM("cgroup/sysctl", cgroup_sysctl, 1)
PROGRAM("cgroup/getsockopt", cgroup_getsockopt, 1)
PROGRAM("cgroup/setsockopt", cgroup_setsockopt, 1)
PROGRAM("cgroup/dev", cgroup_dev, 1)
PROGRAM("cgroup/connect4", cgroup_connect4, 1)
PROGRAM("cgroup/connect6", cgroup_connect6, 1)
PROGRAM("cgroup/connect_unix", cgroup_connect_unix, 1)
PROGRAM("cgroup/sendmsg4", cgroup_sendmsg4, 1)
PROGRAM("cgroup/sendmsg6", cgroup_sendmsg6, 1)
PROGRAM("cgroup/sendmsg_unix", cgroup_sendmsg_unix, 1)
PROGRAM("cgroup/recvmsg4", cgroup_recvmsg4, 1)
PROGRAM("cgroup/recvmsg6", cgroup_recvmsg6, 1)
PROGRAM("cgroup/recvmsg_unix", cgroup_recvmsg_unix, 1)
PROGRAM("cgroup/getpeername4", cgroup_getpeername4, 1)
PROGRAM("cgroup/getpeername6", cgroup_getpeername6, 1)
PROGRAM("cgroup/getpeername_unix", cgroup_getpeername_unix, 1)
PROGRAM("cgroup/getsockname4", cgroup_getsockname4, 1)
PROGRAM("cgroup/getsockname6", cgroup_getsockname6, 1)
PROGRAM("cgroup/getsockname_unix", cgroup_getsockname_unix, 1)
PROGRAM("flow_dissector", flow_dissector, 0)
PROGRAM("sk_lookup", sk_lookup, 1)
PROGRAM("sk_skb", sk_skb, 1)
PROGRAM("sk_skb/stream_parser", sk_skb_stream_parser, 1)
PROGRAM("sk_skb/stream_verdict", sk_skb_stream_verdict, 1)
PROGRAM("sk_skb/verdict", sk_skb_verdict, 1)
PROGRAM("sk_msg", sk_msg, 1)
PROGRAM("lwt_in", lwt_in, 0)
PROGRAM("lwt_out", lwt_out, 0)
PROGRAM("lwt_xmit", lwt_xmit, 0)
PROGRAM("lwt_seg6local", lwt_seg6local, 0)
PROGRAM("xdp", xdp, 2)
PROGRAM("xdp.frags", xdp_frags, 2)
PROGRAM("tcx/ingress", tcx_ingress, -1)
PROGRAM("tcx/egress", tcx_egress, -1)
PROGRAM("tc/ingress", tc_ingress, -1)
PROGRAM("tc/egress", tc_egress, -1)
PROGRAM("tc", tc, -1)
PROGRAM("classifier", classifier, -1)
PROGRAM("action", action, -1)
PROGRAM("socket", socket_, 0)
PROGRAM("sk_reuseport", sk_reuseport, 1)
PROGRAM("sk_reuseport/migrate", sk_reuseport_migrate, 1)
PROGRAM("netfilter", netfilter, 1)
PROGRAM("perf_event", perf_event, 0)
PROGRAM("raw_tp/sys_enter", raw_tp, 0)
PROGRAM("raw_tp.w/bpf_test_finish", raw_tp_writable, 0)
PROGRAM("tp_btf/sys_enter", tp_btf, 0)
PROGRAM("xdp/devmap", xdp_devmap, 2)
PROGRAM("xdp.frags/devmap", xdp_frags_devmap, 2)
PROGRAM("xdp/cpumap", xdp_cpumap, 2)
PROGRAM("xdp.frags/cpumap", xdp_frags_cpumap, 2)
PROGRAM("syscall", syscall_, 0)

char LICENSE[] SEC("license") = "GPL";
