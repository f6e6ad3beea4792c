// Ring buffers: every case but those that end the guest runs in one go; those are chosen by name.
#include <linux/types.h>
#include <stdbool.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <wasm_bpf/host.h>

#include "check.h"
#include "rings.h"
#include "rings.skel.h"

struct seen {
	__u64 next; // number expected
	__u64 step;
	int calls;
	int refuse_at; // the call that returns -7
	size_t size;
	__u64 skip_every;
};

static struct rings_bpf *skeleton;

static int lost_of(struct order order)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &order, .ctx_size_in = sizeof(order));
	CHECK(bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.emit), &opts) == 0);
	return opts.retval;
}

static int take(void *context, void *data, size_t size)
{
	struct seen *seen = context;
	__u64 number;

	memcpy(&number, data, sizeof(number));
	if (seen->skip_every && seen->next % seen->skip_every == 0)
		seen->next++;
	CHECK(number == seen->next);
	if (seen->size)
		CHECK(size == seen->size);
	seen->next = number + 1;
	return ++seen->calls == seen->refuse_at ? -7 : 0;
}

static struct ring_buffer *open_ring(struct bpf_map *map, struct seen *seen)
{
	struct ring_buffer *rings = ring_buffer__new(bpf_map__fd(map), take, seen, NULL);
	CHECK(rings);
	return rings;
}

static void records_come_in_order(void)
{
	struct seen seen = { .size = 40 };
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen);

	CHECK(ring_buffer__poll(rings, 0) == 0);
	CHECK(lost_of((struct order){ .count = 50, .size = 40 }) == 0);
	CHECK(ring_buffer__poll(rings, -1) == 50);
	CHECK(seen.next == 50);
	CHECK(ring_buffer__poll(rings, 1) == 0);
	CHECK(ring_buffer__consume(rings) == 0);
	// Without waiting.
	CHECK(lost_of((struct order){ .count = 3, .size = 40, .first = 50 }) == 0);
	CHECK(ring_buffer__consume(rings) == 3);
	CHECK(seen.next == 53);
	ring_buffer__free(rings);
}

static void sizes_of_every_kind_wrap_around(void)
{
	struct seen seen = { 0 };
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen);

	for (__u32 size = 8; size < 1200; size += 7) {
		CHECK(lost_of((struct order){ .count = 3, .size = size, .first = seen.next }) == 0);
		seen.size = size;
		CHECK(ring_buffer__poll(rings, 0) == 3);
	}
	ring_buffer__free(rings);
}

static void discarded_records_are_skipped(void)
{
	struct seen seen = { .next = 1, .skip_every = 3 };
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen);

	CHECK(lost_of((struct order){ .count = 30, .size = 16, .first = 1, .discard_every = 3 }) == 0);
	CHECK(ring_buffer__poll(rings, 0) == 20);
	// Nothing but discarded ones.
	CHECK(lost_of((struct order){ .count = 30, .size = 16, .discard_every = 1 }) == 0);
	CHECK(ring_buffer__poll(rings, 0) == 0);
	CHECK(ring_buffer__consume(rings) == 0);
	CHECK(ring__avail_data_size(ring_buffer__ring(rings, 0)) == 0);
	ring_buffer__free(rings);
}

static void a_record_may_fill_the_ring(void)
{
	struct seen seen = { .size = 4096 - 16 };
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen);

	for (int i = 0; i < 3; i++) {
		CHECK(lost_of((struct order){ .count = 2, .size = 4096 - 16, .first = i }) == 1);
		CHECK(ring_buffer__poll(rings, 0) == 1);
	}
	ring_buffer__free(rings);
}

static void a_full_ring_loses_the_newest(void)
{
	struct seen seen = { 0 };
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen);
	int lost = lost_of((struct order){ .count = 1000, .size = 8 });

	CHECK(lost > 0);
	CHECK(ring_buffer__poll(rings, 0) == 1000 - lost);
	CHECK(seen.next == 1000u - lost);
	ring_buffer__free(rings);
}

