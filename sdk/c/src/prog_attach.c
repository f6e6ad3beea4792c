/* libbpf's low-level way to attach, for cgroups, interfaces, sockmaps and network namespaces. Natively such an
 * attachment lives on until it is detached; a guest's goes with the guest. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>

#include "attach_options.h"

/* What was attached so: detaching finds the host's link here. */
struct attachment {
	struct attachment *next;
	int program, target;
	enum bpf_attach_type type;
	wasm_bpf_handle link;
};
static struct attachment *attachments;

/* Where the one is linked in; the list's end where there is none. `program` 0: any. */
static struct attachment **find_attachment(int program, int target,
								      enum bpf_attach_type type)
{
	struct attachment **place = &attachments, *each;

	for (; (each = *place); place = &each->next)
		if (each->target == target && each->type == type && (!program || each->program == program))
			break;
	return place;
}

/* Attaches, and notes it in the list. */
static int attach_noted(int program, int target, enum bpf_attach_type type,
					 const struct wasm_bpf_attach_options *options)
{
	struct attachment *made = (struct attachment *)malloc(sizeof(*made));

	if (!made)
		return -(errno = ENOMEM);
	made->program = program;
	made->target = target;
	made->type = type;
	made->link = wasm_bpf_program_attach(program, options);
	if (made->link < 0) {
		int result = made->link;
		free(made);
		return wasm_bpf__explain(result);
	}
	made->next = attachments;
	attachments = made;
	return 0;
}

static int replace_noted(struct attachment *old, int program)
{
	int result = wasm_bpf__explain(wasm_bpf_link_update(old->link, program));

	if (!result)
		old->program = program;
	return result;
}

/* `target` is a handle: of wasm_bpf_cgroup(), bpf_map__fd(), wasm_bpf_network_namespace(); or an interface's index. */
int bpf_prog_attach_opts(int prog_fd, int target, enum bpf_attach_type type,
				    const struct bpf_prog_attach_opts *opts)
{
	/* How a program shares its cgroup with others: a guest's always does. */
	const __u32 sharing = BPF_F_ALLOW_MULTI | BPF_F_ALLOW_OVERRIDE;
	struct wasm_bpf_attach_options options = { .size = sizeof(options) };
	struct attachment *old;

	if (opts && (opts->flags & BPF_F_REPLACE)) {
		old = opts->replace_fd ? *find_attachment(opts->replace_fd, target, type) : NULL;
		return old ? replace_noted(old, prog_fd) : -(errno = ENOENT);
	}
	wasm_bpf__attach_by_type(&options, target, type);
	if (opts) {
		options.flags = opts->flags & ~sharing;
		options.relative = opts->relative_fd;
		options.relative_id = opts->relative_id;
		options.expected_revision = opts->expected_revision;
	}
	return attach_noted(prog_fd, target, type, &options);
}

int bpf_prog_attach(int prog_fd, int attachable_fd, enum bpf_attach_type type, unsigned int flags)
{
	LIBBPF_OPTS(bpf_prog_attach_opts, opts, .flags = flags);

	return bpf_prog_attach_opts(prog_fd, attachable_fd, type, &opts);
}

int bpf_prog_detach_opts(int prog_fd, int target, enum bpf_attach_type type,
				    const struct bpf_prog_detach_opts *opts)
{
	struct attachment **place = find_attachment(prog_fd, target, type), *found = *place;

	if (opts && (opts->flags || opts->relative_fd || opts->relative_id || opts->expected_revision))
		return wasm_bpf__unsupported("bpf_prog_detach_opts: guests name the program alone");
	if (!found)
		return -(errno = ENOENT);
	*place = found->next;
	int result = wasm_bpf__result(wasm_bpf_close(found->link));
	free(found);
	return result;
}

int bpf_prog_detach2(int prog_fd, int attachable_fd, enum bpf_attach_type type)
{
	return bpf_prog_detach_opts(prog_fd, attachable_fd, type, NULL);
}

int bpf_prog_detach(int attachable_fd, enum bpf_attach_type type)
{
	return bpf_prog_detach_opts(0, attachable_fd, type, NULL);
}

