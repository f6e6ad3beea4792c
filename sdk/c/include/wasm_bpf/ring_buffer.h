/* Ring buffers, opened up so that a callback known at compile time becomes part of the loop: wasm_bpf_ring_drain(). The
 * rest of libbpf's calls are in ../../src/ring_buffer.c.
 *
 * Where the host offers windows, records are read in place, by plain loads, in the kernel's own framing, and the host is
 * called only to wait; else one call copies those that are there. */
#ifndef WASM_BPF_RING_BUFFER_H
#define WASM_BPF_RING_BUFFER_H

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#include <wasm_bpf/abi_types.h>
#include <wasm_bpf/metrics.h>

#ifdef __cplusplus
extern "C" {
#endif

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
	bool is_first; /* of the guest */
};

/* `handle`: for wasm_bpf_ring_wait() and wasm_bpf_ring_acquire(), which come before a drain. */
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
int wasm_bpf__ring_copy(struct ring *ring);

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
			if (!wasm_bpf__ring_step(&batch, sample_cb, ctx)) {
				const int64_t records = passed + i - batch.discarded;
				wasm_bpf__read_counts.events += records + (batch.result < 0);
				return batch.result < 0 ? batch.result : records;
			}
		}
	}
}

#ifdef __cplusplus
}
#endif

#endif
