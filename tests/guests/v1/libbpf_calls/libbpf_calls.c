/* libbpf's low-level calls and the lesser ones that no other guest makes. Arguments: a folder to pin in. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <bpf/libbpf_legacy.h>
#include <stdarg.h>
#include <unistd.h>

#include "check.h"
#include "libbpf_calls.skel.h"
#include "wait.h"

static int printed[3];
static char last[512];

static int keep_print(enum libbpf_print_level level, const char *format, va_list args)
{
	printed[level]++;
	return vsnprintf(last, sizeof(last), format, args);
}

static void check_print(void)
{
	libbpf_print_fn_t first = libbpf_set_print(NULL);

	CHECK(first); /* libbpf's own, not null */
	CHECK(!bpf_object__open_mem("no object", 9, NULL));
	CHECK(libbpf_set_print(keep_print) == NULL);
	CHECK(!printed[LIBBPF_WARN]);
	CHECK(!bpf_object__open_mem("no object", 9, NULL) && errno == EINVAL);
	CHECK(printed[LIBBPF_WARN] >= 1 && !strncmp(last, "libbpf: ", 8));
	CHECK(libbpf_set_print(first) == keep_print);
	CHECK(libbpf_set_print(keep_print) == first);
}

static void check_names(void)
{
	enum bpf_attach_type attach_type;
	enum bpf_prog_type type;
	char text[64];

	CHECK(!libbpf_prog_type_by_name("kprobe/do_unlinkat", &type, &attach_type) && type == BPF_PROG_TYPE_KPROBE);
	CHECK(!libbpf_prog_type_by_name("xdp.frags", &type, &attach_type) && attach_type == BPF_XDP);
	CHECK(libbpf_prog_type_by_name("kprobes", &type, &attach_type) == -ESRCH);
	CHECK(!libbpf_attach_type_by_name("cgroup/connect4", &attach_type) &&
	      attach_type == BPF_CGROUP_INET4_CONNECT);
	CHECK(libbpf_attach_type_by_name("kprobe", &attach_type) == -EINVAL);
	CHECK(!libbpf_strerror(-ENOENT, text, sizeof(text)) && !strcmp(text, strerror(ENOENT)));
	CHECK(!libbpf_strerror(LIBBPF_ERRNO__FORMAT, text, sizeof(text)) && !strcmp(text, "BPF object format invalid"));
	CHECK(!libbpf_set_strict_mode(LIBBPF_STRICT_ALL) && !libbpf_set_memlock_rlim(0));
	CHECK(libbpf_major_version() == LIBBPF_MAJOR_VERSION && libbpf_minor_version() == LIBBPF_MINOR_VERSION);
}

static void check_features(void)
{
	CHECK(libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_SOCKET_FILTER, NULL) == 1);
	CHECK(libbpf_probe_bpf_map_type(BPF_MAP_TYPE_HASH, NULL) == 1);
	CHECK(libbpf_probe_bpf_helper(BPF_PROG_TYPE_SOCKET_FILTER, BPF_FUNC_map_lookup_elem, NULL) == 1);
	CHECK(libbpf_probe_bpf_helper(BPF_PROG_TYPE_SOCKET_FILTER, BPF_FUNC_override_return, NULL) == 0);
	CHECK(libbpf_probe_bpf_map_type(10000, NULL) == -EOPNOTSUPP);
	CHECK(libbpf_probe_bpf_map_type(BPF_MAP_TYPE_HASH, "options") == -EINVAL);
}

