/* Where programs, and whole objects, are pinned. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

int bpf_program__pin(struct bpf_program *program, const char *path)
{
	return wasm_bpf__explain(wasm_bpf_pin(wasm_bpf__program_handle(program), path, strlen(path)));
}

int bpf_program__unpin(struct bpf_program *program, const char *path)
{
	return wasm_bpf__explain(wasm_bpf_unpin(wasm_bpf__program_handle(program), path, strlen(path)));
}

static int act_in(const char *folder, struct bpf_program *program,
		  int (*act)(struct bpf_program *program, const char *path))
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", folder, bpf_program__name(program)) >= (int)sizeof(path))
		return -(errno = ENAMETOOLONG);
	return act(program, path);
}

/* All of them, or none. */
int bpf_object__pin_programs(struct bpf_object *object, const char *path)
{
	struct bpf_program *program;
	int result;

	bpf_object__for_each_program(program, object) {
		result = act_in(path, program, bpf_program__pin);
		if (!result)
			continue;
		const int saved = errno;
		while ((program = bpf_object__prev_program(object, program)))
			act_in(path, program, bpf_program__unpin);
		errno = saved;
		return result;
	}
	return 0;
}

int bpf_object__unpin_programs(struct bpf_object *object, const char *path)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object) {
		int result = act_in(path, program, bpf_program__unpin);
		if (result)
			return result;
	}
	return 0;
}

int bpf_object__pin(struct bpf_object *object, const char *path)
{
	int result = bpf_object__pin_maps(object, path);

	if (result)
		return result;
	result = bpf_object__pin_programs(object, path);
	if (result) {
		const int saved = errno;
		bpf_object__unpin_maps(object, path);
		errno = saved;
	}
	return result;
}

int bpf_object__unpin(struct bpf_object *object, const char *path)
{
	int result = bpf_object__unpin_programs(object, path);

	return result ? result : bpf_object__unpin_maps(object, path);
}