/* `flags`: XDP_FLAGS_* of <linux/if_link.h>. As natively, the program replaces this guest's own one unless
 * XDP_FLAGS_UPDATE_IF_NOEXIST is among them; it never replaces another's. */
int bpf_xdp_attach(int ifindex, int prog_fd, __u32 flags, const struct bpf_xdp_attach_opts *opts)
{
	const __u32 update_if_noexist = 1U << 0, replace = 1U << 4;
	const int old_program = opts ? opts->old_prog_fd : 0;
	struct attachment *old = *find_attachment(old_program, ifindex, BPF_XDP);
	struct wasm_bpf_attach_options options = {
		.size = sizeof(options),
		.kind = WASM_BPF_ATTACH_XDP,
		.interface_index = ifindex,
		.flags = flags & ~(update_if_noexist | replace),
	};

	if (!old && old_program)
		return -(errno = EEXIST);
	if (old && !(flags & update_if_noexist))
		return replace_noted(old, prog_fd);
	return attach_noted(prog_fd, ifindex, BPF_XDP, &options);
}

int bpf_xdp_detach(int ifindex, __u32 flags, const struct bpf_xdp_attach_opts *opts)
{
	(void)flags;
	return bpf_prog_detach_opts(opts ? opts->old_prog_fd : 0, ifindex, BPF_XDP, NULL);
}

static __u32 program_id(int program)
{
	struct wasm_bpf_program_info info = { 0 };

	wasm_bpf_program_info(program, &info, sizeof(info));
	return info.id;
}

/* Of this guest's own attachments. */
int bpf_prog_query_opts(int target, enum bpf_attach_type type, struct bpf_prog_query_opts *opts)
{
	const __u32 room = opts->prog_ids ? opts->count : 0;
	__u32 count = 0;

	for (const struct attachment *each = attachments; each; each = each->next) {
		if (each->target != target || each->type != type)
			continue;
		if (count < room)
			opts->prog_ids[count] = program_id(each->program);
		count++;
	}
	opts->count = count;
	opts->attach_flags = 0;
	return room && count > room ? -(errno = ENOSPC) : 0;
}

int bpf_prog_query(int target_fd, enum bpf_attach_type type, __u32 query_flags, __u32 *attach_flags, __u32 *prog_ids,
		   __u32 *prog_cnt)
{
	LIBBPF_OPTS(bpf_prog_query_opts, opts, .query_flags = query_flags, .prog_ids = prog_ids, .prog_cnt = *prog_cnt);
	int result = bpf_prog_query_opts(target_fd, type, &opts);

	if (attach_flags)
		*attach_flags = opts.attach_flags;
	*prog_cnt = opts.prog_cnt;
	return result;
}

/* 0 where the interface has none of bpf_xdp_attach()'s. */
int bpf_xdp_query_id(int ifindex, int flags, __u32 *prog_id)
{
	const struct attachment *found = *find_attachment(0, ifindex, BPF_XDP);

	(void)flags;
	*prog_id = found ? program_id(found->program) : 0;
	return 0;
}

/* The ids, of bpf_xdp_attach()'s; what the interface can do is the kernel's own answer. */
int bpf_xdp_query(int ifindex, int flags, struct bpf_xdp_query_opts *opts)
{
	struct wasm_bpf_interface_xdp found = { 0 };
	__u32 id;
	int result = wasm_bpf__result(wasm_bpf_interface_xdp(ifindex, &found, sizeof(found)));

	if (result < 0)
		return result;
	if (!opts || opts->sz < sizeof(opts->sz))
		return -(errno = EINVAL);
	bpf_xdp_query_id(ifindex, flags, &id);
	const struct bpf_xdp_query_opts filled = {
		.sz = opts->sz,
		.prog_id = id,
		.attach_mode = found.attach_mode,
		.drv_prog_id = found.attach_mode == XDP_ATTACHED_DRV ? id : 0,
		.skb_prog_id = found.attach_mode == XDP_ATTACHED_SKB ? id : 0,
		.hw_prog_id = found.attach_mode == XDP_ATTACHED_HW ? id : 0,
		.feature_flags = found.features,
		.xdp_zc_max_segs = found.zero_copy_max_segments,
	};
	memcpy(opts, &filled, opts->sz < sizeof(filled) ? opts->sz : sizeof(filled));
	return 0;
}
