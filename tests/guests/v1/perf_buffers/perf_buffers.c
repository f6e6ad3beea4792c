// Perf buffers. Run on one CPU: the test says so to the kernel.
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "check.h"
#include "perf_buffers.h"
#include "perf_buffers.skel.h"

// struct perf_event_attr of linux/perf_event.h, as far as it is needed.
struct attr {
	__u32 type, size;
	__u64 config, sample_period, sample_type, read_format, flags;
	__u32 wakeup_events, bp_type;
	__u64 bp_addr;
};
struct header {
	__u32 type;
	__u16 misc, size;
};

struct seen {
	__u64 next; // number expected
	__u64 samples;
	__u64 lost;
	int lost_calls;
	int cpu;
	__u32 size;
	int stop_at; // the sample at which the raw callback ends the batch, and how
	enum bpf_perf_event_ret stop_with;
};

static struct perf_buffers_bpf *skeleton;

static int emit(struct order order)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &order, .ctx_size_in = sizeof(order));
	CHECK(bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.emit), &opts) == 0);
	return opts.retval;
}

static void take(void *context, int cpu, void *data, __u32 size)
{
	struct seen *seen = context;
	struct record record = { 0 };

	memcpy(&record, data, size < sizeof(record) ? size : sizeof(record));
	CHECK(record.number == seen->next);
	CHECK((int)record.cpu == cpu);
	if (seen->size)
		CHECK(size >= seen->size && size < seen->size + 8); // padded
	seen->next++;
	seen->samples++;
	seen->cpu = cpu;
}

static void count_lost(void *context, int cpu, __u64 count)
{
	struct seen *seen = context;

	seen->lost += count;
	seen->lost_calls++;
	seen->next += count;
	CHECK(cpu == seen->cpu);
}

static enum bpf_perf_event_ret take_raw(void *context, int cpu, struct perf_event_header *event)
{
	struct seen *seen = context;
	const struct header *header = (const struct header *)event;

	CHECK(header->type == 9); // PERF_RECORD_SAMPLE
	take(context, cpu, (char *)event + 12, *(__u32 *)((char *)event + 8));
	return (int)seen->samples == seen->stop_at ? seen->stop_with : LIBBPF_PERF_EVENT_CONT;
}

static struct perf_buffer *open_buffer(size_t pages, struct seen *seen)
{
	struct perf_buffer *buffer =
		perf_buffer__new(bpf_map__fd(skeleton->maps.events), pages, take, count_lost, seen, NULL);
	CHECK(buffer);
	return buffer;
}

static void records_come_in_order(void)
{
	struct seen seen = { .size = 20 };
	struct perf_buffer *buffer = open_buffer(8, &seen);

	CHECK(perf_buffer__buffer_cnt(buffer) > 0);
	CHECK((int)perf_buffer__buffer_cnt(buffer) <= libbpf_num_possible_cpus());
	CHECK(perf_buffer__poll(buffer, 0) == 0);
	CHECK(emit((struct order){ 50, 0, 20 }) == 0);
	CHECK(perf_buffer__poll(buffer, -1) == 1);
	CHECK(seen.samples == 50);
	CHECK(perf_buffer__poll(buffer, 1) == 0);
	CHECK(emit((struct order){ 3, 50, 20 }) == 0);
	CHECK(perf_buffer__consume(buffer) == 0);
	CHECK(seen.samples == 53);
	CHECK(emit((struct order){ 2, 53, 20 }) == 0);
	for (size_t i = 0; i < perf_buffer__buffer_cnt(buffer); i++)
		CHECK(perf_buffer__consume_buffer(buffer, i) == 0);
	CHECK(seen.samples == 55);
	CHECK(perf_buffer__consume_buffer(buffer, 10000) == -EINVAL);
	perf_buffer__free(buffer);
}

static void broken_records_are_put_together(void)
{
	struct seen seen = { 0 };
	struct perf_buffer *buffer = open_buffer(1, &seen);

	for (__u32 size = 16; size < sizeof(struct record); size += 12) {
		seen.size = size;
		CHECK(emit((struct order){ 3, seen.next, size }) == 0);
		CHECK(perf_buffer__poll(buffer, -1) == 1);
	}
	CHECK(seen.lost == 0);
	perf_buffer__free(buffer);
}

