/* Perf buffers: one ring a CPU, in the kernel's own framing (struct perf_event_mmap_page, struct perf_event_header). Where
 * the host offers windows, records are read in place; else one call a CPU copies those that are there. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/host.h>
#include <wasm_bpf/metrics.h>

#include "global_data.h"

enum {
	WASM_BPF__PERF_PAGE = 4096,
	WASM_BPF__PERF_HEAD = 1024, /* of struct perf_event_mmap_page: data_head, data_tail */
	WASM_BPF__PERF_TAIL = 1032,
	WASM_BPF__PERF_LOST = 2, /* PERF_RECORD_LOST, PERF_RECORD_SAMPLE */
	WASM_BPF__PERF_SAMPLE = 9,
};

/* As linux/perf_event.h has them, which need not be there. */
struct perf_record {
	uint32_t type;
	uint16_t misc;
	uint16_t size;
	union {
		struct {
			uint32_t size;
			char data[];
		} sample;
		struct {
			uint64_t id;
			uint64_t count;
		} lost;
	};
};

struct perf_ring {
	volatile const uint64_t *head;
	volatile uint64_t *tail;
	char *data;
	uint32_t mask;
	uint32_t copied; /* bytes of room for copies, the ring's size; 0: a window */
	uint64_t copy_tail, copy_head;
	void *memory;
	char *joined; /* a record that was broken at the end of the data */
	uint32_t joined_bytes;
	int32_t index; /* in the set */
	int cpu;
};

struct perf_buffer {
	perf_buffer_sample_fn sample_cb;
	perf_buffer_lost_fn lost_cb;
	perf_buffer_event_fn event_cb;
	void *ctx;
	wasm_bpf_handle set;
	uint32_t data_bytes; /* of each ring */
	bool rest;           /* records may be left that no wake-up will tell of */
	uint32_t ring_count;
	struct perf_ring rings[];
};

static int perf_pass(struct perf_buffer *pb, int cpu, struct perf_record *record)
{
	if (pb->event_cb)
		return pb->event_cb(pb->ctx, cpu, (struct perf_event_header *)record);
	if (record->type == WASM_BPF__PERF_SAMPLE) {
		if (pb->sample_cb)
			pb->sample_cb(pb->ctx, cpu, record->sample.data, record->sample.size);
	} else if (record->type == WASM_BPF__PERF_LOST) {
		if (pb->lost_cb)
			pb->lost_cb(pb->ctx, cpu, record->lost.count);
	} else {
		wasm_bpf__warn("unknown perf sample type");
		return LIBBPF_PERF_EVENT_ERROR;
	}
	return LIBBPF_PERF_EVENT_CONT;
}

/* The record at `place` in one piece; null where there is no memory for it. */
static struct perf_record *perf_join(struct perf_ring *ring, uint32_t place)
{
	struct perf_record *record = (struct perf_record *)(ring->data + place);
	const uint32_t bytes = record->size, until_end = ring->mask - place + 1;

	if (ring->copied || bytes <= until_end)
		return record;
	if (ring->joined_bytes < bytes) {
		free(ring->joined);
		ring->joined = (char *)malloc(bytes);
		ring->joined_bytes = ring->joined ? bytes : 0;
	}
	if (!ring->joined)
		return NULL;
	memcpy(ring->joined, record, until_end);
	memcpy(ring->joined + until_end, ring->data, bytes - until_end);
	return (struct perf_record *)ring->joined;
}

/* Hands over the records of one CPU that the guest sees now. As libbpf: 0, or what the callback returned to end it. */
static int perf_pass_all(struct perf_buffer *pb, struct perf_ring *ring)
{
	const uint64_t head = *ring->head;
	uint64_t tail = *ring->tail;
	__asm__ volatile("" ::: "memory"); /* the records are read after their end */
	int result = LIBBPF_PERF_EVENT_CONT;
	uint64_t samples = 0;
	while (tail != head && result == LIBBPF_PERF_EVENT_CONT) {
		struct perf_record *record = perf_join(ring, (uint32_t)tail & ring->mask);
		if (!record) {
			result = LIBBPF_PERF_EVENT_ERROR;
			break;
		}
		const uint32_t bytes = record->size;
		samples += record->type == WASM_BPF__PERF_SAMPLE;
		if (record->type == WASM_BPF__PERF_LOST)
			wasm_bpf__read_counts.lost_samples += record->lost.count;
		result = perf_pass(pb, ring->cpu, record);
		tail += bytes;
	}
	__asm__ volatile("" ::: "memory"); /* and before their room is given back */
	*ring->tail = tail;
	pb->rest |= tail != head;
	wasm_bpf__read_counts.events += samples;
	return result == LIBBPF_PERF_EVENT_CONT ? 0 : result;
}

