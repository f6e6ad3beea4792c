//go:build ignore

// Puts records into a ring buffer, as many as a guest asks for.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct record {
	__u64 number;
	__u64 padding[3];
};
const struct record *unused_record __attribute__((unused));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} records SEC(".maps");

__u64 written;

#define RECORDS_A_RUN 4096

SEC("syscall")
int fill(void *context)
{
	struct record record = {};

	for (int i = 0; i < RECORDS_A_RUN; i++) {
		record.number = written;
		if (bpf_ringbuf_output(&records, &record, sizeof(record), 0))
			return 1;
		written++;
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
