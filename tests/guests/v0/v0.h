// The interface of the older wasm-bpf runtimes as their guests declare it, and what the guests here share.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMPORTED(name) __attribute__((import_module("wasm_bpf"), import_name(#name))) name

uint64_t IMPORTED(wasm_load_bpf_object)(const void *data, int size);
int IMPORTED(wasm_close_bpf_object)(uint64_t object);
int IMPORTED(wasm_attach_bpf_program)(uint64_t object, const char *name, const char *target);
int IMPORTED(wasm_bpf_buffer_poll)(uint64_t object, int fd, int sample_func, uint32_t context, void *data, int max_size,
				   int timeout_ms);
int IMPORTED(wasm_bpf_map_fd_by_name)(uint64_t object, const char *name);
int IMPORTED(wasm_bpf_map_operate)(int fd, int command, void *key, void *value, void *next_key, uint64_t flags);

enum { LOOKUP = 1, UPDATE = 2, DELETE = 3, GET_NEXT_KEY = 4 };  // enum bpf_cmd

typedef int (*sample_fn)(void *context, void *data, size_t size);

struct scenario {
	const char *name;
	void (*run)(char **arguments);
};

// Runs the scenario that argument 1 names, with the arguments after it.
static int run_scenario(const struct scenario *scenarios, size_t count, int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; argc > 1 && i < count; i++)
		if (strcmp(scenarios[i].name, argv[1]) == 0) {
			scenarios[i].run(argv + 2);
			return 0;
		}
	fprintf(stderr, "no such scenario\n");
	return 1;
}

#define RUN_SCENARIO(scenarios, argc, argv) run_scenario(scenarios, sizeof(scenarios) / sizeof(*scenarios), argc, argv)
