/* User ring buffers: records for BPF programs (bpf_user_ringbuf_drain). Where the host offers windows, records are made
 * in place; else they are made in the guest's memory and copied, in the order of their reservation, once they are
 * submitted. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/host.h>

/* A record as the kernel has it. */
struct user_record {
	volatile uint32_t header; /* length and BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT */
	uint32_t padding;
	char data[];
};

/* One that is not in the ring yet. */
struct user_draft {
	struct user_draft *next;
	uint32_t bytes;
	struct user_record record;
};

struct user_ring_buffer {
	volatile const uint64_t *consumer_pos; /* null: no window */
	volatile uint64_t *producer_pos;
	char *data; /* twice in a row */
	uint32_t size;
	uint32_t room; /* without a window: what the ring had at least, less the drafts */
	wasm_bpf_handle set;
	struct user_draft *first;
	struct user_draft **last;
	void *window;
};

/* Gives drafts to the ring, up to the first that is not submitted. */
static void user_ring_flush(struct user_ring_buffer *rb)
{
	struct user_draft *draft;

	while ((draft = rb->first) && !(draft->record.header & BPF_RINGBUF_BUSY_BIT)) {
		if (wasm_bpf_ring_write(rb->set, 0, &draft->record, draft->bytes) <= 0)
			return; /* a later call tries again */
		rb->first = draft->next;
		if (!rb->first)
			rb->last = &rb->first;
		free(draft);
	}
}

/* Room for a draft; what the kernel took meanwhile is asked for only where it is needed. */
static bool user_ring_has_room(struct user_ring_buffer *rb, uint32_t bytes)
{
	struct wasm_bpf_ring_info info = { 0 };
	uint32_t used = 0;

	if (rb->room >= bytes)
		return true;
	if (wasm_bpf__result(wasm_bpf_ring_info(rb->set, 0, &info, sizeof(info))) < 0)
		return false;
	for (const struct user_draft *draft = rb->first; draft; draft = draft->next)
		used += draft->bytes;
	used += (uint32_t)(info.producer_position - info.consumer_position);
	rb->room = used < rb->size ? rb->size - used : 0;
	return rb->room >= bytes;
}

static struct user_record *user_ring_draft(struct user_ring_buffer *rb, uint32_t bytes)
{
	struct user_draft *draft;

	user_ring_flush(rb);
	if (!user_ring_has_room(rb, bytes)) {
		errno = ENOSPC;
		return NULL;
	}
	draft = (struct user_draft *)malloc(offsetof(struct user_draft, record) + bytes);
	if (!draft)
		return NULL;
	draft->next = NULL;
	draft->bytes = bytes;
	rb->room -= bytes;
	*rb->last = draft;
	rb->last = &draft->next;
	return &draft->record;
}

/* Room for a record of `size` bytes; null with errno: ENOSPC where there is none now, E2BIG where there never is. Every
 * record must be submitted or discarded; BPF programs see them in the order of their reservation. */
void *user_ring_buffer__reserve(struct user_ring_buffer *rb, __u32 size)
{
	const uint32_t bytes = (size + BPF_RINGBUF_HDR_SZ + 7) & ~7u;
	struct user_record *record;

	if ((size & (BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT)) || bytes > rb->size) {
		errno = E2BIG;
		return NULL;
	}
	if (!rb->consumer_pos) {
		record = user_ring_draft(rb, bytes);
		if (!record)
			return NULL;
		record->header = size | BPF_RINGBUF_BUSY_BIT;
		record->padding = 0;
		return record->data;
	}
	const uint64_t end = *rb->producer_pos;
	if (rb->size - (uint32_t)(end - *rb->consumer_pos) < bytes) {
		errno = ENOSPC;
		return NULL;
	}
	record = (struct user_record *)(rb->data + ((uint32_t)end & (rb->size - 1)));
	record->header = size | BPF_RINGBUF_BUSY_BIT;
	record->padding = 0;
	__asm__ volatile("" ::: "memory"); /* the record is busy before the kernel may look at it */
	*rb->producer_pos = end + bytes;
	return record->data;
}

