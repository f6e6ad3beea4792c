/* Programs that are in the kernel: unloaded, bound to maps, their streams and what is known of their code. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

void bpf_program__unload(struct bpf_program *program)
{
	wasm_bpf__result(wasm_bpf_program_unload(wasm_bpf__program_handle(program)));
}

int bpf_prog_bind_map(int prog_fd, int map_fd, const struct bpf_prog_bind_opts *opts)
{
	return wasm_bpf__result(wasm_bpf_program_bind_map(prog_fd, map_fd, opts ? opts->flags : 0));
}

int bpf_prog_stream_read(int prog_fd, __u32 stream_id, void *buf, __u32 buf_len, struct bpf_prog_stream_read_opts *opts)
{
	(void)opts;
	return wasm_bpf__result(wasm_bpf_program_stream_read(prog_fd, stream_id, buf, buf_len));
}

int bpf_prog_assoc_struct_ops(int prog_fd, int map_fd, struct bpf_prog_assoc_struct_ops_opts *opts)
{
	return wasm_bpf__result(wasm_bpf_program_use_struct_ops(prog_fd, map_fd, opts ? opts->flags : 0));
}

int bpf_program__assoc_struct_ops(struct bpf_program *program, struct bpf_map *map,
				  struct bpf_prog_assoc_struct_ops_opts *opts)
{
	return bpf_prog_assoc_struct_ops(wasm_bpf__program_handle(program), wasm_bpf__map_handle(map), opts);
}

/* libbpf's belong to the object; here a copy is kept to the guest's end. Load may add to it: that is another copy. */
static void *code_info(const struct bpf_program *program, enum wasm_bpf_code_info_kind kind, __u32 *bytes)
{
	static struct copy {
		struct copy *next;
		const struct bpf_program *program;
		enum wasm_bpf_code_info_kind kind;
		int size;
		char data[];
	} *copies;
	const wasm_bpf_handle handle = wasm_bpf__program_handle(program);
	const int size = wasm_bpf__result(wasm_bpf_program_code_info(handle, kind, NULL, 0));
	struct copy *copy = copies;

	*bytes = size > 0 ? size : 0;
	if (size <= 0)
		return NULL;
	while (copy && (copy->program != program || copy->kind != kind || copy->size != size))
		copy = copy->next;
	if (!copy) {
		copy = malloc(sizeof(*copy) + size);
		if (!copy)
			return NULL;
		*copy = (struct copy){ copies, program, kind, size };
		wasm_bpf_program_code_info(handle, kind, copy->data, size);
		copies = copy;
	}
	return copy->data;
}

struct bpf_func_info *bpf_program__func_info(const struct bpf_program *program)
{
	__u32 bytes;

	return code_info(program, WASM_BPF_CODE_FUNCTIONS, &bytes);
}

__u32 bpf_program__func_info_cnt(const struct bpf_program *program)
{
	__u32 bytes;

	code_info(program, WASM_BPF_CODE_FUNCTIONS, &bytes);
	return bytes / sizeof(struct bpf_func_info);
}

struct bpf_line_info *bpf_program__line_info(const struct bpf_program *program)
{
	__u32 bytes;

	return code_info(program, WASM_BPF_CODE_LINES, &bytes);
}

__u32 bpf_program__line_info_cnt(const struct bpf_program *program)
{
	__u32 bytes;

	code_info(program, WASM_BPF_CODE_LINES, &bytes);
	return bytes / sizeof(struct bpf_line_info);
}
