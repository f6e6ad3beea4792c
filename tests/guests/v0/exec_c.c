// Traces every exec.
#include "v0.h"

static const unsigned char elf[] = {
#embed "exec.bpf.o"
};

struct event {
	uint32_t pid;
	char command[16];
	char filename[128];
};

static int print_event(void *context, void *data, size_t size)
{
	const struct event *event = data;
	printf("exec %u %s %s\n", event->pid, event->command, event->filename);
	return 0;
}

int main(void)
{
	char data[sizeof(struct event)];
	setvbuf(stdout, NULL, _IOLBF, 0);
	const uint64_t object = wasm_load_bpf_object(elf, sizeof(elf));
	if (object == 0 || wasm_attach_bpf_program(object, "on_exec", NULL) < 0)
		return 1;
	const int fd = wasm_bpf_map_fd_by_name(object, "events");
	puts("ready");
	while (wasm_bpf_buffer_poll(object, fd, (int)(sample_fn)print_event, 0, data, sizeof(data), 100) >= 0)
		;
	return 1;
}