static void check_info(struct libbpf_calls_bpf *tool)
{
	const struct bpf_insn *insns = bpf_program__insns(tool->progs.pass);
	struct bpf_prog_info program = { 0 };
	struct bpf_map_info map = { 0 };
	__u32 size = sizeof(program);

	CHECK(!bpf_obj_get_info_by_fd(bpf_program__fd(tool->progs.pass), &program, &size));
	CHECK(program.type == BPF_PROG_TYPE_SOCKET_FILTER && program.id);
	size = sizeof(map);
	CHECK(!bpf_obj_get_info_by_fd(bpf_map__fd(tool->maps.counts), &map, &size));
	CHECK(map.type == BPF_MAP_TYPE_ARRAY && map.value_size == 8);
	CHECK(bpf_obj_get_info_by_fd(12345, &map, &size) < 0 && errno == EBADF);
	CHECK(insns && bpf_program__insn_cnt(tool->progs.pass) == 2 && insns[0].imm == 7);
	CHECK(insns[1].code == (BPF_JMP | BPF_EXIT));
	CHECK(bpf_program__get_type(tool->progs.pass) == BPF_PROG_TYPE_SOCKET_FILTER);
	CHECK(bpf_object__prev_map(tool->obj, bpf_object__next_map(tool->obj, tool->maps.counts)) == tool->maps.counts);
	CHECK(!bpf_object__prev_program(tool->obj, bpf_object__next_program(tool->obj, NULL)));
}

/* Waiting makes system calls, so that the guest counts where it runs alone. */
static void wait_for_more(struct libbpf_calls_bpf *tool)
{
	const __u64 before = NOW(tool, tool->bss->enters);

	WAIT_FOR(NOW(tool, tool->bss->enters) != before);
}

static void check_links(struct libbpf_calls_bpf *tool)
{
	union bpf_iter_link_info none = { 0 };
	LIBBPF_OPTS(bpf_link_create_opts, iterator, .iter_info = &none, .iter_info_len = sizeof(none));
	int link = bpf_raw_tracepoint_open("sys_enter", bpf_program__fd(tool->progs.count));
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);

	CHECK(link > 0);
	wait_for_more(tool);
	CHECK(!bpf_obj_get_info_by_fd(link, &info, &size) && info.type == BPF_LINK_TYPE_RAW_TRACEPOINT);
	CHECK(!wasm_bpf_close(link));
	CHECK(bpf_raw_tracepoint_open("no_such_tracepoint", bpf_program__fd(tool->progs.count)) == -ENOENT);

	link = bpf_link_create(bpf_program__fd(tool->progs.dump), 0, BPF_TRACE_ITER, &iterator);
	CHECK(link > 0);
	int stream = bpf_iter_create(link);
	char room[16];
	CHECK(stream > 0 && wasm_bpf_read(stream, room, sizeof(room)) == 0);
	CHECK(!wasm_bpf_close(stream) && !wasm_bpf_close(link));
	iterator.target_btf_id = 5;
	CHECK(bpf_link_create(bpf_program__fd(tool->progs.dump), 0, BPF_TRACE_ITER, &iterator) == -ENOTSUP);
}

