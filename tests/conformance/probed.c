/* A program to put probes on: says where a function and a counter are in its file, and calls its functions again and again
 * until its input ends. */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "probed_functions.h"

static unsigned long file_offset(uintptr_t address)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long begin, end, offset;
	char line[4096];

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %*s %lx", &begin, &end, &offset) == 3 && address >= begin && address < end) {
			fclose(maps);
			return address - begin + offset;
		}
	_exit(2);
}

int main(void)
{
	struct pollfd input = {.fd = 0, .events = POLLIN};

	printf("%lu %lu\n", file_offset((uintptr_t)probed_one), file_offset((uintptr_t)&wasm_bpf_probe_counter));
	fflush(stdout);
	while (poll(&input, 1, 1) == 0) {
		probed_one(1);
		probed_two(2);
		counted_probe(3);
	}
	return 0;
}
