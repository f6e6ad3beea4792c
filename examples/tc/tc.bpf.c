// Counts what an interface receives and sends, in global variables that user space reads in place.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "tc.h"

#define TC_ACT_UNSPEC (-1) /* whatever else is attached decides */

struct traffic received;
struct traffic sent;

static __always_inline int count(struct traffic *traffic, struct __sk_buff *skb)
{
	__sync_fetch_and_add(&traffic->packets, 1);
	__sync_fetch_and_add(&traffic->bytes, skb->len);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int count_ingress(struct __sk_buff *skb)
{
	return count(&received, skb);
}

SEC("tc")
int count_egress(struct __sk_buff *skb)
{
	return count(&sent, skb);
}

char LICENSE[] SEC("license") = "GPL";
