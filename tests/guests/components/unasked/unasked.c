// What WASI gives a component, and waits that end with the guest, by its first argument.
#include <unistd.h>

#include "guest.h"

#include "component.h"

static void ready(void)
{
	puts("ready");
	fflush(stdout);
}

static int wait_in_ring(void)
{
	wasm_bpf_bpf_rings_own_ring_t ring;
	uint32_t buffers;

	CHECK(wasm_bpf_bpf_rings_static_ring_open(&ring, &error));
	ready();
	return wasm_bpf_bpf_rings_method_ring_wait(wasm_bpf_bpf_rings_borrow_ring(ring), NULL, &buffers, &error);
}

__attribute__((noinline)) static void fall(void)
{
	abort();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	char line[100];

	if (strcmp(what, "ring") == 0)
		return wait_in_ring();
	if (strcmp(what, "sleep") == 0) {
		ready();
		return sleep(1000);
	}
	if (strcmp(what, "read") == 0) {
		ready();
		return read(0, line, sizeof(line));
	}
	if (strcmp(what, "loop") == 0) {
		ready();
		for (;;)
			;
	}
	if (strcmp(what, "talk") == 0)
		for (;;) {
			puts("line");
			fflush(stdout);
		}
	if (strcmp(what, "trap") == 0)
		fall();
	if (strcmp(what, "file") == 0) {
		FILE *file = fopen(argv[2], "r");

		if (file == NULL || fgets(line, sizeof(line), file) == NULL)
			return 1;
		printf("%s", line);
		return 0;
	}
	if (strcmp(what, "memory") == 0) {
		void *volatile memory = malloc(atoi(argv[2])); /* the compiler does without what is not used */

		puts(memory != NULL ? "had" : "refused");
		return 0;
	}
	for (int i = 1; i < argc; i++)
		printf("<%s>", argv[i]);
	printf("%s", getenv("COLOUR") != NULL ? getenv("COLOUR") : "");
	return 1;
}