// The kernel writes how many were lost before the next record that has room.
static void lost_records_are_counted(void)
{
	struct seen seen = { 0 };
	struct perf_buffer *buffer = open_buffer(1, &seen);

	int refused = emit((struct order){ 200, 0, 100 });
	CHECK(refused > 0);
	CHECK(perf_buffer__poll(buffer, -1) == 1);
	CHECK(seen.samples == 200u - refused);
	CHECK(seen.lost == 0);
	CHECK(emit((struct order){ 1, 200, 100 }) == 0);
	CHECK(perf_buffer__poll(buffer, -1) == 1);
	CHECK(seen.lost == (__u64)refused && seen.lost_calls == 1);
	CHECK(seen.next == 201);
	perf_buffer__free(buffer);
}

static struct perf_buffer *open_raw(struct attr attr, struct seen *seen, const struct perf_buffer_raw_opts *opts)
{
	return perf_buffer__new_raw(bpf_map__fd(skeleton->maps.events), 4, (struct perf_event_attr *)&attr, take_raw,
				    seen, opts);
}

static const struct attr bpf_output = {
	.type = 1,
	.size = sizeof(struct attr),
	.config = 10, // PERF_COUNT_SW_BPF_OUTPUT
	.sample_period = 1,
	.sample_type = 1 << 10, // PERF_SAMPLE_RAW
	.wakeup_events = 1,
};

static void a_batch_cut_short_loses_nothing(enum bpf_perf_event_ret with)
{
	struct seen seen = { .stop_at = 4, .stop_with = with };
	struct perf_buffer *buffer = open_raw(bpf_output, &seen, NULL);

	CHECK(buffer);
	CHECK(emit((struct order){ 10, 0, 20 }) == 0);
	int result = perf_buffer__poll(buffer, -1);
	CHECK(with == LIBBPF_PERF_EVENT_ERROR ? result == -1 : result == 1);
	CHECK(seen.samples == 4);
	// No wake-up tells of the rest.
	CHECK(perf_buffer__poll(buffer, -1) == 1);
	CHECK(seen.samples == 10);
	CHECK(perf_buffer__poll(buffer, 0) == 0);
	perf_buffer__free(buffer);
}

static void cpus_and_elements_can_be_chosen(int cpu)
{
	struct seen seen = { 0 };
	int cpus[] = { cpu }, keys[] = { cpu };
	LIBBPF_OPTS(perf_buffer_raw_opts, opts, .cpu_cnt = 1, .cpus = cpus, .map_keys = keys);
	struct perf_buffer *buffer = open_raw(bpf_output, &seen, &opts);

	CHECK(buffer);
	CHECK(perf_buffer__buffer_cnt(buffer) == 1);
	CHECK(emit((struct order){ 1, 0, 20 }) == 0);
	CHECK(perf_buffer__poll(buffer, -1) == 1);
	CHECK(seen.samples == 1);
	perf_buffer__free(buffer);
	// At the end the element is empty again.
	CHECK(emit((struct order){ 1, 0, 20 }) == 1);

	libbpf_set_print(NULL);
	cpus[0] = 100000;
	CHECK(open_raw(bpf_output, &seen, &opts) == NULL);
	cpus[0] = -1;
	CHECK(open_raw(bpf_output, &seen, &opts) == NULL && errno == EINVAL);
	cpus[0] = cpu;
	keys[0] = 100000;
	CHECK(open_raw(bpf_output, &seen, &opts) == NULL && errno == E2BIG);
	libbpf_set_print(NULL);
}

static void hostile_attrs_are_refused(void)
{
	struct seen seen = { 0 };
	struct attr attr = bpf_output;

	attr.type = 6; // the first of a driver's own
	CHECK(open_raw(attr, &seen, NULL) == NULL && errno == EOPNOTSUPP);
	attr = bpf_output;
	attr.flags = 1ull << 27; // write_backward
	CHECK(open_raw(attr, &seen, NULL) == NULL && errno == EOPNOTSUPP);
	attr = bpf_output;
	attr.flags = 1ull << 37; // sigtrap
	CHECK(open_raw(attr, &seen, NULL) == NULL && errno == EOPNOTSUPP);
	attr = bpf_output;
	attr.size = 8;
	CHECK(open_raw(attr, &seen, NULL) == NULL && errno == EINVAL);
	attr.size = 0xffffffff;
	CHECK(open_raw(attr, &seen, NULL) == NULL && errno == EFAULT);
}

