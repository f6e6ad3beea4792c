// Usage: rate PRODUCER CALLS. Says "ready" when it watches the process PRODUCER, takes the records of its CALLS calls of
// getpgid(), prints how many it received and how many were lost, and ends when its standard input does.
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/libbpf.h>

#include "rate.h"
#include "rate.skel.h"

enum { POLL_MS = 1000, PATIENCE_S = 5 /* without a record */ };

static int count_event(void *context, void *data, size_t size)
{
	__u64 *received = context;
	const struct event *event = data;

	(void)size;
	if (event->number != *received)
		return -EBADMSG;
	++*received;
	return 0;
}

static int receive(struct rate_bpf *tool, __u64 calls)
{
	__u64 received = 0;
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(tool->maps.events), count_event, &received, NULL);
	int error = ring ? rate_bpf__attach(tool) : -errno;

	if (error)
		return error;
	puts("ready");
	fflush(stdout);
	/* A poll may well end at once and without a record: the next one is still being written. */
	for (time_t last = time(NULL); received + *(volatile __u64 *)&tool->bss->lost < calls;) {
		int records = ring_buffer__poll(ring, POLL_MS);
		if (records < 0)
			return records;
		if (records)
			last = time(NULL);
		else if (time(NULL) - last > PATIENCE_S)
			break;
	}
	printf("%llu %llu\n", (unsigned long long)received, (unsigned long long)tool->bss->lost);
	fflush(stdout);
	while (getchar() != EOF)
		;
	ring_buffer__free(ring);
	return 0;
}

int main(int argc, char **argv)
{
	struct rate_bpf *tool = argc == 3 ? rate_bpf__open() : NULL;
	int error = tool ? 0 : argc == 3 ? -errno : -EINVAL;

	if (!error) {
		tool->rodata->producer = strtoul(argv[1], NULL, 10);
		error = rate_bpf__load(tool);
	}
	if (!error)
		error = receive(tool, strtoull(argv[2], NULL, 10));
	rate_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "rate: %s\n", strerror(-error));
	return error ? 1 : 0;
}
