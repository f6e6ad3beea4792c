/* A TCP congestion control of our own, which is there while the guest runs. */
#include <bpf/libbpf.h>

#include "check.h"

#include "struct_ops.skel.h"

int main(void)
{
	struct struct_ops_bpf *skel = struct_ops_bpf__open_and_load();

	CHECK(skel);
	struct bpf_link *link = bpf_map__attach_struct_ops(skel->maps.algorithm);
	CHECK(link);
	printf("attached\n");
	fflush(stdout);
	CHECK(getchar() != 'x');
	CHECK(bpf_link__destroy(link) == 0);
	printf("detached\n");
	fflush(stdout);
	CHECK(!bpf_map__attach_struct_ops(skel->maps.bss) && errno == EINVAL);
	struct_ops_bpf__destroy(skel);
	return 0;
}