/* Without a window: first the rest of the last copy, then a new one of what is there. */
static int perf_drain(struct perf_buffer *pb, struct perf_ring *ring)
{
	if (ring->copied) {
		int result = ring->copy_tail != ring->copy_head ? perf_pass_all(pb, ring) : 0;
		if (result)
			return result;
		result = wasm_bpf__result(wasm_bpf_ring_read(pb->set, ring->index, ring->data, ring->copied));
		if (result < 0)
			return result;
		ring->copy_tail = 0;
		ring->copy_head = result;
	}
	return perf_pass_all(pb, ring);
}

static int perf_drain_all(struct perf_buffer *pb)
{
	pb->rest = false;
	for (uint32_t i = 0; i < pb->ring_count; i++) {
		const int result = perf_drain(pb, &pb->rings[i]);
		if (result) {
			errno = result < 0 ? -result : errno;
			pb->rest = true; /* the CPUs that follow were not looked at */
			return result;
		}
	}
	return 0;
}

/* Waits for records (a negative timeout: for ever) and hands over those that are there. The number of CPUs that had
 * some, or the callback's result that ended the batch; what it did not see comes with the next call. */
int perf_buffer__poll(struct perf_buffer *pb, int timeout_ms)
{
	const bool rest = pb->rest;
	int ready = wasm_bpf__sync();

	if (ready == 0)
		ready = wasm_bpf__result(wasm_bpf_ring_wait(pb->set, rest ? 0 : timeout_ms));
	if (ready >= 0 && wasm_bpf__sync() < 0)
		ready = -errno;
	if (ready < 0 || (ready == 0 && !rest))
		return ready;
	const int result = perf_drain_all(pb);
	return result ? result : ready ? ready : 1;
}

/* The same without waiting. 0, or the callback's result that ended it. */
int perf_buffer__consume(struct perf_buffer *pb)
{
	int result = wasm_bpf__result(wasm_bpf_ring_acquire(pb->set));

	if (result == 0)
		result = wasm_bpf__sync();
	return result < 0 ? result : perf_drain_all(pb);
}

static struct perf_ring *perf_ring_at(struct perf_buffer *pb, size_t index)
{
	if (index < pb->ring_count)
		return &pb->rings[index];
	errno = EINVAL;
	return NULL;
}

/* One CPU's alone: `buf_idx` counts those that have a buffer. */
int perf_buffer__consume_buffer(struct perf_buffer *pb, size_t buf_idx)
{
	struct perf_ring *ring = perf_ring_at(pb, buf_idx);

	if (!ring)
		return -errno;
	const int result = wasm_bpf__result(wasm_bpf_ring_acquire(pb->set));
	return result < 0 ? result : perf_drain(pb, ring);
}

size_t perf_buffer__buffer_cnt(const struct perf_buffer *pb)
{
	return pb->ring_count;
}

/* The window of one CPU's buffer, from struct perf_event_mmap_page on; `buf_size` is the data's alone. */
int perf_buffer__buffer(struct perf_buffer *pb, int buf_idx, void **buf, size_t *buf_size)
{
	struct perf_ring *ring = perf_ring_at(pb, buf_idx);

	if (!ring)
		return -errno;
	if (ring->copied)
		return wasm_bpf__unsupported("perf_buffer__buffer: this host has no windows");
	*buf = ring->memory;
	*buf_size = pb->data_bytes;
	return 0;
}

int perf_buffer__epoll_fd(const struct perf_buffer *pb)
{
	(void)pb;
	return wasm_bpf__unsupported("perf_buffer__epoll_fd: guests have no epoll; use perf_buffer__poll()");
}

int perf_buffer__buffer_fd(const struct perf_buffer *pb, size_t buf_idx)
{
	(void)pb;
	(void)buf_idx;
	return wasm_bpf__unsupported("perf_buffer__buffer_fd: guests have no epoll; use perf_buffer__poll()");
}

/* Ends the events and windows, then frees their memory; null is allowed. */
void perf_buffer__free(struct perf_buffer *pb)
{
	if (!pb)
		return;
	if (pb->set > 0)
		wasm_bpf_close(pb->set);
	for (uint32_t i = 0; i < pb->ring_count; i++) {
		free(pb->rings[i].memory);
		free(pb->rings[i].joined);
	}
	free(pb);
}

/* 0 or a negative number of Linux' */
static int32_t perf_ring_open(struct perf_buffer *pb, struct perf_ring *ring, int map_fd,
					       struct wasm_bpf_perf_ring_options *options)
{
	const bool windows = wasm_bpf__has_windows();
	const uint32_t window_bytes = WASM_BPF__PERF_PAGE + pb->data_bytes;

