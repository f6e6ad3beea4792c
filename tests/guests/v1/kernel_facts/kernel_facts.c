/* What a guest can ask about the kernel. */
#include <bpf/libbpf.h>

#include "check.h"

int main(void)
{
	CHECK(libbpf_num_possible_cpus() > 0);
	return 0;
}
