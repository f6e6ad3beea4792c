// Prints which programs are started and how often, from a list that the kernel's side builds and this side extends.
#include <errno.h>
#include <linux/types.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "arena-list.h"
#include "arena-list.skel.h"

static const char usage[] =
	"Usage: arena-list [-w NAME]... [INTERVAL [COUNT]]\n"
	"Counts the starts of programs; prints every INTERVAL seconds (1), COUNT times (for ever).\n"
	"  -w NAME  puts NAME (of 15 characters at most) into the list before it is started\n"
	"  -h       this text\n";

/* The arena lies within 4 GiB of addresses that are aligned to as much: the upper half is that of any pointer into it. */
static __u64 address_of(const struct arena_list_bpf *tool, const struct program *program)
{
	return (tool->bss->pool & ~0xffffffffull) | (__u32)(uintptr_t)program;
}

/* The pointer that the kernel's side stored is this side's own. */
static struct program *first_of(const struct arena_list_bpf *tool)
{
	return (struct program *)(uintptr_t)tool->arena->first;
}

static int add(struct arena_list_bpf *tool, const char *name)
{
	if (tool->bss->used >= MOST_PROGRAMS)
		return -ENOSPC;
	struct program *program = (struct program *)(uintptr_t)tool->bss->pool + tool->bss->used++;

	strncpy(program->name, name, sizeof(program->name) - 1);
	program->asked_for = 1;
	program->next_address = tool->arena->first;
	tool->arena->first = address_of(tool, program);
	return 0;
}

static void print_list(const struct arena_list_bpf *tool)
{
	for (const struct program *program = first_of(tool); program; program = program->next)
		printf("%-16s %6llu%s\n", program->name, (unsigned long long)program->starts,
		       program->asked_for ? "  asked for" : "");
	printf("missed %u\n\n", tool->bss->missed);
	fflush(stdout);
}

static int prepare(struct arena_list_bpf *tool)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int error = bpf_prog_test_run_opts(bpf_program__fd(tool->progs.prepare), &opts);

	return error ? error : opts.retval ? -ENOMEM : 0;
}

static unsigned int number(int argc, char **argv, int index, unsigned int otherwise)
{
	return index < argc ? strtoul(argv[index], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	const char *names[MOST_PROGRAMS];
	int name_count = 0;

	for (int option; (option = getopt(argc, argv, "w:h")) != -1;) {
		if (option == 'w' && name_count < MOST_PROGRAMS && strlen(optarg) < 16) {
			names[name_count++] = optarg;
			continue;
		}
		fputs(usage, option == 'h' ? stdout : stderr);
		return option == 'h' ? 0 : 1;
	}
	const unsigned int interval_seconds = number(argc, argv, optind, 1);
	const unsigned int count = number(argc, argv, optind + 1, 0);
	struct arena_list_bpf *tool = arena_list_bpf__open_and_load();
	int error = tool ? prepare(tool) : -errno;

#ifdef __wasm__
	if (!error && !tool->arena__window) {
		fputs("arena-list: this host has no windows, and so no arenas\n", stderr);
		arena_list_bpf__destroy(tool);
		return 1;
	}
#endif

	for (int i = 0; i < name_count && !error; i++)
		error = add(tool, names[i]);
	if (!error)
		error = arena_list_bpf__attach(tool);
	if (!error) {
		puts("Starts of programs; Ctrl-C ends it.");
		fflush(stdout);
	}
	for (unsigned int i = 0; !error && (!count || i < count); i++) {
		sleep(interval_seconds);
		print_list(tool);
	}
	arena_list_bpf__destroy(tool);
	if (error)
		fprintf(stderr, "arena-list: %s\n", strerror(-error));
	return error ? 1 : 0;
}