static void user_ring_commit(struct user_ring_buffer *rb, void *sample, uint32_t flags)
{
	struct user_record *record =
		(struct user_record *)((char *)sample - BPF_RINGBUF_HDR_SZ);

	__asm__ volatile("" ::: "memory"); /* the data are there before the record is complete */
	record->header = (record->header & ~BPF_RINGBUF_BUSY_BIT) | flags;
	if (!rb->consumer_pos)
		user_ring_flush(rb);
}

void user_ring_buffer__submit(struct user_ring_buffer *rb, void *sample)
{
	user_ring_commit(rb, sample, 0);
}

void user_ring_buffer__discard(struct user_ring_buffer *rb, void *sample)
{
	user_ring_commit(rb, sample, BPF_RINGBUF_DISCARD_BIT);
}

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Waits until a BPF program has made room, `timeout_ms` at most (-1: for ever). */
void *user_ring_buffer__reserve_blocking(struct user_ring_buffer *rb, __u32 size, int timeout_ms)
{
	const int64_t end = timeout_ms > 0 ? monotonic_ms() + timeout_ms : 0;

	if (timeout_ms < -1) {
		errno = EINVAL;
		return NULL;
	}
	for (int64_t left = timeout_ms;;) {
		void *sample = user_ring_buffer__reserve(rb, size);
		if (sample || errno != ENOSPC || left == 0)
			return sample;
		if (wasm_bpf__result(wasm_bpf_ring_wait(rb->set, (int32_t)left)) < 0)
			return NULL;
		if (timeout_ms > 0) {
			left = end - monotonic_ms();
			left = left > 0 ? left : 0;
		}
	}
}

/* Ends the window, then frees its memory; records that are not submitted are lost. Null is allowed. */
void user_ring_buffer__free(struct user_ring_buffer *rb)
{
	if (!rb)
		return;
	if (rb->set > 0)
		wasm_bpf_close(rb->set);
	while (rb->first) {
		struct user_draft *draft = rb->first;
		rb->first = draft->next;
		free(draft);
	}
	free(rb->window);
	free(rb);
}

/* 0 or a negative errno value. */
static int user_ring_open(struct user_ring_buffer *rb, int map_fd)
{
	struct wasm_bpf_map_info info = { 0 };
	int result = wasm_bpf__result(wasm_bpf_map_info(map_fd, &info, sizeof(info)));
	const bool windows = wasm_bpf__has_windows();

	if (result < 0)
		return result;
	if (info.type != BPF_MAP_TYPE_USER_RINGBUF || (windows && !info.window_bytes))
		return -(errno = EINVAL);
	rb->size = info.max_entries;
	rb->last = &rb->first;
	rb->set = wasm_bpf_ring_open();
	if (rb->set < 0)
		return wasm_bpf__explain(rb->set);
	if (!windows)
		return wasm_bpf__explain(wasm_bpf_ring_add(rb->set, map_fd, NULL, 0));
	rb->window = aligned_alloc(4096, info.window_bytes);
	if (!rb->window)
		return -(errno = ENOMEM);
	const uint32_t page_bytes = (info.window_bytes - 2 * rb->size) / 2;
	rb->consumer_pos = (volatile const uint64_t *)rb->window;
	rb->producer_pos = (volatile uint64_t *)((char *)rb->window + page_bytes);
	rb->data = (char *)rb->window + 2 * page_bytes;
	return wasm_bpf__explain(wasm_bpf_ring_add(rb->set, map_fd, rb->window, info.window_bytes));
}

struct user_ring_buffer *user_ring_buffer__new(int map_fd, const struct user_ring_buffer_opts *opts)
{
	struct user_ring_buffer *rb = (struct user_ring_buffer *)calloc(1, sizeof(*rb));

	(void)opts; /* none is defined yet */
	if (!rb)
		return NULL;
	const int result = user_ring_open(rb, map_fd);
	if (result >= 0)
		return rb;
	user_ring_buffer__free(rb);
	errno = -result;
	return NULL;
}