	ring->memory = windows ? aligned_alloc(WASM_BPF__PERF_PAGE, window_bytes) : malloc(pb->data_bytes);
	if (!ring->memory)
		return -ENOMEM;
	if (windows) {
		ring->head = (volatile const uint64_t *)((char *)ring->memory + WASM_BPF__PERF_HEAD);
		ring->tail = (volatile uint64_t *)((char *)ring->memory + WASM_BPF__PERF_TAIL);
		ring->data = (char *)ring->memory + WASM_BPF__PERF_PAGE;
		ring->mask = pb->data_bytes - 1;
	} else {
		ring->head = &ring->copy_head;
		ring->tail = &ring->copy_tail;
		ring->data = (char *)ring->memory;
		ring->mask = UINT32_MAX;
		ring->copied = pb->data_bytes;
	}
	ring->cpu = options->cpu;
	ring->index = wasm_bpf_perf_ring_add(pb->set, map_fd, options, windows ? ring->memory : NULL,
					     windows ? window_bytes : 0);
	return ring->index < 0 ? ring->index : 0;
}

/* 0 or a negative errno value. */
static int perf_add_rings(struct perf_buffer *pb, int map_fd, int count,
					   const struct perf_buffer_raw_opts *chosen,
					   struct wasm_bpf_perf_ring_options *options)
{
	wasm_bpf__publish_read_counts();
	pb->set = wasm_bpf_ring_open();
	if (pb->set < 0)
		return wasm_bpf__explain(pb->set);
	for (int i = 0; i < count; i++) {
		struct perf_ring *ring = &pb->rings[pb->ring_count];
		options->cpu = chosen ? chosen->cpus[i] : i;
		options->map_key = chosen ? chosen->map_keys[i] : i;
		const int32_t result = perf_ring_open(pb, ring, map_fd, options);
		if (result == 0) {
			pb->ring_count++;
			continue;
		}
		free(ring->memory);
		memset(ring, 0, sizeof(*ring));
		if (result != -ENODEV || chosen)
			return result == -ENOMEM ? -(errno = ENOMEM) : wasm_bpf__explain(result);
	}
	return 0;
}

static struct perf_buffer *
perf_buffer_new(int map_fd, size_t page_cnt, struct wasm_bpf_perf_ring_options *options,
			  const struct perf_buffer_raw_opts *chosen, const struct perf_buffer *callbacks)
{
	struct wasm_bpf_map_info info = { 0 };
	int count = wasm_bpf__result(wasm_bpf_possible_cpus());
	int result = wasm_bpf__result(wasm_bpf_map_info(map_fd, &info, sizeof(info)));

	if (result == 0 && (info.type != BPF_MAP_TYPE_PERF_EVENT_ARRAY || page_cnt == 0 ||
			    (page_cnt & (page_cnt - 1)) || page_cnt > INT32_MAX / WASM_BPF__PERF_PAGE / 2))
		result = -(errno = EINVAL);
	if (result < 0 || count < 0)
		return NULL;
	if (chosen && chosen->cpu_cnt > 0)
		count = chosen->cpu_cnt;
	else if (info.max_entries && info.max_entries < (uint32_t)count)
		count = info.max_entries;
	struct perf_buffer *pb =
		(struct perf_buffer *)calloc(1, sizeof(*pb) + count * sizeof(struct perf_ring));
	if (!pb)
		return NULL;
	*pb = *callbacks;
	pb->data_bytes = page_cnt * WASM_BPF__PERF_PAGE;
	options->size = sizeof(*options);
	options->pages = page_cnt;
	result = perf_add_rings(pb, map_fd, count, chosen && chosen->cpu_cnt > 0 ? chosen : NULL, options);
	if (result == 0)
		return pb;
	perf_buffer__free(pb);
	errno = -result;
	return NULL;
}

/* `page_cnt` pages for each CPU, a power of 2. */
struct perf_buffer *perf_buffer__new(int map_fd, size_t page_cnt, perf_buffer_sample_fn sample_cb,
						perf_buffer_lost_fn lost_cb, void *ctx,
						const struct perf_buffer_opts *opts)
{
	struct wasm_bpf_perf_ring_options options = { .wakeup_events = opts ? opts->sample_period : 0 };
	const struct perf_buffer callbacks = { .sample_cb = sample_cb, .lost_cb = lost_cb, .ctx = ctx };

	return perf_buffer_new(map_fd, page_cnt, &options, NULL, &callbacks);
}

/* With an attr of the caller's own, each record as the kernel writes it, and CPUs and elements by choice. */
struct perf_buffer *perf_buffer__new_raw(int map_fd, size_t page_cnt, struct perf_event_attr *attr,
						    perf_buffer_event_fn event_cb, void *ctx,
						    const struct perf_buffer_raw_opts *opts)
{
	struct wasm_bpf_perf_ring_options options = { .attr = (uintptr_t)attr };
	const struct perf_buffer callbacks = { .event_cb = event_cb, .ctx = ctx };

	if (!attr) {
		errno = EINVAL;
		return NULL;
	}
	memcpy(&options.attr_size, (const char *)attr + 4, sizeof(options.attr_size)); /* its member `size` */
	return perf_buffer_new(map_fd, page_cnt, &options, opts, &callbacks);
}