static void what_is_no_perf_buffer_is_refused(void)
{
	struct seen seen = { 0 };
	int events = bpf_map__fd(skeleton->maps.events), records = bpf_map__fd(skeleton->maps.records);

	CHECK(perf_buffer__new(records, 1, take, NULL, &seen, NULL) == NULL && errno == EINVAL);
	CHECK(perf_buffer__new(events, 3, take, NULL, &seen, NULL) == NULL && errno == EINVAL);
	CHECK(perf_buffer__new(events, 0, take, NULL, &seen, NULL) == NULL && errno == EINVAL);
	CHECK(perf_buffer__new(12345, 1, take, NULL, &seen, NULL) == NULL && errno == EBADF);
	CHECK(perf_buffer__new_raw(events, 1, NULL, take_raw, &seen, NULL) == NULL && errno == EINVAL);
	struct perf_buffer *buffer = open_buffer(1, &seen);
	CHECK(perf_buffer__epoll_fd(buffer) == -ENOTSUP);
	CHECK(perf_buffer__buffer_fd(buffer, 0) == -ENOTSUP);
	perf_buffer__free(buffer);
	perf_buffer__free(NULL);
}

static void fewer_wake_ups_can_be_asked_for(void)
{
	struct seen seen = { 0 };
	LIBBPF_OPTS(perf_buffer_opts, opts, .sample_period = 5);
	struct perf_buffer *buffer =
		perf_buffer__new(bpf_map__fd(skeleton->maps.events), 8, take, count_lost, &seen, &opts);

	CHECK(buffer);
	CHECK(emit((struct order){ 4, 0, 20 }) == 0);
	CHECK(perf_buffer__poll(buffer, 0) == 0);
	CHECK(emit((struct order){ 1, 4, 20 }) == 0);
	CHECK(perf_buffer__poll(buffer, -1) == 1);
	CHECK(seen.samples == 5);
	perf_buffer__free(buffer);
}

// A guest that writes over its positions harms no one but itself.
static void a_corrupted_header_harms_no_one(void)
{
	struct seen seen = { 0 };
	struct perf_buffer *buffer = open_buffer(1, &seen);
	void *page;
	size_t size;

	for (size_t i = 0; i < perf_buffer__buffer_cnt(buffer); i++) {
		if (perf_buffer__buffer(buffer, i, &page, &size) < 0) {
			CHECK(errno == ENOTSUP);
			continue;
		}
		CHECK(size == 4096);
		memset((char *)page + 1024, 0x5a, 64); // data_head, data_tail and what follows
	}
	emit((struct order){ 100, 0, 100 });
	perf_buffer__free(buffer);
	buffer = open_buffer(1, &seen);
	CHECK(emit((struct order){ 1, 0, 100 }) == 0);
	CHECK(perf_buffer__poll(buffer, -1) == 1);
	CHECK(seen.samples == 1);
	perf_buffer__free(buffer);
}

static void an_object_may_end_before_its_buffer(void)
{
	struct seen seen = { 0 };
	struct perf_buffer *buffer = open_buffer(1, &seen);

	perf_buffers_bpf__destroy(skeleton);
	CHECK(perf_buffer__poll(buffer, 0) <= 0);
	perf_buffer__free(buffer);
	skeleton = NULL;
}

// Only the kernel writes records.
static int store_to_data(const char *how)
{
	struct seen seen = { 0 };
	struct perf_buffer *buffer = open_buffer(1, &seen);
	void *page;
	size_t size;

	CHECK(perf_buffer__buffer(buffer, 0, &page, &size) == 0);
	volatile char *data = (char *)page + 4096;
	if (!strcmp(how, "store"))
		data[100] = 'x';
	else
		memset((char *)data, 'x', size);
	for (;;)
		puts("lives on");
}

int main(int argc, char **argv)
{
	struct seen seen = { 0 };

	skeleton = perf_buffers_bpf__open_and_load();
	CHECK(skeleton);
	if (argc == 2)
		return store_to_data(argv[1]);
	records_come_in_order();
	broken_records_are_put_together();
	lost_records_are_counted();
	fewer_wake_ups_can_be_asked_for();
	a_batch_cut_short_loses_nothing(LIBBPF_PERF_EVENT_DONE);
	a_batch_cut_short_loses_nothing(LIBBPF_PERF_EVENT_ERROR);
	// Which CPU this is.
	struct perf_buffer *buffer = open_buffer(1, &seen);
	CHECK(emit((struct order){ 1, 0, 20 }) == 0);
	CHECK(perf_buffer__poll(buffer, -1) == 1);
	perf_buffer__free(buffer);
	cpus_and_elements_can_be_chosen(seen.cpu);
	hostile_attrs_are_refused();
	what_is_no_perf_buffer_is_refused();
	a_corrupted_header_harms_no_one();
	an_object_may_end_before_its_buffer();
	return 0;
}
