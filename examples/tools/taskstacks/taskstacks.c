// Prints threads with what they do in the kernel, from one walk through all of them.
#include <argp.h>
#include <errno.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../argument_number.h"
#include "../stack_frames.h"
#include "taskstacks.h"
#include "taskstacks.skel.h"

static struct {
	bool brief;
	bool kernel_threads;
	bool verbose;
	unsigned int process;
	unsigned int states;
} env;

/* As ps names the bits of a state; none of them: running. */
static const struct {
	char letter;
	unsigned int bits;
} states[] = {
	{ 'S', 0x1 }, { 'D', 0x2 }, { 'T', 0x4 }, { 't', 0x8 }, { 'X', 0x10 }, { 'Z', 0x20 }, { 'P', 0x40 },
};

#define STATES (sizeof(states) / sizeof(states[0]))

const char *argp_program_version = "taskstacks 1.0";
static const char description[] =
	"Prints every thread with its stack in the kernel.\n"
	"\n"
	"EXAMPLES:\n"
	"    taskstacks             # the threads of all processes\n"
	"    taskstacks -s D -k     # what hangs, the kernel's own threads among them\n"
	"    taskstacks -p 181      # the threads of process 181\n"
	"    taskstacks -b          # without stacks: a line a thread\n";

static const struct argp_option options[] = {
	{ "pid", 'p', "PID", 0, "That process alone", 0 },
	{ "state", 's', "LETTERS", 0, "Threads in these states alone: S sleeping, D waiting for a device, T stopped", 0 },
	{ "kernel-threads", 'k', NULL, 0, "The kernel's threads, too", 0 },
	{ "brief", 'b', NULL, 0, "Without stacks", 0 },
	{ "verbose", 'v', NULL, 0, "libbpf's messages, too", 0 },
	{ NULL, 'h', NULL, OPTION_HIDDEN, "Show the full help", 0 },
	{ 0 },
};

static unsigned int state_bits(char letter)
{
	for (size_t i = 0; i < STATES; i++)
		if (states[i].letter == letter)
			return states[i].bits;
	return 0;
}

static char state_letter(unsigned int state)
{
	if (!state)
		return 'R';
	for (size_t i = 0; i < STATES; i++)
		if (state & states[i].bits)
			return state == (0x2 | 0x400) ? 'I' : states[i].letter; /* D, without load: idle */
	return '?';
}

static error_t parse_argument(int key, char *argument, struct argp_state *state)
{
	switch (key) {
	case 'p': env.process = argument_number(argument, "PID", 1, 0x7fffffff, state); break;
	case 's':
		for (const char *letter = argument; *letter; letter++) {
			if (!state_bits(*letter))
				argp_error(state, "there is no state \"%c\": name some of S, D, T, t, X, Z, P", *letter);
			env.states |= state_bits(*letter);
		}
		break;
	case 'k': env.kernel_threads = true; break;
	case 'b': env.brief = true; break;
	case 'v': env.verbose = true; break;
	case 'h': argp_state_help(state, stdout, ARGP_HELP_STD_HELP); break;
	default: return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static int print_libbpf(enum libbpf_print_level level, const char *format, va_list arguments)
{
	if (level == LIBBPF_DEBUG && !env.verbose)
		return 0;
	return vfprintf(stderr, format, arguments);
}

static void print_task(struct stack_frames *frames, const struct task *task)
{
	printf("%-7u %-7u %-7u %c %.*s%s\n", task->pid, task->thread, task->parent, state_letter(task->state), COMM_BYTES,
	       task->comm, task->kernel_thread ? " (kernel)" : "");
	if (env.brief)
		return;
	stack_frames__print(frames, 0, task->stack, task->frames);
	putchar('\n');
}

/* The walk is made by reading. A read may end within a record: the rest comes with the next. */
static int print_tasks(int walk, struct stack_frames *frames)
{
	static union {
		struct task tasks[16];
		char bytes[16 * sizeof(struct task)];
	} buffer;
	size_t filled = 0;
	unsigned int count = 0;
	ssize_t got;

	while ((got = read(walk, buffer.bytes + filled, sizeof(buffer) - filled)) != 0) {
		size_t whole;

		if (got < 0 && errno == EAGAIN)
			continue;
		if (got < 0)
			return -errno;
		filled += got;
		whole = filled / sizeof(struct task);
		for (size_t i = 0; i < whole; i++)
			print_task(frames, &buffer.tasks[i]);
		count += whole;
		filled -= whole * sizeof(struct task);
		memmove(buffer.bytes, &buffer.tasks[whole], filled);
	}
	printf("%u threads\n", count);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp argp = { .options = options, .parser = parse_argument, .doc = description };
	struct stack_frames frames = { 0 };
	struct taskstacks_bpf *tool;
	int error = argp_parse(&argp, argc, argv, 0, NULL, NULL);
	int walk;

	if (error)
		return error;
	libbpf_set_print(print_libbpf);
	tool = taskstacks_bpf__open();
	if (!tool) {
		fprintf(stderr, "taskstacks: cannot open the BPF object\n");
		return 1;
	}
	tool->rodata->only_process = env.process;
	tool->rodata->only_states = env.states;
	tool->rodata->with_kernel_threads = env.kernel_threads;
	error = taskstacks_bpf__load(tool);
	if (!error)
		error = taskstacks_bpf__attach(tool);
	if (error) {
		fprintf(stderr, "taskstacks: cannot load or attach the BPF program: %s\n", strerror(-error));
		goto cleanup;
	}
	if (!env.brief) {
		frames.kernel = kernel_symbols__load();
		if (!frames.kernel)
			fprintf(stderr, "taskstacks: cannot read /proc/kallsyms: the kernel's functions have no names\n");
	}
	walk = bpf_iter_create(bpf_link__fd(tool->links.write_task));
	if (walk < 0) {
		error = walk;
		fprintf(stderr, "taskstacks: cannot start the iterator: %s\n", strerror(-error));
		goto cleanup;
	}
	printf("%-7s %-7s %-7s %s %s\n", "PID", "THREAD", "PARENT", "S", "COMM");
	error = print_tasks(walk, &frames);
	if (error)
		fprintf(stderr, "taskstacks: cannot read from the iterator: %s\n", strerror(-error));
	close(walk);

cleanup:
	stack_frames__close(&frames);
	taskstacks_bpf__destroy(tool);
	return error != 0;
}