static void check_prog_load(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 3 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	const struct bpf_insn endless[] = { { .code = BPF_JMP | BPF_JA, .off = -1 }, { .code = BPF_JMP | BPF_EXIT } };
	const struct bpf_insn map[] = { { .code = BPF_LD | BPF_IMM | BPF_DW, .src_reg = BPF_PSEUDO_MAP_FD, .imm = 3 } };
	char packet[64] = { 0 }, log[4096] = "";
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet));
	LIBBPF_OPTS(bpf_prog_load_opts, logged, .log_buf = log, .log_size = sizeof(log), .log_level = 1);
	int program = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "three", "GPL", insns, 2, NULL);

	CHECK(program > 0);
	CHECK(!bpf_prog_test_run_opts(program, &run) && run.retval == 3);
	CHECK(bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", endless, 2, &logged) < 0);
	CHECK(strstr(log, "infinite loop") || strstr(log, "back-edge") || strstr(log, "unreachable"));
	CHECK(bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", map, 1, NULL) == -ENOTSUP);
	CHECK(bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", NULL, 0, NULL) == -EINVAL);

	/* as tools ask whether a raw tracepoint has BTF */
	LIBBPF_OPTS(bpf_prog_load_opts, traced, .expected_attach_type = BPF_TRACE_RAW_TP,
		    .attach_btf_id = libbpf_find_vmlinux_btf_id("sched_switch", BPF_TRACE_RAW_TP));
	const struct bpf_insn zero[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K }, insns[1] };
	CHECK(bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", zero, 2, &traced) > 0);
	/* and whether functions can be attached to, by the BTF that they have read and dropped */
	struct btf *kernel = btf__load_vmlinux_btf();
	CHECK(kernel != NULL);
	traced.expected_attach_type = BPF_TRACE_FENTRY;
	traced.attach_btf_id = btf__find_by_name_kind(kernel, "do_unlinkat", BTF_KIND_FUNC);
	btf__free(kernel);
	CHECK(traced.attach_btf_id > 0);
	program = bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", zero, 2, &traced);
	CHECK(program > 0 || errno == EPERM); /* of a kernel that cannot patch its own text */
	traced.attach_btf_id = 1;
	CHECK(bpf_prog_load(BPF_PROG_TYPE_TRACING, NULL, "GPL", insns, 2, &traced) == -ENOTSUP);
}

/* Global data without a skeleton: its window. */
static void check_data_window(void)
{
	size_t size, elf_size;
	const void *elf = libbpf_calls_bpf__elf_bytes(&elf_size);
	struct bpf_object *object = bpf_object__open_mem(elf, elf_size, NULL);
	struct bpf_map *bss = bpf_object__find_map_by_name(object, ".bss");
	volatile __u64 *enters = bpf_map__initial_value(bss, &size);

	CHECK(enters && size == sizeof(*enters) && bpf_map__initial_value(bss, &size) == enters);
	CHECK(!bpf_map__initial_value(bpf_object__find_map_by_name(object, "counts"), &size));
	*enters = 1000;
	CHECK(!bpf_object__load(object));
	struct bpf_link *link = bpf_program__attach(bpf_object__find_program_by_name(object, "count"));
	CHECK(link);
	WAIT_FOR(*enters > 1000);
	bpf_link__destroy(link);
	bpf_object__close(object);
}

static void check_initial_value(void)
{
	size_t size;

	if (wasm_bpf_host_features() & WASM_BPF_HOST_WINDOWS)
		check_data_window();
	struct libbpf_calls_bpf *tool = libbpf_calls_bpf__open(), *other = libbpf_calls_bpf__open();
	CHECK(bpf_map__initial_value(tool->maps.bss, &size) == tool->bss && size == sizeof(tool->bss->enters));
	CHECK(bpf_map__initial_value(other->maps.bss, &size) == other->bss);
	libbpf_calls_bpf__destroy(other);
	CHECK(bpf_map__initial_value(tool->maps.bss, &size) == tool->bss);
	libbpf_calls_bpf__destroy(tool);
}

static void check_loaded_program(struct libbpf_calls_bpf *tool)
{
	struct bpf_program *pass = tool->progs.pass;
	const int fd = bpf_program__fd(pass);
	struct bpf_prog_info info = { 0 }, more = { 0 };
	__u32 size = sizeof(info);

	CHECK(!bpf_prog_get_info_by_fd(fd, &info, &size) && size == sizeof(info));
	CHECK(info.type == BPF_PROG_TYPE_SOCKET_FILTER && info.id && !strcmp(info.name, "pass"));
	CHECK(info.xlated_prog_len >= 16 && info.load_time && info.nr_func_info == 1);
	CHECK(!bpf_prog_bind_map(fd, bpf_map__fd(tool->maps.counts), NULL));
	CHECK(!bpf_prog_get_info_by_fd(fd, &more, &size) && more.nr_map_ids == info.nr_map_ids + 1);
	CHECK(bpf_prog_assoc_struct_ops(fd, bpf_map__fd(tool->maps.counts), NULL) < 0);

	CHECK(bpf_program__func_info_cnt(pass) == 1 && bpf_program__func_info(pass)->insn_off == 0);
	const struct bpf_line_info *lines = bpf_program__line_info(pass);
	CHECK(bpf_program__line_info_cnt(pass) >= 1 && lines == bpf_program__line_info(pass));
	const struct btf *btf = bpf_object__btf(tool->obj);
	CHECK(strstr(btf__str_by_offset(btf, lines[0].file_name_off), "libbpf_calls.bpf.c"));

	bpf_program__unload(pass);
	CHECK(bpf_prog_get_info_by_fd(fd, &info, &size) == -EINVAL);
	CHECK(!bpf_program__line_info(pass) && bpf_program__line_info_cnt(pass) == 0);
	CHECK(!bpf_program__attach(pass));
}

static void check_stream(struct libbpf_calls_bpf *tool)
{
	const int fd = bpf_program__fd(tool->progs.say);
	char packet[64] = { 0 }, text[16] = "";
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet));

	CHECK(!bpf_prog_test_run_opts(fd, &run));
	if (!wasm_bpf_kernel_has_function("bpf_stream_vprintk_impl", NULL)) {
		CHECK(!run.retval && bpf_prog_stream_read(fd, 1, text, sizeof(text), NULL) < 0);
		return;
	}
	if (run.retval)
		CHECK(bpf_prog_stream_read(fd, 1, text, sizeof(text), NULL) == 7 && !strcmp(text, "said 8\n"));
	CHECK(bpf_prog_stream_read(fd, 1, text, sizeof(text), NULL) == 0);
	CHECK(bpf_prog_stream_read(fd, 9, text, sizeof(text), NULL) == -ENOENT);
}

