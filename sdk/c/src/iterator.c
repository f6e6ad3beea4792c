/* Iterators: programs that the kernel runs for each of its things, whose output is read as a stream. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>
#include <wasm_bpf/stream.h>

#include "attach_options.h"
#include "info.h"

/* Which member of the union is meant is what the program iterates over. */
static int iterator_options(const struct bpf_program *program, const union bpf_iter_link_info *info,
					     struct wasm_bpf_attach_options *options)
{
	const struct wasm_bpf_program_info about = wasm_bpf__program_info(program);
	const char *slash = strchr(about.section, '/'), *target = slash ? slash + 1 : "";

	if (!strncmp(target, "cgroup", 6)) {
		options->handle = info->cgroup.cgroup_fd;
		options->order = info->cgroup.order;
		if (info->cgroup.cgroup_id)
			return wasm_bpf__unsupported("bpf_program__attach_iter: guests name a cgroup by cgroup_fd");
	} else if (!strncmp(target, "task", 4)) {
		options->tid = info->task.tid;
		options->pid = info->task.pid;
		if (info->task.pid_fd)
			return wasm_bpf__unsupported("bpf_program__attach_iter: guests name a task by pid or tid");
	} else {
		options->handle = info->map.map_fd;
	}
	return 0;
}

struct bpf_link *bpf_program__attach_iter(const struct bpf_program *program,
						     const struct bpf_iter_attach_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_ITERATOR, NULL, NULL);
	union bpf_iter_link_info info;

	if (opts && opts->link_info) {
		memset(&info, 0, sizeof(info));
		memcpy(&info, opts->link_info,
		       opts->link_info_len < sizeof(info) ? opts->link_info_len : sizeof(info));
		if (iterator_options(program, &info, &options))
			return NULL;
	}
	return wasm_bpf__attach(program, options);
}

ssize_t wasm_bpf_read(int fd, void *buffer, size_t size)
{
	int32_t result = wasm_bpf_stream_read(fd, buffer, size);

	return result >= 0 ? result : (wasm_bpf__explain(result), -1);
}