static void a_refused_record_ends_the_batch_and_the_rest_stays(void)
{
	struct seen seen = { .refuse_at = 4 };
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen);

	CHECK(lost_of((struct order){ .count = 10, .size = 8 }) == 0);
	CHECK(ring_buffer__poll(rings, 0) == -7);
	CHECK(seen.next == 4);
	CHECK(ring__avail_data_size(ring_buffer__ring(rings, 0)) == 6 * 16);
	// Told of again, without a new one.
	seen.refuse_at = 6;
	CHECK(ring_buffer__poll(rings, -1) == -7);
	CHECK(lost_of((struct order){ .count = 5, .size = 8, .first = 10 }) == 0);
	CHECK(ring_buffer__poll(rings, -1) == 9);
	CHECK(seen.next == 15);
	ring_buffer__free(rings);
}

static void many_rings_have_one_wait(void)
{
	struct seen seen[3] = { { 0 }, { 0 }, { 0 } };
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen[0]);

	CHECK(ring_buffer__add(rings, bpf_map__fd(skeleton->maps.second), take, &seen[1]) == 0);
	CHECK(ring_buffer__add(rings, bpf_map__fd(skeleton->maps.third), take, &seen[2]) == 0);
	CHECK(ring_buffer__add(rings, bpf_map__fd(skeleton->maps.third), take, &seen[2]) == -EEXIST);
	for (__u32 i = 0; i < 3; i++)
		CHECK(lost_of((struct order){ .ring = i, .count = i + 1, .size = 8 }) == 0);
	CHECK(ring_buffer__poll(rings, -1) == 6);
	for (__u32 i = 0; i < 3; i++)
		CHECK(seen[i].next == i + 1);
	CHECK(lost_of((struct order){ .ring = 2, .count = 2, .size = 8, .first = 3 }) == 0);
	CHECK(ring_buffer__poll(rings, -1) == 2);
	CHECK(seen[2].next == 5);
	CHECK(ring_buffer__ring(rings, 1) != NULL);
	CHECK(ring_buffer__ring(rings, 3) == NULL && errno == ERANGE);
	ring_buffer__free(rings);
}

static int count(void *context, void *data, size_t size)
{
	(void)data, (void)size;
	++*(int *)context;
	return 0;
}

// However the linker may have joined the first with the loop.
static void each_ring_has_its_callback(void)
{
	struct seen seen = { 0 };
	int counted = 0;
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen);

	CHECK(ring_buffer__add(rings, bpf_map__fd(skeleton->maps.second), count, &counted) == 0);
	CHECK(lost_of((struct order){ .count = 2, .size = 8 }) == 0);
	CHECK(lost_of((struct order){ .ring = 1, .count = 3, .size = 8 }) == 0);
	CHECK(ring_buffer__poll(rings, -1) == 5);
	CHECK(seen.next == 2 && seen.calls == 2 && counted == 3);
	ring_buffer__free(rings);
}

static void some_records_can_be_taken(void)
{
	struct seen seen = { 0 };
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen);
	struct ring *ring = ring_buffer__ring(rings, 0);
	unsigned long start = ring__consumer_pos(ring);

	CHECK(ring__size(ring) == 4096);
	CHECK(ring__map_fd(ring) == bpf_map__fd(skeleton->maps.first));
	CHECK(ring__producer_pos(ring) == start);
	CHECK(lost_of((struct order){ .count = 10, .size = 8 }) == 0);
	CHECK(ring__producer_pos(ring) == start + 160);
	CHECK(ring_buffer__consume_n(rings, 3) == 3);
	CHECK(ring__consumer_pos(ring) == start + 48);
	CHECK(ring__avail_data_size(ring) == 112);
	CHECK(ring__consume_n(ring, 2) == 2);
	CHECK(ring_buffer__consume_n(rings, 0) == 0);
	CHECK(ring__consume(ring) == 5);
	CHECK(ring__avail_data_size(ring) == 0);
	CHECK(ring__consume_n(ring, 2) == 0);
	CHECK(seen.next == 10);
	ring_buffer__free(rings);
}

static void what_is_no_ring_is_refused(void)
{
	struct seen seen = { 0 };

	libbpf_set_print(NULL);
	CHECK(ring_buffer__new(bpf_map__fd(skeleton->maps.states), take, &seen, NULL) == NULL && errno == EINVAL);
	CHECK(ring_buffer__new(12345, take, &seen, NULL) == NULL && errno == EBADF);
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen);
	CHECK(ring_buffer__epoll_fd(rings) == -ENOTSUP);
	ring_buffer__free(rings);
	ring_buffer__free(NULL);
}

