/* libbpf's legacy tc interface. The host's link of a tc filter makes the hook where there is none; here the calls with
 * a hook are kept to their meaning for the caller. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#define BPF_TC_PARENT(a, b) ((((a) << 16) & 0xFFFF0000U) | ((b) & 0x0000FFFFU))

/* What bpf_tc_attach attached: bpf_tc_detach finds the link here. */
struct tc_filter {
	struct tc_filter *next;
	int ifindex;
	enum bpf_tc_attach_point attach_point;
	__u32 handle, priority;
	wasm_bpf_handle program, link;
};
static struct tc_filter *filters;

static int tc_check(const struct bpf_tc_hook *hook, int points)
{
	if (hook && hook->ifindex > 0 && !hook->parent && hook->attach_point && !(hook->attach_point & ~points))
		return 0;
	errno = EINVAL;
	return -errno;
}

/* Checks alone: bpf_tc_attach makes the clsact qdisc where it is missing. */
int bpf_tc_hook_create(struct bpf_tc_hook *hook)
{
	return tc_check(hook, BPF_TC_INGRESS | BPF_TC_EGRESS);
}

/* The host's attempt at one priority. */
static wasm_bpf_handle tc_try(const struct bpf_tc_hook *hook, const struct bpf_tc_opts *opts)
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
static struct tc_filter **tc_find(const struct bpf_tc_hook *hook,
							     const struct bpf_tc_opts *opts)
{
	struct tc_filter **place = &filters, *filter;

	for (; (filter = *place); place = &filter->next)
		if (filter->ifindex == hook->ifindex && filter->attach_point == hook->attach_point &&
		    filter->handle == opts->handle && filter->priority == opts->priority)
			break;
	return place;
}

int bpf_tc_attach(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts)
{
	const __u32 kernel_first_priority = 49152; /* net/sched/cls_api.c: tcf_auto_prio */
	struct bpf_tc_opts wanted = *opts;
	struct tc_filter *filter;
	wasm_bpf_handle link;

	if (tc_check(hook, BPF_TC_INGRESS) && tc_check(hook, BPF_TC_EGRESS))
		return -errno;
	if (opts->flags & ~BPF_TC_F_REPLACE || opts->prog_id)
		return -(errno = EINVAL);
	filter = opts->flags ? *tc_find(hook, opts) : NULL;
	if (filter) {
		int result = wasm_bpf__explain(wasm_bpf_link_update(filter->link, opts->prog_fd));
		if (!result)
			filter->program = opts->prog_fd;
		return result;
	}
	filter = (struct tc_filter *)malloc(sizeof(*filter));
	if (!filter)
		return -(errno = ENOMEM);
	if (!wanted.handle)
		wanted.handle = 1;
	if (!wanted.priority)
		wanted.priority = kernel_first_priority;
	link = tc_try(hook, &wanted);
	while (link == -EEXIST && !opts->priority && wanted.priority > 1) {
		wanted.priority--;
		link = tc_try(hook, &wanted);
	}
	if (link < 0) {
		free(filter);
		return wasm_bpf__explain(link);
	}
	filter->next = filters;
	filter->ifindex = hook->ifindex;
	filter->attach_point = hook->attach_point;
	filter->handle = opts->handle = wanted.handle;
	filter->priority = opts->priority = wanted.priority;
	filter->program = opts->prog_fd;
	filter->link = link;
	filters = filter;
	return 0;
}

int bpf_tc_detach(const struct bpf_tc_hook *hook, const struct bpf_tc_opts *opts)
{
	struct tc_filter **place, *filter;

	if (!hook || !opts || opts->prog_fd || opts->prog_id || opts->flags)
		return -(errno = EINVAL);
	place = tc_find(hook, opts);
	filter = *place;
	if (!filter)
		return -(errno = ENOENT);
	*place = filter->next;
	int result = wasm_bpf__result(wasm_bpf_close(filter->link));
	free(filter);
	return result;
}

/* Of this guest's own filters: the id of the one that has the handle and the priority. */
int bpf_tc_query(const struct bpf_tc_hook *hook, struct bpf_tc_opts *opts)
{
	struct tc_filter *filter;
	struct wasm_bpf_program_info info = { 0 };

	if (!hook || !opts || opts->prog_fd || opts->prog_id || opts->flags || !opts->handle || !opts->priority)
		return -(errno = EINVAL);
	filter = *tc_find(hook, opts);
	if (!filter)
		return -(errno = ENOENT);
	int result = wasm_bpf__result(wasm_bpf_program_info(filter->program, &info, sizeof(info)));
	opts->prog_id = info.id;
	return result;
}

/* Detaches what this guest attached to the hook; the host takes away the qdisc that it made. */
int bpf_tc_hook_destroy(struct bpf_tc_hook *hook)
{
	struct tc_filter **place = &filters, *filter;
	int result = tc_check(hook, BPF_TC_INGRESS | BPF_TC_EGRESS);

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
