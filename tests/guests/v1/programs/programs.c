/* What is asked and set of programs before their object is loaded, and after. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "check.h"
#include "programs.skel.h"

static void check_before_load(struct programs_bpf *object)
{
	struct bpf_program *typeless = object->progs.typeless;

	CHECK(bpf_program__type(object->progs.counts) == BPF_PROG_TYPE_RAW_TRACEPOINT);
	CHECK(bpf_program__insn_cnt(object->progs.not_attached) == 2);
	CHECK(bpf_program__autoattach(object->progs.not_attached));
	bpf_program__set_autoattach(object->progs.not_attached, false);
	CHECK(!bpf_program__autoattach(object->progs.not_attached));

	CHECK(bpf_program__type(typeless) == BPF_PROG_TYPE_UNSPEC && !bpf_program__autoload(typeless));
	CHECK(!bpf_program__set_autoload(typeless, true));
	CHECK(!bpf_program__set_type(typeless, BPF_PROG_TYPE_CGROUP_SKB));
	CHECK(bpf_program__type(typeless) == BPF_PROG_TYPE_CGROUP_SKB);
	CHECK(!bpf_program__set_expected_attach_type(typeless, BPF_CGROUP_INET_EGRESS));
	CHECK(bpf_program__expected_attach_type(typeless) == BPF_CGROUP_INET_EGRESS);
	CHECK(!bpf_program__set_type(typeless, BPF_PROG_TYPE_SCHED_CLS));
	CHECK(!bpf_program__set_expected_attach_type(typeless, (enum bpf_attach_type)0));
	CHECK(!bpf_program__set_flags(typeless, BPF_F_TEST_STATE_FREQ));
	CHECK(bpf_program__flags(typeless) == BPF_F_TEST_STATE_FREQ);
	CHECK(!bpf_program__set_log_level(typeless, 1));
	CHECK(bpf_program__log_level(typeless) == 1);
	bpf_program__set_ifindex(typeless, 0);
}

static void check_refusals(struct bpf_program *program, int error)
{
	CHECK(bpf_program__set_autoload(program, false) == error);
	CHECK(bpf_program__set_type(program, BPF_PROG_TYPE_XDP) == error);
	CHECK(bpf_program__set_expected_attach_type(program, BPF_XDP) == error);
	CHECK(bpf_program__set_flags(program, 0) == error);
	CHECK(bpf_program__set_log_level(program, 2) == error);
	CHECK(bpf_program__set_attach_target(program, 0, "schedule") == error);
}

static void check_after_load(struct programs_bpf *object)
{
	struct bpf_program *typeless = object->progs.typeless;
	struct bpf_prog_info info;
	__u32 size = sizeof(info);
	LIBBPF_OPTS(bpf_test_run_opts, run);
	char packet[64] = { 0 }, reason[256];

	run.data_in = packet;
	run.data_size_in = sizeof(packet);
	CHECK(!bpf_prog_test_run_opts(bpf_program__fd(typeless), &run));
	CHECK(run.retval == 7);
	CHECK(wasm_bpf_program_log(bpf_program__fd(typeless), NULL, 0) > 0);
	CHECK(wasm_bpf_program_log(bpf_program__fd(object->progs.counts), NULL, 0) == 0);

	CHECK(!bpf_prog_get_info_by_fd(bpf_program__fd(typeless), &info, &size));
	CHECK(info.id > 0 && info.type == BPF_PROG_TYPE_SCHED_CLS && !strcmp(info.name, "typeless"));

	check_refusals(typeless, -EBUSY);
	CHECK(wasm_bpf_program_set(bpf_program__fd(typeless), WASM_BPF_PROGRAM_TYPE, 6) < 0);
	wasm_bpf_error_text(reason, sizeof(reason));
	CHECK(!strcmp(reason, "set type of program \"typeless\": the object is loaded already"));
	CHECK(wasm_bpf_program_set(bpf_program__fd(typeless), WASM_BPF_PROGRAM_INTERFACE, 1) < 0);
	CHECK(wasm_bpf_program_set(bpf_program__fd(typeless), 1000, 1) < 0);
	CHECK(wasm_bpf_program_set(bpf_program__fd(typeless), WASM_BPF_PROGRAM_TYPE, 1ull << 32) < 0);

	CHECK(!programs_bpf__attach(object));
	CHECK(object->links.counts && !object->links.not_attached);
}

static void check_nonsense(void)
{
	struct programs_bpf *object = programs_bpf__open();

	CHECK(object);
	CHECK(bpf_program__set_type(object->progs.counts, (enum bpf_prog_type)100000) == -EINVAL);
	CHECK(bpf_program__set_expected_attach_type(object->progs.counts, (enum bpf_attach_type)100000) == -EINVAL);
	CHECK(!bpf_program__set_log_level(object->progs.counts, 0xffffffff));
	CHECK(programs_bpf__load(object) < 0); /* the kernel's answer, and no more harm */
	programs_bpf__destroy(object);
}

int main(void)
{
	struct programs_bpf *object = programs_bpf__open();

	CHECK(object);
	libbpf_set_print(NULL);
	check_before_load(object);
	CHECK(!programs_bpf__load(object));
	check_after_load(object);
	programs_bpf__destroy(object);
	check_nonsense();
	return 0;
}