static void memory_is_ordinary_afterwards(void)
{
	for (int i = 0; i < 100; i++) {
		struct seen seen = { 0 };
		struct ring_buffer *rings = open_ring(skeleton->maps.second, &seen);
		CHECK(lost_of((struct order){ .ring = 1, .count = 1, .size = 8 }) == 0);
		CHECK(ring_buffer__poll(rings, -1) == 1);
		ring_buffer__free(rings);
		char *memory = malloc(40000);
		memset(memory, 'x', 40000);
		free(memory);
	}
}

// An object that ends takes its rings out of their sets.
static void an_object_may_end_before_its_ring(void)
{
	struct seen seen = { 0 };
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen);

	rings_bpf__destroy(skeleton);
	CHECK(ring_buffer__poll(rings, 0) <= 0);
	ring_buffer__free(rings);
	skeleton = rings_bpf__open_and_load();
	CHECK(skeleton);
}

// Where records were copied that the callback has not seen, that is no error; the ring's end is.
static void the_end_of_a_ring_is_told_of_beside_a_rest(void)
{
	struct seen seen = { .refuse_at = 1 };
	struct ring_buffer *rings = open_ring(skeleton->maps.first, &seen);

	CHECK(lost_of((struct order){ .count = 2, .size = 8 }) == 0);
	CHECK(ring_buffer__poll(rings, -1) == -7);
	rings_bpf__destroy(skeleton);
	// A window is empty memory then.
	CHECK(ring_buffer__consume(rings) == (wasm_bpf__has_windows() ? 0 : -ENOENT));
	ring_buffer__free(rings);
	skeleton = rings_bpf__open_and_load();
	CHECK(skeleton);
}

static int check_everything(void)
{
	records_come_in_order();
	sizes_of_every_kind_wrap_around();
	discarded_records_are_skipped();
	a_record_may_fill_the_ring();
	a_full_ring_loses_the_newest();
	a_refused_record_ends_the_batch_and_the_rest_stays();
	many_rings_have_one_wait();
	each_ring_has_its_callback();
	some_records_can_be_taken();
	memory_is_ordinary_afterwards();
	an_object_may_end_before_its_ring();
	the_end_of_a_ring_is_told_of_beside_a_rest();
	what_is_no_ring_is_refused();
	return 0;
}

// Live records, of the calls of another process.

static int count_live(void *context, void *data, size_t size)
{
	__u64 *calls = context;

	(void)data;
	(void)size;
	++*calls;
	return 0;
}

static int trap(void *context, void *data, size_t size)
{
	(void)context;
	(void)data;
	(void)size;
	__builtin_trap();
}

static int end(void *context, void *data, size_t size)
{
	(void)context;
	(void)data;
	(void)size;
	exit(3);
}

static int spin(void *context, void *data, size_t size)
{
	(void)context;
	(void)data;
	(void)size;
	puts("spins");
	fflush(stdout);
	for (volatile int i = 0;; i++)
		;
}

// Says "ready", and takes the records of PRODUCER's calls of getpgid().
static int live(const char *name, const char *producer)
{
	ring_buffer_sample_fn callback = !strcmp(name, "trap") ? trap :
					 !strcmp(name, "exit") ? end :
					 !strcmp(name, "spin") ? spin :
								 count_live;
	__u64 calls = 0;
	struct ring_buffer *rings = ring_buffer__new(bpf_map__fd(skeleton->maps.first), callback, &calls, NULL);

	CHECK(rings);
	struct state state = { .producer = strtoul(producer, NULL, 10) };
	CHECK(bpf_map_update_elem(bpf_map__fd(skeleton->maps.states), &(__u32){ 0 }, &state, BPF_ANY) == 0);
	CHECK(rings_bpf__attach(skeleton) == 0);
	puts("ready");
	fflush(stdout);
	// However fast the producer is: each poll returns, and takes no more than the ring holds.
	for (int polls = 0; strcmp(name, "busy") || polls < 200; polls++) {
		int records = ring_buffer__poll(rings, -1);
		CHECK(records >= 0 && records <= 4096 / 16);
	}
	CHECK(calls > 0);
	ring_buffer__free(rings);
	return 0;
}

int main(int argc, char **argv)
{
	skeleton = rings_bpf__open_and_load();
	CHECK(skeleton);
	int code = argc == 3 ? live(argv[1], argv[2]) : check_everything();
	rings_bpf__destroy(skeleton);
	return code;
}
