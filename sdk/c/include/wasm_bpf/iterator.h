/* Iterators: programs that the kernel runs for each of its things, whose output is read as a stream. Part of
 * <bpf/libbpf.h>. */
#ifndef WASM_BPF_ITERATOR_H
#define WASM_BPF_ITERATOR_H

#include <wasm_bpf/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_iter_attach_opts {
	size_t sz;
	union bpf_iter_link_info *link_info; /* map_fd: of bpf_map__fd(); cgroup_fd: of wasm_bpf_cgroup() */
	__u32 link_info_len;
};

/* Which member of the union is meant is what the program iterates over. */
static inline int wasm_bpf__iterator_options(const struct bpf_program *program, const union bpf_iter_link_info *info,
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

LIBBPF_API struct bpf_link *bpf_program__attach_iter(const struct bpf_program *program,
						     const struct bpf_iter_attach_opts *opts)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_ITERATOR, NULL, NULL);
	union bpf_iter_link_info info;

	if (opts && opts->link_info) {
		memset(&info, 0, sizeof(info));
		memcpy(&info, opts->link_info,
		       opts->link_info_len < sizeof(info) ? opts->link_info_len : sizeof(info));
		if (wasm_bpf__iterator_options(program, &info, &options))
			return NULL;
	}
	return wasm_bpf__attach(program, options);
}

/* Not in libbpf: what native code does by read() on the fd of an iterator or of a perf event. The number of bytes, 0 at
 * the end, or -1 with errno. */
static inline ssize_t wasm_bpf_read(int fd, void *buffer, size_t size)
{
	int32_t result = wasm_bpf_stream_read(fd, buffer, size);

	return result >= 0 ? result : (wasm_bpf__explain(result), -1);
}

#ifdef __cplusplus
}
#endif

#endif
