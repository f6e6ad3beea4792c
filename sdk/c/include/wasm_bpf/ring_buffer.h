/* Ring buffers as windows: records are read in place, by plain loads, in the kernel's own framing; the host is called
 * only to wait. Part of <bpf/libbpf.h>. */
#ifndef WASM_BPF_RING_BUFFER_H
#define WASM_BPF_RING_BUFFER_H

#include <limits.h>

#include <wasm_bpf/map.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef int (*ring_buffer_sample_fn)(void *ctx, void *data, size_t size);

struct ring_buffer_opts {
	size_t sz;
};

struct ring {
	ring_buffer_sample_fn sample_cb;
	void *ctx;
	volatile uint64_t *consumer_pos;
	volatile const uint64_t *producer_pos;
	char *data; /* twice in a row, so that no record is broken at the end */
	uint32_t mask;
	void *window;
};

struct ring_buffer {
	wasm_bpf_handle handle;
	uint32_t ring_count;
	struct ring **rings;
};

/* A batch of records on its way to the callback. Since the data lie twice in a row and a batch is no longer than the ring,
 * places need no wrapping inside it: a record's follows from the one before by an addition alone. */
struct wasm_bpf__batch {
	uint32_t place; /* of the next record in guest memory */
	uint32_t end;
	uint64_t position_minus_place;
	volatile uint64_t *consumer_pos;
	int64_t discarded;
	int result; /* the callback's last */
};

/* Passes the record and gives its room back. */
static inline __attribute__((always_inline)) void wasm_bpf__ring_pass(struct wasm_bpf__batch *batch, uint32_t length)
{
	batch->place += (length + BPF_RINGBUF_HDR_SZ + 7) & ~7u;
	__asm__ volatile("" ::: "memory"); /* what was read of the record was read before this store */
	*batch->consumer_pos = batch->position_minus_place + batch->place;
}

/* One record; whether there may be another. */
static inline __attribute__((always_inline)) bool
wasm_bpf__ring_step(struct wasm_bpf__batch *batch, ring_buffer_sample_fn sample_cb, void *ctx)
{
	if (batch->place >= batch->end)
		return false;
	const uint32_t header = *(volatile uint32_t *)(uintptr_t)batch->place;
	__asm__ volatile("" ::: "memory"); /* what is read of the record is read after this load */

	if (__builtin_expect(header < BPF_RINGBUF_DISCARD_BIT, 1)) {
		batch->result = sample_cb(ctx, (void *)(uintptr_t)(batch->place + BPF_RINGBUF_HDR_SZ), header);
		wasm_bpf__ring_pass(batch, header);
		return batch->result >= 0;
	}
	if (header & BPF_RINGBUF_BUSY_BIT)
		return false;
	wasm_bpf__ring_pass(batch, header & ~BPF_RINGBUF_DISCARD_BIT);
	batch->discarded++;
	return true;
}

/* Hands the records that are there now to `sample_cb`, one after another: those produced meanwhile wait for the next
 * call, so that it ends however fast producers are. Their number, or the callback's negative value, which ends it. A
 * function known at compile time becomes part of the loop. Several records a turn: an engine looks at each turn whether
 * the guest is to be stopped. The processor's order of loads is the host's affair (ring_wait, ring_acquire). */
#define WASM_BPF__TURN 4
static inline __attribute__((always_inline)) int64_t wasm_bpf_ring_drain(struct ring *ring,
									 ring_buffer_sample_fn sample_cb, void *ctx)
{
	const uint64_t begin = *ring->consumer_pos;
	const uint32_t place = (uint32_t)(uintptr_t)ring->data + ((uint32_t)begin & ring->mask);
	struct wasm_bpf__batch batch = {
		.place = place,
		.end = place + (uint32_t)(*ring->producer_pos - begin),
		.position_minus_place = begin - place,
		.consumer_pos = ring->consumer_pos,
	};

	for (int64_t passed = 0;; passed += WASM_BPF__TURN) {
#pragma clang loop unroll(full)
		for (int i = 0; i < WASM_BPF__TURN; i++) {
			if (!wasm_bpf__ring_step(&batch, sample_cb, ctx))
				return batch.result < 0 ? batch.result : passed + i - batch.discarded;
		}
	}
}

