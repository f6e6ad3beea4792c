// User ring buffers.
#include <linux/types.h>
#include <stdbool.h>
#include <time.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "check.h"
#include "user_rings.h"
#include "user_rings.skel.h"

static struct user_rings_bpf *skeleton;
static __u64 next;

static struct drained drain(int expected)
{
	struct drained drained = { .next = next };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &drained, .ctx_size_in = sizeof(drained));
	CHECK(bpf_prog_test_run_opts(bpf_program__fd(skeleton->progs.drain), &opts) == 0);
	CHECK((int)opts.retval == expected);
	CHECK(drained.out_of_order == 0);
	next = drained.next;
	return drained;
}

static struct user_ring_buffer *open_ring(void)
{
	struct user_ring_buffer *ring = user_ring_buffer__new(bpf_map__fd(skeleton->maps.input), NULL);
	CHECK(ring);
	next = 0;
	return ring;
}

static void *reserve(struct user_ring_buffer *ring, __u32 size, __u64 number)
{
	__u64 *record = user_ring_buffer__reserve(ring, size);
	CHECK(record);
	*record = number;
	return record;
}

static void programs_see_records_in_order(void)
{
	struct user_ring_buffer *ring = open_ring();

	drain(0);
	for (__u64 i = 0; i < 20; i++)
		user_ring_buffer__submit(ring, reserve(ring, 8 + i, i));
	CHECK(drain(20).records == 20);
	// Many times around the ring, in every size.
	for (__u32 size = 8; size < 1500; size += 11) {
		user_ring_buffer__submit(ring, reserve(ring, size, next));
		user_ring_buffer__submit(ring, reserve(ring, size, next + 1));
		drain(2);
	}
	user_ring_buffer__free(ring);
}

static void records_wait_for_those_before_them(void)
{
	struct user_ring_buffer *ring = open_ring();
	void *first = reserve(ring, 8, 0), *second = reserve(ring, 8, 1), *third = reserve(ring, 8, 2);

	drain(0);
	user_ring_buffer__submit(ring, second);
	drain(0);
	user_ring_buffer__submit(ring, first);
	drain(2);
	user_ring_buffer__submit(ring, third);
	drain(1);
	user_ring_buffer__free(ring);
}

static void discarded_records_are_skipped(void)
{
	struct user_ring_buffer *ring = open_ring();

	user_ring_buffer__discard(ring, reserve(ring, 8, 77));
	user_ring_buffer__submit(ring, reserve(ring, 8, 0));
	user_ring_buffer__discard(ring, reserve(ring, 64, 78));
	user_ring_buffer__submit(ring, reserve(ring, 8, 1));
	CHECK(drain(2).records == 2);
	user_ring_buffer__free(ring);
}

static void a_full_ring_says_so(void)
{
	struct user_ring_buffer *ring = open_ring();
	int records = 0;
	__u64 *record;

	while ((record = user_ring_buffer__reserve(ring, 56))) {
		*record = records++;
		user_ring_buffer__submit(ring, record);
	}
	CHECK(errno == ENOSPC && records == 4096 / 64);
	CHECK(user_ring_buffer__reserve_blocking(ring, 56, 0) == NULL && errno == ENOSPC);
	CHECK(user_ring_buffer__reserve_blocking(ring, 56, 20) == NULL && errno == ENOSPC);
	CHECK(user_ring_buffer__reserve_blocking(ring, 56, -2) == NULL && errno == EINVAL);
	drain(records);
	record = user_ring_buffer__reserve_blocking(ring, 56, -1);
	CHECK(record);
	user_ring_buffer__discard(ring, record);
	// One that takes the whole ring, once it is empty.
	drain(0);
	record = user_ring_buffer__reserve(ring, 4096 - 8);
	CHECK(record);
	*record = next;
	user_ring_buffer__submit(ring, record);
	CHECK(user_ring_buffer__reserve(ring, 0) == NULL && errno == ENOSPC);
	drain(1);
	CHECK(user_ring_buffer__reserve(ring, 4096 - 7) == NULL && errno == E2BIG);
	CHECK(user_ring_buffer__reserve(ring, 0x80000000) == NULL && errno == E2BIG);
	CHECK(user_ring_buffer__reserve(ring, 0x3fffffff) == NULL && errno == E2BIG);
	user_ring_buffer__free(ring);
}

static void another_user_goes_on_where_one_ended(void)
{
	struct user_ring_buffer *ring = open_ring();

	user_ring_buffer__submit(ring, reserve(ring, 8, 0));
	user_ring_buffer__free(ring);
	ring = open_ring();
	user_ring_buffer__submit(ring, reserve(ring, 8, 1));
	drain(2);
	user_ring_buffer__free(ring);
}

static void what_is_no_user_ring_is_refused(void)
{
	libbpf_set_print(NULL);
	CHECK(user_ring_buffer__new(bpf_map__fd(skeleton->maps.output), NULL) == NULL && errno == EINVAL);
	CHECK(user_ring_buffer__new(12345, NULL) == NULL && errno == EBADF);
	user_ring_buffer__free(NULL);
}

// Waits for room that another process makes.
static int wait_for_room(const char *drainer)
{
	struct user_ring_buffer *ring = open_ring();
	__u32 pid = strtoul(drainer, NULL, 10);
	__u64 *record;

	CHECK(bpf_map_update_elem(bpf_map__fd(skeleton->maps.drainer), &(__u32){ 0 }, &pid, BPF_ANY) == 0);
	CHECK(user_rings_bpf__attach(skeleton) == 0);
	while ((record = user_ring_buffer__reserve(ring, 56)))
		user_ring_buffer__submit(ring, record);
	puts("ready");
	fflush(stdout);
	for (int i = 0; i < 200; i++) {
		// More than half of the ring: partial room does not do.
		record = user_ring_buffer__reserve_blocking(ring, 2500, -1);
		CHECK(record);
		*record = i;
		user_ring_buffer__submit(ring, record);
	}
	user_ring_buffer__free(ring);
	return 0;
}

int main(int argc, char **argv)
{
	skeleton = user_rings_bpf__open_and_load();
	CHECK(skeleton);
	if (argc == 2)
		return wait_for_room(argv[1]);
	programs_see_records_in_order();
	records_wait_for_those_before_them();
	discarded_records_are_skipped();
	a_full_ring_says_so();
	another_user_goes_on_where_one_ended();
	what_is_no_user_ring_is_refused();
	user_rings_bpf__destroy(skeleton);
	return 0;
}
