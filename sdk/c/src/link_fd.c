/* Links by what bpf_link__fd() gives: libbpf's low-level calls. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

/* `new_prog_fd` is bpf_program__fd() of a loaded program, or bpf_map__fd() of a struct_ops map. */
int bpf_link_update(int link_fd, int new_prog_fd, const struct bpf_link_update_opts *opts)
{
	if (opts && (opts->flags || opts->old_prog_fd || opts->old_map_fd))
		return wasm_bpf__unsupported("bpf_link_update: guests replace what is there, without comparing");
	return wasm_bpf__result(wasm_bpf_link_update(link_fd, new_prog_fd));
}

int bpf_link_detach(int link_fd)
{
	return wasm_bpf__result(wasm_bpf_link_detach(link_fd));
}

/* The kernel's way to hand over a text: cut and terminated in the caller's buffer, with -ENOSPC where it was cut. */
static int link_text(__u64 buffer, __u32 room, const char *text)
{
	size_t size = strlen(text) + 1, copied = size < room ? size : room;

	if (!buffer || !room)
		return 0;
	memcpy((char *)(uintptr_t)buffer, text, copied);
	((char *)(uintptr_t)buffer)[copied - 1] = '\0';
	return copied < size ? -(errno = ENOSPC) : 0;
}

static int perf_event_link_info(const struct wasm_bpf_link_info *found, struct bpf_link_info *info)
{
	info->perf_event.type = found->perf_event_type;
	switch (found->perf_event_type) {
	case BPF_PERF_EVENT_UPROBE:
	case BPF_PERF_EVENT_URETPROBE:
		info->perf_event.uprobe.offset = (__u32)found->offset;
		info->perf_event.uprobe.cookie = found->cookie;
		info->perf_event.uprobe.ref_ctr_offset = found->ref_ctr_offset;
		return link_text(info->perf_event.uprobe.file_name, info->perf_event.uprobe.name_len,
					   found->target);
	case BPF_PERF_EVENT_KPROBE:
	case BPF_PERF_EVENT_KRETPROBE:
		info->perf_event.kprobe.offset = (__u32)found->offset;
		info->perf_event.kprobe.addr = found->address;
		info->perf_event.kprobe.missed = found->missed;
		info->perf_event.kprobe.cookie = found->cookie;
		return link_text(info->perf_event.kprobe.func_name, info->perf_event.kprobe.name_len,
					   found->target);
	case BPF_PERF_EVENT_TRACEPOINT:
		info->perf_event.tracepoint.cookie = found->cookie;
		return link_text(info->perf_event.tracepoint.tp_name,
					   info->perf_event.tracepoint.name_len, found->target);
	default:
		info->perf_event.event.cookie = found->cookie;
		return 0;
	}
}

static int iterator_link_info(const struct wasm_bpf_link_info *found, struct bpf_link_info *info)
{
	if (!strcmp(found->target, "cgroup")) {
		info->iter.cgroup.cgroup_id = found->target_id;
		info->iter.cgroup.order = found->flags;
	} else if (!strncmp(found->target, "task", 4)) {
		info->iter.task.tid = found->tid;
		info->iter.task.pid = found->pid;
	} else {
		info->iter.map.map_id = (__u32)found->target_id;
	}
	return link_text(info->iter.target_name, info->iter.target_name_len, found->target);
}

/* The members of the link's own type. Of multi probes: their number, not the list of their places. */
static int typed_link_info(const struct wasm_bpf_link_info *found, struct bpf_link_info *info)
{
	switch (found->type) {
	case BPF_LINK_TYPE_RAW_TRACEPOINT:
		info->raw_tracepoint.cookie = found->cookie;
		return link_text(info->raw_tracepoint.tp_name, info->raw_tracepoint.tp_name_len,
					   found->target);
	case BPF_LINK_TYPE_TRACING:
		info->tracing.attach_type = found->attach_type;
		info->tracing.target_obj_id = (__u32)found->target_id;
		info->tracing.target_btf_id = found->target_type_id;
		info->tracing.cookie = found->cookie;
		return 0;
	case BPF_LINK_TYPE_CGROUP:
		info->cgroup.cgroup_id = found->target_id;
		info->cgroup.attach_type = found->attach_type;
		return 0;
	case BPF_LINK_TYPE_ITER:
		return iterator_link_info(found, info);
	case BPF_LINK_TYPE_NETNS:
		info->netns.netns_ino = (__u32)found->target_id;
		info->netns.attach_type = found->attach_type;
		return 0;
	case BPF_LINK_TYPE_XDP:
		info->xdp.ifindex = found->interface_index;
		return 0;
	case BPF_LINK_TYPE_PERF_EVENT:
		return perf_event_link_info(found, info);
	case BPF_LINK_TYPE_KPROBE_MULTI:
		info->kprobe_multi.count = found->count;
		info->kprobe_multi.flags = found->flags;
		info->kprobe_multi.missed = found->missed;
		return 0;
	case BPF_LINK_TYPE_STRUCT_OPS:
		info->struct_ops.map_id = (__u32)found->target_id;
		return 0;
	case BPF_LINK_TYPE_NETFILTER:
		info->netfilter.pf = found->protocol_family;
		info->netfilter.hooknum = found->hook;
		info->netfilter.priority = found->priority;
		info->netfilter.flags = found->flags;
		return 0;
	case BPF_LINK_TYPE_UPROBE_MULTI:
		info->uprobe_multi.count = found->count;
		info->uprobe_multi.flags = found->flags;
		info->uprobe_multi.pid = found->pid;
		return link_text(info->uprobe_multi.path, info->uprobe_multi.path_size, found->target);
	case BPF_LINK_TYPE_TCX:
	case BPF_LINK_TYPE_NETKIT: /* the same members */
		info->tcx.ifindex = found->interface_index;
		info->tcx.attach_type = found->attach_type;
		return 0;
	case BPF_LINK_TYPE_SOCKMAP:
		info->sockmap.map_id = (__u32)found->target_id;
		info->sockmap.attach_type = found->attach_type;
		return 0;
	default:
		return 0;
	}
}

/* Texts go to the buffers that `info` names, cut to 128 bytes. */
int bpf_link_get_info_by_fd(int link_fd, struct bpf_link_info *info, __u32 *info_len)
{
	struct wasm_bpf_link_info found = { 0 };
	struct bpf_link_info filled = { 0 };
	__u32 size = *info_len < sizeof(filled) ? *info_len : sizeof(filled);
	int result = wasm_bpf__result(wasm_bpf_link_info(link_fd, &found, sizeof(found)));

	if (result < 0)
		return result;
	memcpy(&filled, info, size);
	filled.type = found.type;
	filled.id = found.id;
	filled.prog_id = found.program_id;
	result = typed_link_info(&found, &filled);
	memcpy(info, &filled, size);
	*info_len = size;
	return result;
}
