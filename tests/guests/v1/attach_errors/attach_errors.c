/* Attach options that are wrong: each is refused, and the text names the member. */
#include <bpf/libbpf.h>

#include "check.h"

#include "attach_errors.skel.h"

enum { linux_ebadf = 9, linux_e2big = 7, linux_efault = 14, linux_einval = 22, linux_enametoolong = 36 };

static struct bpf_program *program;

static void expect(const struct wasm_bpf_attach_options *options, int error, const char *part)
{
	char text[512];
	int result = wasm_bpf_program_attach((wasm_bpf_handle)(uintptr_t)program, options);

	wasm_bpf_error_text(text, sizeof(text));
	if (result != -error || !strstr(text, part)) {
		fprintf(stderr, "%d, %s; expected %d, %s\n", result, text, -error, part);
		exit(1);
	}
}

#define REFUSED(error, part, ...)                                                                     \
	do {                                                                                          \
		struct wasm_bpf_attach_options options = { .size = sizeof(options), __VA_ARGS__ };    \
		expect(&options, error, part);                                                        \
	} while (0)
#define USELESS(kind_, member) REFUSED(linux_einval, "`" #member "`", .kind = kind_, .member = 1)
#define USELESS_TEXT(kind_, member) \
	REFUSED(linux_einval, "`" #member "`", .kind = kind_, .member = at, .member##_size = 1)

int main(void)
{
	struct attach_errors_bpf *skel = attach_errors_bpf__open_and_load();
	static const char names[] = "one\0two";
	static const char binary[] = "with\0zero";
	const __u64 numbers[2] = { 0 };
	const wasm_bpf_ptr at = (uintptr_t)names, list = (uintptr_t)numbers;

	CHECK(skel);
	program = skel->progs.by_section;
	USELESS(WASM_BPF_ATTACH_AUTO, offset);
	USELESS_TEXT(WASM_BPF_ATTACH_AUTO, path);
	USELESS_TEXT(WASM_BPF_ATTACH_AUTO, name);
	USELESS_TEXT(WASM_BPF_ATTACH_UPROBE, provider);
	USELESS_TEXT(WASM_BPF_ATTACH_KPROBE, names);
	USELESS(WASM_BPF_ATTACH_KPROBE, pid);
	USELESS(WASM_BPF_ATTACH_RAW_TRACEPOINT, flags);
	USELESS(WASM_BPF_ATTACH_TRACEPOINT, handle);
	USELESS(WASM_BPF_ATTACH_USDT, ref_ctr_offset);
	USELESS(WASM_BPF_ATTACH_KPROBE_MULTI, ref_ctr_offsets);
	USELESS(WASM_BPF_ATTACH_KPROBE_MULTI, cookie);
	USELESS(WASM_BPF_ATTACH_TRACE, addresses);
	USELESS(WASM_BPF_ATTACH_FREPLACE, cookies);
	USELESS(WASM_BPF_ATTACH_ITERATOR, interface_index);
	USELESS(WASM_BPF_ATTACH_PERF_EVENT, order);
	USELESS(WASM_BPF_ATTACH_XDP, tid);
	USELESS(WASM_BPF_ATTACH_XDP, relative);
	USELESS(WASM_BPF_ATTACH_SOCKET, relative_id);
	USELESS(WASM_BPF_ATTACH_LIRC, expected_revision);
	USELESS(WASM_BPF_ATTACH_TCX, tc_handle);
	USELESS(WASM_BPF_ATTACH_TCX, priority);
	USELESS(WASM_BPF_ATTACH_TCX, protocol_family);
	USELESS(WASM_BPF_ATTACH_TCX, hook);
	REFUSED(linux_einval, "no kind 25", .kind = 25);
	REFUSED(linux_einval, "no kind 4294967295", .kind = -1);
	REFUSED(linux_einval, "`flags` 0x2", .kind = WASM_BPF_ATTACH_KPROBE, .flags = WASM_BPF_ATTACH_SESSION);
	REFUSED(linux_einval, "zero byte", .kind = WASM_BPF_ATTACH_UPROBE, .path = (uintptr_t)binary, .path_size = 9);
	REFUSED(linux_efault, "attach path", .kind = WASM_BPF_ATTACH_UPROBE, .path = -2, .path_size = 9);
	REFUSED(linux_enametoolong, "attach name", .kind = WASM_BPF_ATTACH_KPROBE, .name = at, .name_size = -1);
	REFUSED(linux_ebadf, "no perf event", .kind = WASM_BPF_ATTACH_PERF_EVENT);
	REFUSED(linux_ebadf, "no perf event", .kind = WASM_BPF_ATTACH_PERF_EVENT,
		.handle = bpf_map__fd(skel->maps.table));
	REFUSED(linux_ebadf, "no loaded program", .kind = WASM_BPF_ATTACH_FREPLACE,
		.handle = bpf_map__fd(skel->maps.table));
	REFUSED(linux_ebadf, "no loaded map or cgroup", .kind = WASM_BPF_ATTACH_ITERATOR,
		.handle = bpf_program__fd(program));
	REFUSED(linux_einval, "none of fentry", .kind = WASM_BPF_ATTACH_TRACE);

	program = skel->progs.on_functions;
	const enum wasm_bpf_attach_kind multi = WASM_BPF_ATTACH_KPROBE_MULTI;
	REFUSED(linux_einval, "kprobe.multi", .kind = WASM_BPF_ATTACH_AUTO);
	REFUSED(linux_einval, "`count` is 0", .kind = multi, .addresses = list);
	REFUSED(linux_einval, "`cookies` goes with", .kind = multi, .cookies = list, .count = 2);
	REFUSED(linux_einval, "not both", .kind = multi, .addresses = list, .names = at, .names_size = 8, .count = 2);
	REFUSED(linux_einval, "not both", .kind = multi, .addresses = list, .name = at, .name_size = 3, .count = 2);
	REFUSED(linux_einval, "no text number 3", .kind = multi, .names = at, .names_size = 8, .count = 3);
	REFUSED(linux_einval, "more than the 1", .kind = multi, .names = at, .names_size = 8, .count = 1);
	REFUSED(linux_einval, "no text number 2", .kind = multi, .names = at, .names_size = 7, .count = 2);
	REFUSED(linux_e2big, "places", .kind = multi, .addresses = list, .count = -1);
	REFUSED(linux_efault, "attach addresses", .kind = multi, .addresses = -8, .count = 2);
	REFUSED(linux_efault, "attach cookies", .kind = multi, .addresses = list, .cookies = -8, .count = 2);
	program = skel->progs.nowhere;
	REFUSED(linux_einval, "kprobe/FUNCTION", .kind = WASM_BPF_ATTACH_AUTO);
	attach_errors_bpf__destroy(skel);
	return 0;
}
