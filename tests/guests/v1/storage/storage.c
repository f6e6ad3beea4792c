/* storage CGROUP PID [FILE]: elements of storage maps that programs and the guest both use. PID is a process in CGROUP that
 * makes system calls again and again, and FILE one that somebody opens again and again: where the kernel has LSM programs. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <unistd.h>
#include <wasm_bpf/network.h>

#include "check.h"
#include "storage.skel.h"
#include "wait.h"

static struct storage_bpf *tool;

#define FD(NAME) bpf_map__fd(tool->maps.NAME)

static __u64 value_of(int map, int key)
{
	__u64 value = 0;

	CHECK(bpf_map_lookup_elem(map, &key, &value) == 0);
	return value;
}

/* The guest makes the element, a program counts in it, and it is gone when the guest deletes it. */
static void check_counted(int map, int key)
{
	const __u64 start = 1000000;
	__u64 value;

	CHECK(bpf_map_lookup_elem(map, &key, &value) == -ENOENT);
	CHECK(bpf_map_delete_elem(map, &key) == -ENOENT);
	CHECK(bpf_map_update_elem(map, &key, &start, BPF_EXIST) == -ENOENT);
	CHECK(bpf_map_update_elem(map, &key, &start, BPF_NOEXIST) == 0);
	CHECK(bpf_map_update_elem(map, &key, &start, BPF_NOEXIST) == -EEXIST);
	WAIT_FOR(value_of(map, key) > start + 1);
	CHECK(bpf_map_delete_elem(map, &key) == 0);
	CHECK(bpf_map_lookup_elem(map, &key, &value) == -ENOENT);
}

/* What is of another kind, or the host's: no key. */
static void check_refused(int map, int other)
{
	const int wrong[] = { 0, 1, 3, 5, 9, -1, 0x7fffffff, other };
	__u64 value = 0;

	for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		CHECK(bpf_map_update_elem(map, &wrong[i], &value, BPF_ANY) == -EBADF);
		CHECK(bpf_map_lookup_elem(map, &wrong[i], &value) == -EBADF);
		CHECK(bpf_map_delete_elem(map, &wrong[i]) == -EBADF);
	}
}

static void check_sockets(int cgroup)
{
	const unsigned char loopback[4] = { 127, 0, 0, 1 };
	struct bpf_link *link = bpf_program__attach_cgroup(tool->progs.on_bind, cgroup);

	CHECK(link);
	/* The host opens it, in its own cgroup. */
	int socket = wasm_bpf_socket(WASM_BPF_AF_INET, WASM_BPF_SOCK_DGRAM, 0, loopback, 0);

	CHECK(socket > 0);
	CHECK(value_of(FD(of_sockets), socket) == 1);
	CHECK(bpf_map_delete_elem(FD(of_sockets), &socket) == 0);
	check_refused(FD(of_sockets), cgroup);
	CHECK(close(socket) == 0);
	CHECK(bpf_link__destroy(link) == 0);
}

static void check_inodes(const char *path)
{
	int file = open(path, O_PATH);
	struct bpf_link *link = bpf_program__attach(tool->progs.on_open);

	CHECK(file >= 1 << 16 && link);
	check_counted(FD(of_inodes), file);
	check_refused(FD(of_inodes), FD(of_tasks));
	/* Not to be read, and a key of nothing else. */
	char byte;
	CHECK(read(file, &byte, 1) == -1 && errno == EBADF);
	check_refused(FD(of_cgroups), file);
	CHECK(bpf_link__destroy(link) == 0);
	CHECK(close(file) == 0);
}

int main(int argc, char **argv)
{
	CHECK(argc == 3 || argc == 4);
	CHECK((tool = storage_bpf__open()));
	CHECK(argc == 4 ? bpf_program__set_autoload(tool->progs.on_open, true) == 0 :
			  bpf_map__set_autocreate(tool->maps.of_inodes, false) == 0);
	CHECK(storage_bpf__load(tool) == 0);
	tool->bss->watched = atoi(argv[2]);
	wasm_bpf_skeleton_sync(tool);

	int cgroup = open(argv[1], O_RDONLY | O_DIRECTORY);
	struct bpf_link *link = bpf_program__attach(tool->progs.on_call);

	CHECK(cgroup > 0 && link);
	printf("attached\n");
	fflush(stdout);
	check_counted(FD(of_tasks), tool->bss->watched);
	check_counted(FD(of_cgroups), cgroup);
	check_refused(FD(of_cgroups), FD(of_tasks));
	CHECK(bpf_link__destroy(link) == 0);
	check_sockets(cgroup);
	if (argc == 4)
		check_inodes(argv[3]);
	storage_bpf__destroy(tool);
	return 0;
}
