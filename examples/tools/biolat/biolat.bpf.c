// Measures how long block devices take for requests.
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "../log2_slot.bpf.h"
#include "biolat.h"

#define REQ_OP_MASK 0xff

/* What is used of the kernel's types: one in the object takes room with all that it refers to. */
struct gendisk___used {
	char disk_name[DISK_BYTES];
} __attribute__((preserve_access_index));

struct request_queue___used {
	struct gendisk___used *disk;
} __attribute__((preserve_access_index));

struct request___used {
	struct request_queue___used *q;
	unsigned int cmd_flags;
} __attribute__((preserve_access_index));

const volatile bool by_disk = false;
const volatile bool by_operation = false;
const volatile bool with_queue = false; /* the time in the queue, too */
const volatile __u32 unit_ns = 1000;
const volatile char only_disk[DISK_BYTES] = ""; /* empty: all */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u64);   /* request */
	__type(value, __u64); /* when it began, ns */
} started SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_HISTOGRAMS);
	__type(key, struct histogram_key);
	__type(value, struct histogram);
} histograms SEC(".maps");

static const struct histogram empty;

static __always_inline int start(struct request___used *request, __u64 flag)
{
	__u64 key = (__u64)request, now = bpf_ktime_get_ns();

	bpf_map_update_elem(&started, &key, &now, flag);
	return 0;
}

SEC("tp_btf/block_rq_insert")
int BPF_PROG(insert, struct request___used *request)
{
	return with_queue ? start(request, BPF_ANY) : 0;
}

/* A request that was not queued begins here. */
SEC("tp_btf/block_rq_issue")
int BPF_PROG(issue, struct request___used *request)
{
	return start(request, with_queue ? BPF_NOEXIST : BPF_ANY);
}

static __always_inline bool is_wanted(const char *disk)
{
	if (!only_disk[0])
		return true;
	for (int i = 0; i < DISK_BYTES; i++) {
		if (disk[i] != only_disk[i])
			return false;
		if (!disk[i])
			return true;
	}
	return true;
}

SEC("tp_btf/block_rq_complete")
int BPF_PROG(complete, struct request___used *request)
{
	__u64 now = bpf_ktime_get_ns(), address = (__u64)request;
	__u64 *since = bpf_map_lookup_elem(&started, &address);
	struct histogram_key key = { .operation = ~0U };
	char disk[DISK_BYTES] = "";
	struct histogram *histogram;
	__u64 took;

	if (!since)
		return 0;
	took = (now - *since) / unit_ns;
	bpf_map_delete_elem(&started, &address);
	BPF_CORE_READ_STR_INTO(&disk, request, q, disk, disk_name);
	if (!is_wanted(disk))
		return 0;
	if (by_disk)
		__builtin_memcpy(key.disk, disk, sizeof(key.disk));
	if (by_operation)
		key.operation = request->cmd_flags & REQ_OP_MASK;
	histogram = bpf_map_lookup_elem(&histograms, &key);
	if (!histogram) {
		bpf_map_update_elem(&histograms, &key, &empty, BPF_NOEXIST);
		histogram = bpf_map_lookup_elem(&histograms, &key);
		if (!histogram)
			return 0;
	}
	__sync_fetch_and_add(&histogram->slots[log2_slot(took, SLOTS)], 1);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
