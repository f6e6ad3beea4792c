/* Iterators over tasks, a map's elements and cgroups, read as streams: iterators CGROUP CGROUP_ID CHILD_ID. */
#include <bpf/libbpf.h>
#include <unistd.h>

#include "check.h"

#include "iterators.skel.h"

static char text[1 << 20];

/* One pass, read in small pieces. */
static void read_all(struct bpf_link *link)
{
	int stream = bpf_iter_create(bpf_link__fd(link));
	size_t size = 0;
	ssize_t bytes;

	CHECK(stream > 0);
	while ((bytes = wasm_bpf_read(stream, text + size, 100)) > 0)
		size += bytes;
	CHECK(bytes == 0 && size + 100 < sizeof(text));
	text[size] = '\0';
	CHECK(wasm_bpf_close(stream) == 0);
}

static int lines(void)
{
	int count = 0;

	for (const char *at = text; (at = strchr(at, '\n')); at++)
		count++;
	return count;
}

static struct bpf_link *attach(struct bpf_program *program, union bpf_iter_link_info *info)
{
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = info, .link_info_len = sizeof(*info));
	struct bpf_link *link = bpf_program__attach_iter(program, &opts);

	CHECK(link);
	return link;
}

int main(int argc, char **argv)
{
	struct iterators_bpf *skel = iterators_bpf__open_and_load();

	CHECK(skel && argc == 4);
	struct bpf_link *link = bpf_program__attach(skel->progs.each_task);
	CHECK(link);
	read_all(link);
	const int of_host = getpid();
	bool found = false;
	for (const char *at = text; at && !found; at = strchr(at, '\n')) {
		at += *at == '\n';
		found = atoi(at) == of_host;
	}
	CHECK(lines() > 1 && found);
	/* Another pass of the same link, and one that ends early. */
	read_all(link);
	int stream = bpf_iter_create(bpf_link__fd(link));
	CHECK(stream > 0 && wasm_bpf_read(stream, text, 1) == 1);
	bpf_link__destroy(link);
	CHECK(wasm_bpf_read(stream, text, 1) == 1);
	CHECK(wasm_bpf_close(stream) == 0);
	CHECK(wasm_bpf_read(stream, text, 1) == -1 && errno == EBADF);

	union bpf_iter_link_info info = { 0 };
	info.task.tid = of_host;
	link = attach(skel->progs.each_task, &info);
	read_all(link);
	CHECK(lines() == 1 && atoi(text) == of_host);
	bpf_link__destroy(link);

	for (__u32 key = 1; key <= 3; key++) {
		__u64 value = key * 10;
		CHECK(bpf_map_update_elem(bpf_map__fd(skel->maps.table), &key, &value, BPF_ANY) == 0);
	}
	memset(&info, 0, sizeof(info));
	info.map.map_fd = bpf_map__fd(skel->maps.table);
	link = attach(skel->progs.each_element, &info);
	read_all(link);
	CHECK(lines() == 3 && strstr(text, "1=10\n") && strstr(text, "2=20\n") && strstr(text, "3=30\n"));
	bpf_link__destroy(link);
	CHECK(!bpf_program__attach(skel->progs.each_element) && errno == EBADF); /* the kernel wants a map */

	int cgroup = wasm_bpf_cgroup(argv[1]);
	CHECK(cgroup > 0);
	memset(&info, 0, sizeof(info));
	info.cgroup.cgroup_fd = cgroup;
	info.cgroup.order = BPF_CGROUP_ITER_SELF_ONLY;
	link = attach(skel->progs.each_cgroup, &info);
	read_all(link);
	CHECK(lines() == 1 && strtoull(text, NULL, 10) == strtoull(argv[2], NULL, 10));
	bpf_link__destroy(link);
	info.cgroup.order = BPF_CGROUP_ITER_DESCENDANTS_POST;
	link = attach(skel->progs.each_cgroup, &info);
	read_all(link);
	CHECK(lines() == 2 && strtoull(text, NULL, 10) == strtoull(argv[3], NULL, 10));
	bpf_link__destroy(link);

	link = bpf_program__attach(skel->progs.no_iterator);
	CHECK(link);
	CHECK(bpf_iter_create(bpf_link__fd(link)) == -EINVAL);
	CHECK(bpf_iter_create(info.map.map_fd) == -EBADF);
	iterators_bpf__destroy(skel);
	return 0;
}
