/* Ring buffers. Where the host offers windows, records are read in place, by plain loads, in the kernel's own framing, and
 * the host is called only to wait; else one call copies those that are there. Part of <bpf/libbpf.h>. */
#ifndef WASM_BPF_RING_BUFFER_H
#define WASM_BPF_RING_BUFFER_H

#include <limits.h>

#include <wasm_bpf/global_data.h>
#include <wasm_bpf/host.h>
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
	char *data; /* a window's are there twice in a row, so that no record is broken at the end */
	uint32_t mask;
	uint32_t copied; /* bytes of room for copies, the ring's size; 0: a window */
	uint64_t copy_begin, copy_end; /* where the positions point to then: what of the copy is not handed over yet */
	void *window;
	uint32_t index; /* in the set */
	uint32_t size;
	wasm_bpf_handle set;
	wasm_bpf_handle map;
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

static inline __attribute__((always_inline)) struct wasm_bpf__batch wasm_bpf__ring_batch(struct ring *ring)
{
	const uint64_t begin = *ring->consumer_pos;
	const uint32_t place = (uint32_t)(uintptr_t)ring->data + ((uint32_t)begin & ring->mask);

	return (struct wasm_bpf__batch){
		.place = place,
		.end = place + (uint32_t)(*ring->producer_pos - begin),
		.position_minus_place = begin - place,
		.consumer_pos = ring->consumer_pos,
	};
}

/* Copies the records that are there, behind those that the callback has not seen yet. They are gone from the ring then. */
__attribute__((noinline)) static int wasm_bpf__ring_copy(struct ring *ring)
{
	const uint32_t rest = (uint32_t)(ring->copy_end - ring->copy_begin);

	memmove(ring->data, ring->data + ring->copy_begin, rest);
	const int32_t bytes = wasm_bpf_ring_read(ring->set, ring->index, ring->data + rest, ring->copied - rest);
	ring->copy_begin = 0;
	ring->copy_end = rest + (bytes > 0 ? bytes : 0);
	/* No room behind the rest: what is there waits for the next call. */
	return bytes >= 0 || rest ? 0 : wasm_bpf__result(bytes);
}

/* Hands the records that are there now to `sample_cb`, one after another: those produced meanwhile wait for the next
 * call, so that it ends however fast producers are. Their number, or the callback's negative value, which ends it. A
 * function known at compile time becomes part of the loop. Several records a turn: an engine looks at each turn whether
 * the guest is to be stopped. The processor's order of loads is the host's affair (ring_wait, ring_acquire). */