__attribute__((noinline)) static int64_t wasm_bpf__ring_buffer_drain(struct ring_buffer *rb)
{
	int64_t records = 0;

	for (uint32_t i = 0; i < rb->ring_count; i++) {
		struct ring *ring = rb->rings[i];
		int64_t result = wasm_bpf_ring_drain(ring, ring->sample_cb, ring->ctx);
		if (result < 0)
			return result;
		records += result;
	}
	return records;
}

/* Maps the window and fills in where its parts are: consumer page, producer page, data. */
static inline int wasm_bpf__ring_map(struct ring_buffer *rb, struct ring *ring, int map_fd)
{
	struct wasm_bpf_map_info info;
	int result = wasm_bpf__result(wasm_bpf_map_info(map_fd, &info, sizeof(info)));

	if (result < 0)
		return result;
	if (info.type != BPF_MAP_TYPE_RINGBUF || !info.window_bytes)
		return -(errno = EINVAL);
	const size_t page_bytes = (info.window_bytes - 2 * info.max_entries) / 2;
	ring->window = aligned_alloc(page_bytes, info.window_bytes);
	if (!ring->window)
		return -(errno = ENOMEM);
	ring->consumer_pos = (volatile uint64_t *)ring->window;
	ring->producer_pos = (volatile const uint64_t *)((char *)ring->window + page_bytes);
	ring->data = (char *)ring->window + 2 * page_bytes;
	ring->mask = info.max_entries - 1;
	return wasm_bpf__explain(wasm_bpf_ring_add(rb->handle, map_fd, ring->window, info.window_bytes));
}

/* Adds the ring buffer `map_fd`; its records go to sample_cb. 0 or a negative errno value. */
LIBBPF_API int ring_buffer__add(struct ring_buffer *rb, int map_fd, ring_buffer_sample_fn sample_cb, void *ctx)
{
	struct ring **rings =
		(struct ring **)realloc(rb->rings, (rb->ring_count + 1) * sizeof(struct ring *));
	struct ring *ring = (struct ring *)calloc(1, sizeof(*ring));
	int result = -ENOMEM;

	if (rings)
		rb->rings = rings;
	if (rings && ring) {
		ring->sample_cb = sample_cb;
		ring->ctx = ctx;
		result = wasm_bpf__ring_map(rb, ring, map_fd);
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
LIBBPF_API void ring_buffer__free(struct ring_buffer *rb)
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

LIBBPF_API struct ring_buffer *ring_buffer__new(int map_fd, ring_buffer_sample_fn sample_cb, void *ctx,
						const struct ring_buffer_opts *opts)
{
	struct ring_buffer *rb = (struct ring_buffer *)calloc(1, sizeof(*rb));
	int result;

	(void)opts; /* none is defined yet */
	if (!rb)
		return NULL;
	rb->handle = wasm_bpf_ring_open();
	result = rb->handle < 0 ? wasm_bpf__explain(rb->handle) : ring_buffer__add(rb, map_fd, sample_cb, ctx);
	if (result == 0)
		return rb;
	ring_buffer__free(rb);
	errno = -result;
	return NULL;
}

/* Waits for records (a negative timeout: for ever) and hands over those that are there. Their number, or the
 * callback's negative value, which ends the batch. */
LIBBPF_API int ring_buffer__poll(struct ring_buffer *rb, int timeout_ms)
{
	int ready = wasm_bpf__result(wasm_bpf_ring_wait(rb->handle, timeout_ms));
	int64_t records = ready > 0 ? wasm_bpf__ring_buffer_drain(rb) : ready;

	return records > INT_MAX ? INT_MAX : (int)records;
}

/* The same without waiting and without a system call. */
LIBBPF_API int ring_buffer__consume(struct ring_buffer *rb)
{
	int64_t records = wasm_bpf__result(wasm_bpf_ring_acquire(rb->handle));

	if (records == 0)
		records = wasm_bpf__ring_buffer_drain(rb);
	return records > INT_MAX ? INT_MAX : (int)records;
}

/* One ring of the set, for wasm_bpf_ring_drain(). */
LIBBPF_API struct ring *ring_buffer__ring(struct ring_buffer *rb, unsigned int index)
{
	if (index < rb->ring_count)
		return rb->rings[index];
	errno = ERANGE;
	return NULL;
}

LIBBPF_API int ring__consume(struct ring *ring)
{
	int64_t records = wasm_bpf_ring_drain(ring, ring->sample_cb, ring->ctx);

	return records > INT_MAX ? INT_MAX : (int)records;
}

#ifdef __cplusplus
}
#endif

#endif
