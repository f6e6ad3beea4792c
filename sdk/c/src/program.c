/* Programs and what is set before load. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "info.h"
#include "log_buffers.h"
#include "names.h"

struct wasm_bpf_program_info wasm_bpf__program_info(const struct bpf_program *program)
{
	struct wasm_bpf_program_info info = { 0 };

	wasm_bpf__result(wasm_bpf_program_info(wasm_bpf__program_handle(program), &info, sizeof(info)));
	return info;
}

int bpf_program__fd(const struct bpf_program *program)
{
	if (program)
		return wasm_bpf__program_handle(program);
	errno = EINVAL;
	return -errno;
}

const char *bpf_program__name(const struct bpf_program *program)
{
	struct wasm_bpf_program_info info = wasm_bpf__program_info(program);

	return wasm_bpf__keep_name(wasm_bpf__program_handle(program), 'p', info.name);
}

const char *bpf_program__section_name(const struct bpf_program *program)
{
	struct wasm_bpf_program_info info = wasm_bpf__program_info(program);

	return wasm_bpf__keep_name(wasm_bpf__program_handle(program), 's', info.section);
}

enum bpf_prog_type bpf_program__type(const struct bpf_program *program)
{
	return (enum bpf_prog_type)wasm_bpf__program_info(program).type;
}

bool bpf_program__autoload(const struct bpf_program *program)
{
	return wasm_bpf__program_info(program).autoload;
}

bool bpf_program__autoattach(const struct bpf_program *program)
{
	return wasm_bpf__program_info(program).autoattach;
}

enum bpf_attach_type bpf_program__expected_attach_type(const struct bpf_program *program)
{
	return (enum bpf_attach_type)wasm_bpf__program_info(program).expected_attach_type;
}

__u32 bpf_program__flags(const struct bpf_program *program)
{
	return wasm_bpf__program_info(program).flags;
}

__u32 bpf_program__log_level(const struct bpf_program *program)
{
	return wasm_bpf__program_info(program).log_level;
}

size_t bpf_program__insn_cnt(const struct bpf_program *program)
{
	return wasm_bpf__program_info(program).instruction_count;
}

static int program_set(struct bpf_program *program, uint32_t field, uint32_t value)
{
	return wasm_bpf__explain(wasm_bpf_program_set(wasm_bpf__program_handle(program), field, value));
}

int bpf_program__set_autoload(struct bpf_program *program, bool autoload)
{
	return program_set(program, WASM_BPF_PROGRAM_AUTOLOAD, autoload);
}

void bpf_program__set_autoattach(struct bpf_program *program, bool autoattach)
{
	program_set(program, WASM_BPF_PROGRAM_AUTOATTACH, autoattach);
}

void bpf_program__set_ifindex(struct bpf_program *program, __u32 ifindex)
{
	program_set(program, WASM_BPF_PROGRAM_INTERFACE, ifindex);
}

int bpf_program__set_type(struct bpf_program *program, enum bpf_prog_type type)
{
	return program_set(program, WASM_BPF_PROGRAM_TYPE, type);
}

int bpf_program__set_expected_attach_type(struct bpf_program *program, enum bpf_attach_type type)
{
	return program_set(program, WASM_BPF_PROGRAM_EXPECTED_ATTACH_TYPE, type);
}

int bpf_program__set_flags(struct bpf_program *program, __u32 flags)
{
	return program_set(program, WASM_BPF_PROGRAM_FLAGS, flags);
}

int bpf_program__set_log_level(struct bpf_program *program, __u32 log_level)
{
	return program_set(program, WASM_BPF_PROGRAM_LOG_LEVEL, log_level);
}

/* Filled by bpf_object__load() or the skeleton's. */
int bpf_program__set_log_buf(struct bpf_program *program, char *log_buf, size_t log_size)
{
	return wasm_bpf__set_log_buffer(wasm_bpf__program_handle(program), log_buf, log_size);
}

const char *bpf_program__log_buf(const struct bpf_program *program, size_t *log_size)
{
	struct log_buffer *log = wasm_bpf__find_log_buffer(wasm_bpf__program_handle(program));

	*log_size = log ? log->size : 0;
	return log ? log->buffer : NULL;
}

int bpf_program__set_attach_target(struct bpf_program *program, int attach_prog_fd,
					      const char *function)
{
	return wasm_bpf__explain(wasm_bpf_program_set_attach_target(
		wasm_bpf__program_handle(program), attach_prog_fd, function, function ? strlen(function) : 0));
}

/* libbpf's belong to the object; here each copy is kept to the guest's end, and a later one replaces it. */
const struct bpf_insn *bpf_program__insns(const struct bpf_program *program)
{
	static struct copy {
		struct copy *next;
		const struct bpf_program *program;
		struct bpf_insn *instructions;
	} *copies;
	const wasm_bpf_handle handle = wasm_bpf__program_handle(program);
	int size = wasm_bpf__result(wasm_bpf_program_instructions(handle, NULL, 0));
	struct copy *copy = copies;

	while (copy && copy->program != program)
		copy = copy->next;
	if (size <= 0)
		return NULL;
	if (!copy) {
		copy = calloc(1, sizeof(*copy));
		if (!copy)
			return NULL;
		copy->program = program;
		copy->next = copies;
		copies = copy;
	}
	free(copy->instructions);
	copy->instructions = malloc(size);
	if (copy->instructions)
		wasm_bpf_program_instructions(handle, copy->instructions, size);
	return copy->instructions;
}
