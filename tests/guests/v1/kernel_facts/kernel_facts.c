/* What a guest can ask about the kernel. Arguments: the kernel's version code, its possible CPUs. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>

#include "check.h"
#include "kernel_facts.skel.h"

static struct kernel_facts_bpf *asked(void)
{
	struct kernel_facts_bpf *facts = kernel_facts_bpf__open_and_load();
	LIBBPF_OPTS(bpf_test_run_opts, run);

	CHECK(facts);
	CHECK(!bpf_prog_test_run_opts(bpf_program__fd(facts->progs.ask), &run));
	CHECK(run.retval == 0);
	CHECK(facts->bss->no_symbol < 0);
	return facts;
}

static void check_types(const struct kernel_facts_bpf *facts)
{
	struct wasm_bpf_btf_query query = { 0 };

	CHECK(wasm_bpf_kernel_has_type("task_struct", NULL));
	CHECK(wasm_bpf_kernel_has_type("pid_t", NULL));
	CHECK(!wasm_bpf_kernel_has_type("no_such_type", NULL));
	CHECK(!wasm_bpf_kernel_has_type("schedule", NULL)); /* a function */
	CHECK(wasm_bpf_kernel_type_size("task_struct", NULL) == (int)facts->bss->task_size);
	CHECK(wasm_bpf_kernel_type_size("no_such_type", NULL) == -ENOENT);

	CHECK(wasm_bpf_kernel_has_field("task_struct", "tgid", NULL));
	CHECK(!wasm_bpf_kernel_has_field("task_struct", "no_such_field", NULL));
	CHECK(!wasm_bpf_kernel_has_field("task_struct", "tgid.more", NULL));
	CHECK(!wasm_bpf_kernel_has_field("task_struct", "", NULL));
	CHECK(!wasm_bpf_kernel_has_field("task_struct", "group_leader.tgid", NULL)); /* a pointer */
	CHECK(wasm_bpf_kernel_field_offset("task_struct", "tgid", NULL) == (int)facts->bss->tgid_offset);
	CHECK(wasm_bpf_kernel_field_size("task_struct", "group_leader", NULL) == (int)facts->bss->leader_size);
	CHECK(wasm_bpf_kernel_field_offset("sock", "__sk_common.skc_num", NULL) == (int)facts->bss->port_offset);

	CHECK(!wasm_bpf__btf_query(&query, WASM_BPF_BTF_FIELD, "task_struct", "sched_reset_on_fork", NULL));
	CHECK(query.bit_size == 1 && query.bit_offset > 0);
	CHECK(query.found_kind == 1); /* BTF_KIND_INT */
}

static void check_functions_and_enums(const struct kernel_facts_bpf *facts)
{
	int64_t value = 0;

	CHECK(wasm_bpf_kernel_has_function("schedule", NULL));
	CHECK(!wasm_bpf_kernel_has_function("no_such_function", NULL));
	CHECK(libbpf_find_vmlinux_btf_id("schedule", BPF_TRACE_FENTRY) > 0);
	CHECK(libbpf_find_vmlinux_btf_id("sched_switch", BPF_TRACE_RAW_TP) > 0);
	CHECK(libbpf_find_vmlinux_btf_id("no_such_function", BPF_TRACE_FENTRY) == -ENOENT);

	CHECK(!wasm_bpf_kernel_enum_value("bpf_map_type", "BPF_MAP_TYPE_RINGBUF", &value));
	CHECK(value == (int64_t)facts->bss->ringbuf_type && value == BPF_MAP_TYPE_RINGBUF);
	CHECK(!wasm_bpf_kernel_enum_value(NULL, "BPF_F_CTXLEN_MASK", &value)); /* of 64 bits */
	CHECK(value == (0xfffffll << 32));
	CHECK(wasm_bpf_kernel_has_enum_value(NULL, "BPF_MAP_TYPE_HASH"));
	CHECK(!wasm_bpf_kernel_has_enum_value("bpf_prog_type", "BPF_MAP_TYPE_HASH"));
	CHECK(!wasm_bpf_kernel_has_enum_value("no_such_enum", "BPF_MAP_TYPE_HASH"));
}

static void check_modules(void)
{
	char reason[256];

	CHECK(!wasm_bpf_kernel_has_function("schedule", "no_such_module"));
	CHECK(errno == ENOENT);
	/* The name is part of a path. */
	CHECK(!wasm_bpf_kernel_has_type("task_struct", "../btf/vmlinux"));
	CHECK(errno == EINVAL);
	CHECK(wasm_bpf_error_text(reason, sizeof(reason)) > 0);
	CHECK(strstr(reason, "no name of a kernel module"));
}

static void check_symbols(const struct kernel_facts_bpf *facts)
{
	struct wasm_bpf_kernel_symbol symbol;
	uint64_t address = wasm_bpf_kernel_symbol_address("schedule"), offset = 0;
	char name[64];

	CHECK(address && address == facts->bss->schedule_address);
	CHECK(!wasm_bpf_kernel_symbol_name(address + 1, name, sizeof(name), &offset));
	CHECK(!strcmp(name, "schedule") && offset == 1);
	CHECK(!wasm_bpf_kernel_symbol_name(address, name, 4, NULL));
	CHECK(!strcmp(name, "sch"));
	CHECK(!wasm_bpf_kernel_symbol_at(address, &symbol, sizeof(symbol)) && !symbol.module[0]);
	libbpf_set_print(NULL);
	CHECK(!wasm_bpf_kernel_symbol_address("no_such_symbol") && errno == ENOENT);
	CHECK(wasm_bpf_kernel_symbol_name(0x1000, name, sizeof(name), NULL) == -ENOENT);
}

static void check_interfaces(void)
{
	char name[IF_NAMESIZE];

	CHECK(if_nametoindex("lo") == 1);
	CHECK(if_indextoname(1, name) == name && !strcmp(name, "lo"));
	CHECK(!if_indextoname(999999, name) && errno == ENXIO);
	CHECK(!if_indextoname(0, name) && errno == ENXIO);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3);
	CHECK(wasm_bpf_kernel_version_code() == atoi(argv[1]));
	CHECK(libbpf_num_possible_cpus() == atoi(argv[2]));
	CHECK(!strcmp(libbpf_bpf_prog_type_str(BPF_PROG_TYPE_XDP), "xdp"));
	CHECK(!libbpf_bpf_map_type_str((enum bpf_map_type)1000));

	struct kernel_facts_bpf *facts = asked();
	check_types(facts);
	check_functions_and_enums(facts);
	check_modules();
	check_symbols(facts);
	check_interfaces();
	kernel_facts_bpf__destroy(facts);
	return 0;
}
