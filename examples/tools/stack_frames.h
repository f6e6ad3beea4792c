/* Prints the frames of stacks as a BPF program gathers them: of the kernel by function, of a process by file and offset. */
#ifndef STACK_FRAMES_H
#define STACK_FRAMES_H

#include <linux/types.h>
#include <stdio.h>

#include "kernel_symbols.h"
#include "process_mappings.h"

#define FRAME_TEXT_BYTES 160

struct stack_frames {
	struct kernel_symbols *kernel; /* NULL: addresses are printed */
	struct process_mappings user;  /* of this process: */
	unsigned int pid;
};

static inline void stack_frames__close(struct stack_frames *frames)
{
	kernel_symbols__free(frames->kernel);
	process_mappings__free(&frames->user);
}

/* `pid` 0: a frame of the kernel. Without `offsets` the name alone. */
static inline const char *stack_frames__text(struct stack_frames *frames, unsigned int pid, __u64 address, bool offsets)
{
	static char text[FRAME_TEXT_BYTES];
	__u64 offset = 0;
	const char *name;

	if (pid && pid != frames->pid) {
		process_mappings__free(&frames->user);
		process_mappings__load(&frames->user, pid);
		frames->pid = pid;
	}
	name = pid ? process_mappings__find(&frames->user, address, &offset)
		   : kernel_symbols__find(frames->kernel, address, &offset);
	if (!name)
		snprintf(text, sizeof(text), "0x%llx", (unsigned long long)address);
	else if (offsets || pid)
		snprintf(text, sizeof(text), "%s+0x%llx", name, (unsigned long long)offset);
	else
		snprintf(text, sizeof(text), "%s", name);
	return text;
}

/* A line a frame, the innermost first. */
static inline void stack_frames__print(struct stack_frames *frames, unsigned int pid, const __u64 *addresses,
				       unsigned int count)
{
	for (unsigned int i = 0; i < count && addresses[i]; i++)
		printf("    %-6s %s\n", pid ? "user" : "kernel", stack_frames__text(frames, pid, addresses[i], true));
}

/* On one line, the outermost first, as flame graphs are made of. */
static inline void stack_frames__fold(struct stack_frames *frames, unsigned int pid, const __u64 *addresses,
				      unsigned int count)
{
	while (count && !addresses[count - 1])
		count--;
	while (count--)
		printf(";%s%s", stack_frames__text(frames, pid, addresses[count], false), pid ? "" : "_[k]");
}

#endif
