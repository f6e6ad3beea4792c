/* What Linux 6.1 has not. Arguments: a netkit interface's index, and "netfilter"; 0 and "none" where the kernel must say
 * that it has no such thing. */
#include <bpf/libbpf.h>

#include "check.h"
#include "netfilter.skel.h"
#include "netkit.skel.h"

static struct bpf_link_info info_of(const struct bpf_link *link)
{
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);

	CHECK(bpf_link_get_info_by_fd(bpf_link__fd(link), &info, &size) == 0);
	return info;
}

static void netkit(int interface)
{
	struct netkit_bpf *netkit = netkit_bpf__open_and_load();
	struct bpf_link *primary, *peer, *before;

	CHECK(netkit);
	if (!interface) {
		errno = 0;
		CHECK(!bpf_program__attach_netkit(netkit->progs.primary, 1, NULL) && errno == EINVAL);
		netkit_bpf__destroy(netkit);
		return;
	}
	primary = bpf_program__attach_netkit(netkit->progs.primary, interface, NULL);
	peer = bpf_program__attach_netkit(netkit->progs.peer, interface, NULL);
	CHECK(primary && peer);
	CHECK(info_of(primary).type == BPF_LINK_TYPE_NETKIT && info_of(primary).netkit.ifindex == (__u32)interface);
	CHECK(info_of(primary).netkit.attach_type == BPF_NETKIT_PRIMARY);
	CHECK(info_of(peer).netkit.attach_type == BPF_NETKIT_PEER);
	LIBBPF_OPTS(bpf_netkit_opts, opts, .flags = BPF_F_BEFORE | BPF_F_LINK, .relative_fd = bpf_link__fd(peer));
	before = bpf_program__attach_netkit(netkit->progs.peer_before, interface, &opts);
	CHECK(before);
	CHECK(bpf_link__destroy(before) == 0);
	CHECK(bpf_link__update_program(peer, netkit->progs.peer_before) == 0);
	CHECK(bpf_link__detach(primary) == 0 && info_of(primary).netkit.ifindex == 0);
	CHECK(bpf_link__destroy(primary) == 0 && bpf_link__destroy(peer) == 0);
	netkit_bpf__destroy(netkit);
}

static void netfilter(int expected)
{
	LIBBPF_OPTS(bpf_netfilter_opts, opts, .pf = 2, .hooknum = 3, .priority = -7); /* NFPROTO_IPV4, LOCAL_OUT */
	struct netfilter_bpf *netfilter = netfilter_bpf__open_and_load();
	struct bpf_link *link;
	struct bpf_link_info info;

	CHECK(!expected == !netfilter);
	if (!netfilter)
		return;
	link = bpf_program__attach_netfilter(netfilter->progs.accept, &opts);
	CHECK(link);
	info = info_of(link);
	CHECK(info.type == BPF_LINK_TYPE_NETFILTER && info.netfilter.pf == 2 && info.netfilter.hooknum == 3);
	CHECK(info.netfilter.priority == -7 && info.netfilter.flags == 0);
	CHECK(!bpf_program__attach_netfilter(netfilter->progs.accept, &opts) && errno == EBUSY);
	CHECK(bpf_link__destroy(link) == 0);
	opts.hooknum = 99;
	CHECK(!bpf_program__attach_netfilter(netfilter->progs.accept, &opts));
	netfilter_bpf__destroy(netfilter);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3);
	netkit(atoi(argv[1]));
	netfilter(!strcmp(argv[2], "netfilter"));
	return 0;
}