/* Global data that another program than its one user has for its own: no kernel loads that. */
static void check_exclusive(struct libbpf_calls_bpf *tool)
{
	const unsigned linux_6_18 = 6 << 16 | 18 << 8;
	struct libbpf_calls_bpf *other = libbpf_calls_bpf__open();

	CHECK(other && !bpf_map__exclusive_program(other->maps.bss));
	CHECK(bpf_map__set_exclusive_program(other->maps.bss, tool->progs.count) == -EINVAL);
	CHECK(!bpf_map__set_exclusive_program(other->maps.bss, other->progs.count));
	CHECK(bpf_map__exclusive_program(other->maps.bss) == other->progs.count);
	CHECK((libbpf_calls_bpf__load(other) == 0) == ((unsigned)wasm_bpf_kernel_version_code() >= linux_6_18));
	libbpf_calls_bpf__destroy(other);

	other = libbpf_calls_bpf__open();
	CHECK(other && !bpf_map__set_exclusive_program(other->maps.bss, other->progs.dump));
	CHECK(libbpf_calls_bpf__load(other) < 0);
	libbpf_calls_bpf__destroy(other);
}

static void check_xdp(void)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, xdp, .prog_id = 1);

	CHECK(!bpf_xdp_query(1, 0, &xdp) && xdp.prog_id == 0);
	CHECK(bpf_xdp_query(1 << 24, 0, &xdp) == -ENODEV);
	CHECK(bpf_xdp_query(1, 0, NULL) == -EINVAL);
}

static void check_pins(struct libbpf_calls_bpf *tool, const char *folder)
{
	char path[256];

	CHECK(!bpf_object__pin(tool->obj, folder));
	snprintf(path, sizeof(path), "%s/counts", folder);
	CHECK(bpf_obj_get(path) > 0);
	CHECK(!bpf_object__unpin(tool->obj, folder));
	CHECK(bpf_obj_get(path) == -ENOENT);
	CHECK(bpf_program__unpin(tool->progs.pass, path) < 0);
}

int main(int argc, char **argv)
{
	struct libbpf_calls_bpf *tool;

	CHECK(argc == 2);
	check_print();
	tool = libbpf_calls_bpf__open_and_load();
	CHECK(tool);
	check_names();
	check_features();
	check_info(tool);
	check_links(tool);
	check_prog_load();
	check_initial_value();
	check_pins(tool, argv[1]);
	check_stream(tool);
	check_exclusive(tool);
	check_xdp();
	check_loaded_program(tool);
	libbpf_calls_bpf__destroy(tool);
	return 0;
}