#define WASM_BPF__TURN 4
static inline __attribute__((always_inline)) int64_t wasm_bpf_ring_drain(struct ring *ring,
									 ring_buffer_sample_fn sample_cb, void *ctx)
{
	if (__builtin_expect(ring->copied != 0, 0)) {
		const int result = wasm_bpf__ring_copy(ring);
		if (result < 0)
			return result;
	}
	struct wasm_bpf__batch batch = wasm_bpf__ring_batch(ring);

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

/* Where the parts of a window are: consumer page, producer page, data. */
static inline void wasm_bpf__ring_bind_window(struct ring *ring, uint32_t window_bytes)
{
	const uint32_t page_bytes = (window_bytes - 2 * ring->size) / 2;

	ring->consumer_pos = (volatile uint64_t *)ring->window;
	ring->producer_pos = (volatile const uint64_t *)((char *)ring->window + page_bytes);
	ring->data = (char *)ring->window + 2 * page_bytes;
	ring->mask = ring->size - 1;
}

/* The copy looks like the rest of a ring that is not full yet. */
static inline void wasm_bpf__ring_bind_copy(struct ring *ring)
{
	ring->consumer_pos = &ring->copy_begin;
	ring->producer_pos = &ring->copy_end;
	ring->data = (char *)ring->window;
	ring->mask = UINT32_MAX;
	ring->copied = ring->size;
}

static inline int wasm_bpf__ring_map(struct ring_buffer *rb, struct ring *ring, int map_fd)
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
		wasm_bpf__ring_bind_window(ring, info.window_bytes);
	else
		wasm_bpf__ring_bind_copy(ring);
	result = wasm_bpf__explain(wasm_bpf_ring_add(rb->handle, map_fd, windows ? ring->window : NULL,
						     windows ? info.window_bytes : 0));
	ring->index = result;
	return result < 0 ? result : 0;
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

/* Whether records were copied that no callback has seen yet: the host does not know of them any more. */
static inline bool wasm_bpf__ring_buffer_rest(const struct ring_buffer *rb)
{
	for (uint32_t i = 0; i < rb->ring_count; i++) {
		if (rb->rings[i]->copy_begin != rb->rings[i]->copy_end)
			return true;
	}
	return false;
}

/* Waits for records (a negative timeout: for ever) and hands over those that are there. Their number, or the
 * callback's negative value, which ends the batch. */
LIBBPF_API int ring_buffer__poll(struct ring_buffer *rb, int timeout_ms)
{
	const bool rest = wasm_bpf__ring_buffer_rest(rb);
	int ready = wasm_bpf__sync();
	if (ready == 0)
		ready = wasm_bpf__result(wasm_bpf_ring_wait(rb->handle, rest ? 0 : timeout_ms));
	if (ready >= 0 && wasm_bpf__sync() < 0)
		ready = -errno;
	int64_t records = ready > 0 || (rest && ready == 0) ? wasm_bpf__ring_buffer_drain(rb) : ready;

	return records > INT_MAX ? INT_MAX : (int)records;
}

/* The same without waiting and without a system call. */
LIBBPF_API int ring_buffer__consume(struct ring_buffer *rb)
{
	int64_t records = wasm_bpf__result(wasm_bpf_ring_acquire(rb->handle));

	if (records == 0)
		records = wasm_bpf__sync();
	if (records == 0)
		records = wasm_bpf__ring_buffer_drain(rb);
	return records > INT_MAX ? INT_MAX : (int)records;
}

LIBBPF_API int ring_buffer__epoll_fd(const struct ring_buffer *rb)
{
	(void)rb;
	return wasm_bpf__unsupported("ring_buffer__epoll_fd: guests have no epoll; use ring_buffer__poll()");
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
	int64_t records = wasm_bpf__result(wasm_bpf_ring_acquire(ring->set));

	if (records == 0)
		records = wasm_bpf_ring_drain(ring, ring->sample_cb, ring->ctx);
	return records > INT_MAX ? INT_MAX : (int)records;
}

/* At most `n` records of those that are there now. */
LIBBPF_API int ring__consume_n(struct ring *ring, size_t n)
{
	const int result = ring->copied ? wasm_bpf__ring_copy(ring) : wasm_bpf_ring_acquire(ring->set);

	if (result < 0)
		return wasm_bpf__result(result);
	struct wasm_bpf__batch batch = wasm_bpf__ring_batch(ring);
	int64_t records = 0;
	while (records - batch.discarded < (int64_t)n && wasm_bpf__ring_step(&batch, ring->sample_cb, ring->ctx))
		records++;
	if (batch.result < 0)
		return batch.result;
	return (int)(records - batch.discarded);
}

LIBBPF_API int ring_buffer__consume_n(struct ring_buffer *rb, size_t n)
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

static inline struct wasm_bpf_ring_info wasm_bpf__ring_info(const struct ring *ring)
{
	struct wasm_bpf_ring_info info = { 0 };

	wasm_bpf__result(wasm_bpf_ring_info(ring->set, ring->index, &info, sizeof(info)));
	/* What is copied and not handed over is not consumed. */
	info.consumer_position -= ring->copy_end - ring->copy_begin;
	return info;
}

LIBBPF_API unsigned long ring__consumer_pos(const struct ring *ring)
{
	return (unsigned long)wasm_bpf__ring_info(ring).consumer_position;
}

LIBBPF_API unsigned long ring__producer_pos(const struct ring *ring)
{
	return (unsigned long)wasm_bpf__ring_info(ring).producer_position;
}

LIBBPF_API size_t ring__avail_data_size(const struct ring *ring)
{
	const struct wasm_bpf_ring_info info = wasm_bpf__ring_info(ring);

	return (size_t)(info.producer_position - info.consumer_position);
}

LIBBPF_API size_t ring__size(const struct ring *ring)
{
	return ring->size;
}

/* The map's handle, as bpf_map__fd() gives it. */
LIBBPF_API int ring__map_fd(const struct ring *ring)
{
	return ring->map;
}

#ifdef __cplusplus
}
#endif

#endif
