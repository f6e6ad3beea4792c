/* Ring buffers. The loop over the records is in <wasm_bpf/ring_buffer.h>. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/host.h>
#include <wasm_bpf/ring_buffer.h>

#include "global_data.h"

/* Copies the records that are there, behind those that the callback has not seen yet. They are gone from the ring then. */
int wasm_bpf__ring_copy(struct ring *ring)
{
	const uint32_t rest = (uint32_t)(ring->copy_end - ring->copy_begin);

	memmove(ring->data, ring->data + ring->copy_begin, rest);
	const int32_t bytes = wasm_bpf_ring_read(ring->set, ring->index, ring->data + rest, ring->copied - rest);
	ring->copy_begin = 0;
	ring->copy_end = rest + (bytes > 0 ? bytes : 0);
	/* No room behind the rest: what is there waits for the next call. */
	return bytes >= 0 || (rest && bytes == -ENOSPC) ? 0 : wasm_bpf__result(bytes);
}

/* The callback of the guest's first ring. Most guests have one call of ring_buffer__new() and none of ring_buffer__add(): then
 * what is stored here is one function, which the link-time optimizer finds out and takes into the loop below. It needs that
 * this is only stored once and only called. */
static ring_buffer_sample_fn first_callback;
static bool has_first_callback;

static void set_callback(struct ring *ring, ring_buffer_sample_fn sample_cb)
{
	ring->sample_cb = sample_cb;
	if (!has_first_callback) {
		has_first_callback = true;
		first_callback = sample_cb;
		ring->is_first = true;
	}
}

/* Two functions, so that neither loop has to share the registers with the other. */
__attribute__((noinline)) static int64_t drain_first(struct ring *ring)
{
	return wasm_bpf_ring_drain(ring, first_callback, ring->ctx);
}

__attribute__((noinline)) static int64_t drain_other(struct ring *ring)
{
	return wasm_bpf_ring_drain(ring, ring->sample_cb, ring->ctx);
}

static inline int64_t drain(struct ring *ring)
{
	return ring->is_first ? drain_first(ring) : drain_other(ring);
}

static int64_t wasm_bpf__ring_buffer_drain(struct ring_buffer *rb)
{
	int64_t records = 0;

	for (uint32_t i = 0; i < rb->ring_count; i++) {
		int64_t result = drain(rb->rings[i]);
		if (result < 0)
			return result;
		records += result;
	}
	return records;
}

/* Where the parts of a window are: consumer page, producer page, data. */
static inline void ring_bind_window(struct ring *ring, uint32_t window_bytes)
{
	const uint32_t page_bytes = (window_bytes - 2 * ring->size) / 2;

	ring->consumer_pos = (volatile uint64_t *)ring->window;
	ring->producer_pos = (volatile const uint64_t *)((char *)ring->window + page_bytes);
	ring->data = (char *)ring->window + 2 * page_bytes;
	ring->mask = ring->size - 1;
}

/* The copy looks like the rest of a ring that is not full yet. */
static inline void ring_bind_copy(struct ring *ring)
{
	ring->consumer_pos = &ring->copy_begin;
	ring->producer_pos = &ring->copy_end;
	ring->data = (char *)ring->window;
	ring->mask = UINT32_MAX;
	ring->copied = ring->size;
}

static inline int ring_map(struct ring_buffer *rb, struct ring *ring, int map_fd)
{
	struct wasm_bpf_map_info info;
	int result = wasm_bpf__result(wasm_bpf_map_info(map_fd, &info, sizeof(info)));
	const bool windows = wasm_bpf__has_windows();

	if (result < 0)
		return result;
	if (info.type != BPF_MAP_TYPE_RINGBUF || (windows && !info.window_bytes))
		return -(errno = EINVAL);
	ring->set = rb->handle;
	ring->map = map_fd;
	ring->size = info.max_entries;
	ring->window = windows ? aligned_alloc(4096, info.window_bytes) : malloc(ring->size);
	if (!ring->window)
		return -(errno = ENOMEM);
	if (windows)
		ring_bind_window(ring, info.window_bytes);
	else
		ring_bind_copy(ring);
	result = wasm_bpf__explain(wasm_bpf_ring_add(rb->handle, map_fd, windows ? ring->window : NULL,
						     windows ? info.window_bytes : 0));
	ring->index = result;
	return result < 0 ? result : 0;
}

/* Adds the ring buffer `map_fd`; its records go to sample_cb. 0 or a negative errno value. */
int ring_buffer__add(struct ring_buffer *rb, int map_fd, ring_buffer_sample_fn sample_cb, void *ctx)
{
	struct ring **rings =
		(struct ring **)realloc(rb->rings, (rb->ring_count + 1) * sizeof(struct ring *));
	struct ring *ring = (struct ring *)calloc(1, sizeof(*ring));
	int result = -ENOMEM;

	if (rings)
		rb->rings = rings;
	if (rings && ring) {
		set_callback(ring, sample_cb);
		ring->ctx = ctx;
		result = ring_map(rb, ring, map_fd);
	}
	if (result < 0) {
		if (ring)
			free(ring->window);
		free(ring);
		return -(errno = -result);
	}
	rb->rings[rb->ring_count++] = ring;
	return 0;
}

