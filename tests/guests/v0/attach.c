// Attaches with a target. Arguments: SCENARIO PROGRAM TARGET. Stays until it is ended.
#include "v0.h"

#include <unistd.h>

static const unsigned char elf[] = {
#embed "attach.bpf.o"
};

static uint64_t object;

static void attach(char **arguments)
{
	object = wasm_load_bpf_object(elf, sizeof(elf));
	printf("attach %d\n", wasm_attach_bpf_program(object, arguments[0], arguments[1]));
}

static void stay(void)
{
	puts("ready");
	for (;;)
		sleep(1000);
}

static void hold(char **arguments)
{
	attach(arguments);
	stay();
}

static void close_object(char **arguments)
{
	attach(arguments);
	printf("close %s\n", wasm_close_bpf_object(object) == 0 ? "done" : "refused");
	stay();
}

static void fail(char **arguments) { attach(arguments); }

static int print_call(void *context, void *data, size_t size)
{
	uint32_t pid;
	memcpy(&pid, data, sizeof(pid));
	printf("called by %u\n", pid);
	return 0;
}

static void calls(char **arguments)
{
	char data[64];
	attach(arguments);
	const int fd = wasm_bpf_map_fd_by_name(object, "calls");
	puts("ready");
	while (wasm_bpf_buffer_poll(object, fd, (int)(sample_fn)print_call, 0, data, sizeof(data), -1) >= 0)
		;
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "hold", hold }, { "close", close_object }, { "fail", fail }, { "calls", calls },
	};
	return RUN_SCENARIO(scenarios, argc, argv);
}
