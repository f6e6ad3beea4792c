/* A TCP congestion control of our own, which is there while the guest runs, as the guest sets its members. Arguments: a
 * folder with the host's /proc/sys/net/ipv4; "denied" where the policy denies what an operation calls. */
#include <bpf/libbpf.h>

#include "check.h"

#include "struct_ops.skel.h"

static bool is_available(const char *folder, const char *name)
{
	char path[128], names[512] = "";

	snprintf(path, sizeof(path), "%s/tcp_available_congestion_control", folder);
	FILE *file = fopen(path, "r");
	CHECK(file && fgets(names, sizeof(names), file));
	fclose(file);
	return strstr(names, name);
}

/* What the struct may not hold. */
static void check_refusals(void)
{
	struct struct_ops_bpf *skel = struct_ops_bpf__open(), *other = struct_ops_bpf__open();

	CHECK(skel && other);
	skel->struct_ops.algorithm->undo_cwnd = (struct bpf_program *)0x1234;
	CHECK(struct_ops_bpf__load(skel) == -EINVAL);
	skel->struct_ops.algorithm->undo_cwnd = (struct bpf_program *)skel->maps.algorithm;
	CHECK(struct_ops_bpf__load(skel) == -EINVAL);
	skel->struct_ops.algorithm->undo_cwnd = other->progs.undo;
	CHECK(struct_ops_bpf__load(skel) == -EINVAL);
	skel->struct_ops.algorithm->undo_cwnd__number = 1ull << 32 | (uintptr_t)skel->progs.undo;
	CHECK(struct_ops_bpf__load(skel) == -EINVAL);
	skel->struct_ops.algorithm->undo_cwnd__number = (uintptr_t)skel->progs.no_operation;
	CHECK(struct_ops_bpf__load(skel) < 0); /* libbpf: it is no operation */
	struct_ops_bpf__destroy(skel);
	struct_ops_bpf__destroy(other);
}

int main(int argc, char **argv)
{
	struct struct_ops_bpf *skel = struct_ops_bpf__open();

	CHECK(argc >= 2 && skel);
	struct struct_ops_bpf__algorithm__tcp_congestion_ops *algorithm = skel->struct_ops.algorithm;
	CHECK(algorithm->ssthresh == skel->progs.window && algorithm->undo_cwnd == skel->progs.undo);
	CHECK(!algorithm->set_state && !strcmp(algorithm->name, "wasm_bpf_v1"));
	size_t bytes;
	CHECK(bpf_map__initial_value(skel->maps.algorithm, &bytes) == algorithm && bytes == sizeof(*algorithm));
	strcpy(algorithm->name, "wasm_bpf_set");
	algorithm->undo_cwnd = skel->progs.other_undo;
	CHECK(!bpf_program__autoload(skel->progs.other_undo)); /* until a struct names it */
	if (argc == 3) {
		CHECK(struct_ops_bpf__load(skel) == -EPERM);
		return 0;
	}
	CHECK(!struct_ops_bpf__load(skel));
	/* Loaded is what the struct names. */
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	CHECK(!bpf_prog_get_info_by_fd(bpf_program__fd(skel->progs.other_undo), &info, &size));
	CHECK(bpf_prog_get_info_by_fd(bpf_program__fd(skel->progs.undo), &info, &size) == -EINVAL);

	struct bpf_link *link = bpf_map__attach_struct_ops(skel->maps.algorithm);
	CHECK(link && is_available(argv[1], "wasm_bpf_set") && !is_available(argv[1], "wasm_bpf_v1"));
	CHECK(bpf_link__destroy(link) == 0);
	CHECK(!is_available(argv[1], "wasm_bpf_set"));
	CHECK(!bpf_map__attach_struct_ops(skel->maps.bss) && errno == EINVAL);
	struct_ops_bpf__destroy(skel);
	check_refusals();
	return 0;
}