/* Ends the windows, then frees their memory; null is allowed. */
void ring_buffer__free(struct ring_buffer *rb)
{
	if (!rb)
		return;
	if (rb->handle > 0)
		wasm_bpf_close(rb->handle);
	for (uint32_t i = 0; i < rb->ring_count; i++) {
		free(rb->rings[i]->window);
		free(rb->rings[i]);
	}
	free(rb->rings);
	free(rb);
}

struct ring_buffer *ring_buffer__new(int map_fd, ring_buffer_sample_fn sample_cb, void *ctx,
						const struct ring_buffer_opts *opts)
{
	struct ring_buffer *rb = (struct ring_buffer *)calloc(1, sizeof(*rb));
	int result;

	(void)opts; /* none is defined yet */
	if (!rb)
		return NULL;
	wasm_bpf__publish_read_counts();
	rb->handle = wasm_bpf_ring_open();
	result = rb->handle < 0 ? wasm_bpf__explain(rb->handle) : ring_buffer__add(rb, map_fd, sample_cb, ctx);
	if (result == 0)
		return rb;
	ring_buffer__free(rb);
	errno = -result;
	return NULL;
}

/* Whether records were copied that no callback has seen yet: the host does not know of them any more. */
static inline bool ring_buffer_rest(const struct ring_buffer *rb)
{
	for (uint32_t i = 0; i < rb->ring_count; i++) {
		if (rb->rings[i]->copy_begin != rb->rings[i]->copy_end)
			return true;
	}
	return false;
}

/* Waits for records (a negative timeout: for ever) and hands over those that are there. Their number, or the
 * callback's negative value, which ends the batch. */
int ring_buffer__poll(struct ring_buffer *rb, int timeout_ms)
{
	const bool rest = ring_buffer_rest(rb);
	int ready = wasm_bpf__sync();
	if (ready == 0)
		ready = wasm_bpf__result(wasm_bpf_ring_wait(rb->handle, rest ? 0 : timeout_ms));
	if (ready >= 0 && wasm_bpf__sync() < 0)
		ready = -errno;
	int64_t records = ready > 0 || (rest && ready == 0) ? wasm_bpf__ring_buffer_drain(rb) : ready;

	return records > INT_MAX ? INT_MAX : (int)records;
}

/* The same without waiting and without a system call. */
int ring_buffer__consume(struct ring_buffer *rb)
{
	int64_t records = wasm_bpf__result(wasm_bpf_ring_acquire(rb->handle));

	if (records == 0)
		records = wasm_bpf__sync();
	if (records == 0)
		records = wasm_bpf__ring_buffer_drain(rb);
	return records > INT_MAX ? INT_MAX : (int)records;
}

int ring_buffer__epoll_fd(const struct ring_buffer *rb)
{
	(void)rb;
	return wasm_bpf__unsupported("ring_buffer__epoll_fd: guests have no epoll; use ring_buffer__poll()");
}

/* One ring of the set, for wasm_bpf_ring_drain(). */
struct ring *ring_buffer__ring(struct ring_buffer *rb, unsigned int index)
{
	if (index < rb->ring_count)
		return rb->rings[index];
	errno = ERANGE;
	return NULL;
}

int ring__consume(struct ring *ring)
{
	int64_t records = wasm_bpf__result(wasm_bpf_ring_acquire(ring->set));

	if (records == 0)
		records = drain(ring);
	return records > INT_MAX ? INT_MAX : (int)records;
}

/* At most `n` records of those that are there now. */
int ring__consume_n(struct ring *ring, size_t n)
{
	const int result = ring->copied ? wasm_bpf__ring_copy(ring) : wasm_bpf_ring_acquire(ring->set);

	if (result < 0)
		return wasm_bpf__result(result);
	struct wasm_bpf__batch batch = wasm_bpf__ring_batch(ring);
	int64_t records = 0;
	while (records - batch.discarded < (int64_t)n && wasm_bpf__ring_step(&batch, ring->sample_cb, ring->ctx))
		records++;
	wasm_bpf__read_counts.events += records - batch.discarded + (batch.result < 0);
	if (batch.result < 0)
		return batch.result;
	return (int)(records - batch.discarded);
}

int ring_buffer__consume_n(struct ring_buffer *rb, size_t n)
{
	size_t records = 0;

	for (uint32_t i = 0; i < rb->ring_count && records < n; i++) {
		const int result = ring__consume_n(rb->rings[i], n - records);
		if (result < 0)
			return result;
		records += result;
	}
	return records > INT_MAX ? INT_MAX : (int)records;
}

static inline struct wasm_bpf_ring_info ring_info(const struct ring *ring)
{
	struct wasm_bpf_ring_info info = { 0 };

	wasm_bpf__result(wasm_bpf_ring_info(ring->set, ring->index, &info, sizeof(info)));
	/* What is copied and not handed over is not consumed. */
	info.consumer_position -= ring->copy_end - ring->copy_begin;
	return info;
}

unsigned long ring__consumer_pos(const struct ring *ring)
{
	return (unsigned long)ring_info(ring).consumer_position;
}

unsigned long ring__producer_pos(const struct ring *ring)
{
	return (unsigned long)ring_info(ring).producer_position;
}

size_t ring__avail_data_size(const struct ring *ring)
{
	const struct wasm_bpf_ring_info info = ring_info(ring);

	return (size_t)(info.producer_position - info.consumer_position);
}

size_t ring__size(const struct ring *ring)
{
	return ring->size;
}

/* The map's handle, as bpf_map__fd() gives it. */
int ring__map_fd(const struct ring *ring)
{
	return ring->map;
}
