/* libbpf's legacy tc interface. The host's link of a tc filter makes the hook where there is none; here the calls with
 * a hook are kept to their meaning for the caller. Part of <bpf/libbpf.h>. */
#ifndef WASM_BPF_TC_H
#define WASM_BPF_TC_H

#include <wasm_bpf/attach.h>

#ifdef __cplusplus
extern "C" {
#endif

enum bpf_tc_attach_point {
	BPF_TC_INGRESS = 1 << 0,
	BPF_TC_EGRESS = 1 << 1,
	BPF_TC_CUSTOM = 1 << 2,
};

#define BPF_TC_PARENT(a, b) ((((a) << 16) & 0xFFFF0000U) | ((b) & 0x0000FFFFU))

enum bpf_tc_flags {
	BPF_TC_F_REPLACE = 1 << 0,
};

struct bpf_tc_hook {
	size_t sz;
	int ifindex;
	enum bpf_tc_attach_point attach_point;
	__u32 parent;
};

struct bpf_tc_opts {
	size_t sz;
	int prog_fd;
	__u32 flags;
	__u32 prog_id;
	__u32 handle;
	__u32 priority;
};

/* What bpf_tc_attach attached: bpf_tc_detach finds the link here. One list for all of a guest's source files. */
struct wasm_bpf__tc_filter {
	struct wasm_bpf__tc_filter *next;
	int ifindex;
	enum bpf_tc_attach_point attach_point;
	__u32 handle, priority;
	wasm_bpf_handle program, link;
};
__attribute__((weak)) struct wasm_bpf__tc_filter *wasm_bpf__tc_filters;

static inline int wasm_bpf__tc_check(const struct bpf_tc_hook *hook, int points)
{
	if (hook && hook->ifindex > 0 && !hook->parent && hook->attach_point && !(hook->attach_point & ~points))
		return 0;
	errno = EINVAL;
	return -errno;
}

/* Checks alone: bpf_tc_attach makes the clsact qdisc where it is missing. */
LIBBPF_API int bpf_tc_hook_create(struct bpf_tc_hook *hook)
{
	return wasm_bpf__tc_check(hook, BPF_TC_INGRESS | BPF_TC_EGRESS);
}

/* The host's attempt at one priority. */
static inline wasm_bpf_handle wasm_bpf__tc_try(const struct bpf_tc_hook *hook, const struct bpf_tc_opts *opts)
{
	struct wasm_bpf_attach_options options = {
		.size = sizeof(options),
		.kind = WASM_BPF_ATTACH_TC,
		.interface_index = hook->ifindex,
		.flags = (uint32_t)hook->attach_point,
		.tc_handle = opts->handle,
		.priority = opts->priority,
	};
	return wasm_bpf_program_attach(opts->prog_fd, &options);
}

/* Where the filter is linked in; the list's end where there is none. */
static inline struct wasm_bpf__tc_filter **wasm_bpf__tc_find(const struct bpf_tc_hook *hook,
							     const struct bpf_tc_opts *opts)
{
	struct wasm_bpf__tc_filter **place = &wasm_bpf__tc_filters, *filter;

	for (; (filter = *place); place = &filter->next)
		if (filter->ifindex == hook->ifindex && filter->attach_point == hook->attach_point &&
		    filter->handle == opts->handle && filter->priority == opts->priority)
			break;
	return place;
}

LIBBPF_API int bpf_tc_attach(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts)
{
	const __u32 kernel_first_priority = 49152; /* net/sched/cls_api.c: tcf_auto_prio */
	struct bpf_tc_opts wanted = *opts;
	struct wasm_bpf__tc_filter *filter;
	wasm_bpf_handle link;

	if (wasm_bpf__tc_check(hook, BPF_TC_INGRESS) && wasm_bpf__tc_check(hook, BPF_TC_EGRESS))
		return -errno;
	if (opts->flags & ~BPF_TC_F_REPLACE || opts->prog_id)
		return -(errno = EINVAL);
	filter = opts->flags ? *wasm_bpf__tc_find(hook, opts) : NULL;
	if (filter) {
		int result = wasm_bpf__explain(wasm_bpf_link_update(filter->link, opts->prog_fd));
		if (!result)
			filter->program = opts->prog_fd;
		return result;
	}
	filter = (struct wasm_bpf__tc_filter *)malloc(sizeof(*filter));
	if (!filter)
		return -(errno = ENOMEM);
	if (!wanted.handle)
		wanted.handle = 1;
	if (!wanted.priority)
		wanted.priority = kernel_first_priority;
	link = wasm_bpf__tc_try(hook, &wanted);
	while (link == -WASM_BPF_EEXIST && !opts->priority && wanted.priority > 1) {
		wanted.priority--;
		link = wasm_bpf__tc_try(hook, &wanted);
	}
	if (link < 0) {
		free(filter);
		return wasm_bpf__explain(link);
	}
	filter->next = wasm_bpf__tc_filters;
	filter->ifindex = hook->ifindex;
	filter->attach_point = hook->attach_point;
	filter->handle = opts->handle = wanted.handle;
	filter->priority = opts->priority = wanted.priority;
	filter->program = opts->prog_fd;
	filter->link = link;
	wasm_bpf__tc_filters = filter;
	return 0;
}

LIBBPF_API int bpf_tc_detach(const struct bpf_tc_hook *hook, const struct bpf_tc_opts *opts)
{
	struct wasm_bpf__tc_filter **place, *filter;

	if (!hook || !opts || opts->prog_fd || opts->prog_id || opts->flags)
		return -(errno = EINVAL);
	place = wasm_bpf__tc_find(hook, opts);
	filter = *place;
	if (!filter)
		return -(errno = ENOENT);
	*place = filter->next;
	int result = wasm_bpf__result(wasm_bpf_close(filter->link));
	free(filter);
	return result;
}

/* Of this guest's own filters: the id of the one that has the handle and the priority. */
LIBBPF_API int bpf_tc_query(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts)
{
	struct wasm_bpf__tc_filter *filter;
	struct wasm_bpf_program_info info = { 0 };

	if (!hook || !opts || opts->prog_fd || opts->prog_id || opts->flags || !opts->handle || !opts->priority)
		return -(errno = EINVAL);
	filter = *wasm_bpf__tc_find(hook, opts);
	if (!filter)
		return -(errno = ENOENT);
	int result = wasm_bpf__result(wasm_bpf_program_info(filter->program, &info, sizeof(info)));
	opts->prog_id = info.id;
	return result;
}

/* Detaches what this guest attached to the hook; the host takes away the qdisc that it made. */
LIBBPF_API int bpf_tc_hook_destroy(struct bpf_tc_hook *hook)
{
	struct wasm_bpf__tc_filter **place = &wasm_bpf__tc_filters, *filter;
	int result = wasm_bpf__tc_check(hook, BPF_TC_INGRESS | BPF_TC_EGRESS);

	while (!result && (filter = *place)) {
		if (filter->ifindex != hook->ifindex || !(filter->attach_point & hook->attach_point)) {
			place = &filter->next;
			continue;
		}
		*place = filter->next;
		wasm_bpf_close(filter->link);
		free(filter);
	}
	return result;
}

#ifdef __cplusplus
}
#endif

#endif
