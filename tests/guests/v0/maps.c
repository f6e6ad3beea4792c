// Scenarios of map operations.
#include "v0.h"

static const unsigned char elf[] = {
#embed "maps.bpf.o"
};

static uint64_t object;

static int load_map(const char *name)
{
	object = wasm_load_bpf_object(elf, sizeof(elf));
	return wasm_bpf_map_fd_by_name(object, name);
}

static int operate(int fd, int command, uint32_t *key, void *value, uint64_t flags)
{
	return wasm_bpf_map_operate(fd, command, key, value, NULL, flags);
}

static void elements(char **arguments)
{
	const int fd = load_map("table");
	uint64_t value = 0;
	for (uint32_t key = 1; key <= 3; key++) {
		value = key * 11;
		printf("update %d\n", operate(fd, UPDATE, &key, &value, 0));
	}
	uint32_t key = 2, none = 77;
	printf("update of an existing key: %d\n", operate(fd, UPDATE, &key, &value, 1 /* BPF_NOEXIST */));
	printf("delete %d\n", operate(fd, DELETE, &key, NULL, 0));
	printf("lookup of a missing key: %d\n", operate(fd, LOOKUP, &key, &value, 0));
	uint32_t sum = 0, count = 0;
	uint32_t *at = NULL;  // the first key is the one after no key
	for (uint32_t next; wasm_bpf_map_operate(fd, GET_NEXT_KEY, at, NULL, &next, 0) == 0; at = &key) {
		key = next;
		operate(fd, LOOKUP, &key, &value, 0);
		sum += value;
		count++;
	}
	printf("walk: %u elements, sum %u\n", count, sum);
	printf("next after an unknown key: %d\n", wasm_bpf_map_operate(fd, GET_NEXT_KEY, &none, NULL, &key, 0));
	printf("unknown command: %d\n", operate(fd, 0, &key, &value, 0));
	printf("value outside of memory: %d\n", operate(fd, LOOKUP, &key, (void *)(__builtin_wasm_memory_size(0) * 65536 - 7), 0));
}

// Only what map_fd_by_name gave is a map, whatever else is open in the host.
static void forged(char **arguments)
{
	const int own = load_map("table");
	uint32_t key = 0;
	char value[4096];
	int accepted = 0;
	for (int fd = -1; fd <= 100; fd++)
		for (int command = LOOKUP; fd != own && command <= GET_NEXT_KEY; command++)
			accepted += wasm_bpf_map_operate(fd, command, &key, value, value, 0) != -9 /* EBADF */;
	printf("accepted %d\n", accepted);
	printf("own %d\n", operate(own, UPDATE, &key, value, 0));
}

struct triple {
	uint32_t a, b, c, padding;  // each CPU's value takes a multiple of 8 bytes
};

static void per_cpu(char **arguments)
{
	const int fd = load_map("per_cpu");
	const uint32_t cpus = strtoul(arguments[0], NULL, 10), size = cpus * sizeof(struct triple);
	uint32_t key = 0;
	struct triple *written = calloc(cpus, sizeof(*written)), *read = malloc(size + 16);
	memset(read, 'x', size + 16);
	for (uint32_t cpu = 0; cpu < cpus; cpu++)
		written[cpu] = (struct triple){ cpu + 1, (cpu + 1) * 100, (cpu + 1) * 10000 };
	printf("update %d\n", operate(fd, UPDATE, &key, written, 0));
	printf("lookup %d\n", operate(fd, LOOKUP, &key, read, 0));
	for (uint32_t cpu = 0; cpu < cpus; cpu++)
		if (memcmp(&read[cpu], &written[cpu], 12) != 0)
			printf("CPU %u has another value\n", cpu);
	for (uint32_t i = 0; i < 16; i++)
		if (((char *)read)[size + i] != 'x')
			printf("byte %u behind the value was written\n", i);

	// New memory of our own, the last there is.
	const uint32_t pages = (size + 65535) / 65536;
	char *const first = (char *)(__builtin_wasm_memory_grow(0, pages) * 65536), *const end = first + pages * 65536;
	printf("exactly at the end: %d\n", operate(fd, LOOKUP, &key, end - size, 0));
	memset(first, 'x', end - first);
	printf("one byte less: %d\n", operate(fd, LOOKUP, &key, end - size + 1, 0));
	printf("room for one CPU: %d\n", operate(fd, LOOKUP, &key, end - 12, 0));
	printf("update from there: %d\n", operate(fd, UPDATE, &key, end - 12, 0));
	for (const char *at = first; at < end; at++)
		if (*at != 'x')
			printf("byte %d before the end was written\n", (int)(end - at));
}

static void repeat(char **arguments)
{
	const int fd = load_map("table");
	uint32_t key = 5, next;
	uint64_t value = 5;
	for (int i = 0; i < 100; i++) {
		operate(fd, UPDATE, &key, &value, 0);
		operate(fd, LOOKUP, &key, &value, 0);
		wasm_bpf_map_operate(fd, GET_NEXT_KEY, NULL, NULL, &next, 0);
		operate(fd, DELETE, &key, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "elements", elements }, { "forged", forged }, { "per-cpu", per_cpu }, { "repeat", repeat },
	};
	return RUN_SCENARIO(scenarios, argc, argv);
}
