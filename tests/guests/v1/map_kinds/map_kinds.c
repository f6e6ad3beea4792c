/* A map of every kind is made, and its elements are used in the way of its kind. */
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <net/if.h>
#include <unistd.h>

#include "check.h"
#include "map_kinds.skel.h"

static struct map_kinds_bpf *tool;

#define FD(NAME) bpf_map__fd(tool->maps.NAME)

/* Update, look up, refuse what is there or not, iterate, take, delete. */
static void check_plain(int map, int can_delete)
{
	__u32 key = 3, next;
	__u64 value = 33, read = 0;

	CHECK(bpf_map_update_elem(map, &key, &value, BPF_ANY) == 0);
	CHECK(bpf_map_lookup_elem(map, &key, &read) == 0 && read == 33);
	CHECK(bpf_map_update_elem(map, &key, &value, BPF_NOEXIST) == -EEXIST);
	CHECK(bpf_map_update_elem(map, &key, &value, BPF_EXIST) == 0);
	CHECK(bpf_map_get_next_key(map, NULL, &next) == 0);
	CHECK(can_delete ? next == 3 && bpf_map_get_next_key(map, &next, &next) == -ENOENT : next == 0);
	if (!can_delete) {
		CHECK(bpf_map_delete_elem(map, &key) == -EINVAL);
		key = 8;
		CHECK(bpf_map_lookup_elem(map, &key, &read) == -ENOENT);
		CHECK(bpf_map_update_elem(map, &key, &value, BPF_ANY) == -E2BIG);
		return;
	}
	read = 0;
	CHECK(bpf_map_lookup_and_delete_elem(map, &key, &read) == 0 && read == 33);
	CHECK(bpf_map_lookup_elem(map, &key, &read) == -ENOENT);
	CHECK(bpf_map_update_elem(map, &key, &value, BPF_EXIST) == -ENOENT);
	CHECK(bpf_map_update_elem(map, &key, &value, BPF_NOEXIST) == 0);
	CHECK(bpf_map_delete_elem(map, &key) == 0);
	CHECK(bpf_map_delete_elem(map, &key) == -ENOENT);
}

static void check_lpm_trie(void)
{
	struct {
		__u32 prefix_bits;
		__u8 address[4];
	} ten = { 8, { 10, 0, 0, 0 } }, asked = { 32, { 10, 1, 2, 3 } }, other = { 32, { 11, 1, 2, 3 } };
	__u64 value = 8, read = 0;

	CHECK(bpf_map_update_elem(FD(routes), &ten, &value, BPF_ANY) == 0);
	CHECK(bpf_map_lookup_elem(FD(routes), &asked, &read) == 0 && read == 8);
	CHECK(bpf_map_lookup_elem(FD(routes), &other, &read) == -ENOENT);
}

static void check_stack_trace(void)
{
	__u32 id = 0;
	static __u64 frames[127];

	CHECK(bpf_map_lookup_elem(FD(stacks), &id, frames) == -ENOENT);
	CHECK(bpf_map_update_elem(FD(stacks), &id, frames, BPF_ANY) == -EINVAL);
}

static void check_lock(void)
{
	struct {
		struct bpf_spin_lock lock;
		__u32 value;
	} element = { { 0 }, 5 }, read = { { 1 }, 0 };
	__u32 key = 1;

	CHECK(bpf_map_update_elem(FD(locked), &key, &element, BPF_F_LOCK) == 0);
	CHECK(bpf_map_lookup_elem_flags(FD(locked), &key, &read, BPF_F_LOCK) == 0 && read.value == 5);
	CHECK(bpf_map_update_elem(FD(array), &key, &element, BPF_F_LOCK) == -EINVAL);
}

static void check_per_cpu(const struct bpf_map *map, int cpus)
{
	const int stride = 16;
	unsigned char *values = calloc(cpus, stride), *read = malloc(cpus * stride);
	__u32 key = 1, one[4] = { 0 };
	int fd = bpf_map__fd(map);

	for (int cpu = 0; cpu < cpus; cpu++)
		*(__u32 *)(values + cpu * stride) = 100 + cpu;
	memset(read, 0xff, cpus * stride);
	CHECK(bpf_map__value_size(map) == 12);
	CHECK(bpf_map__update_elem(map, &key, 4, values, cpus * stride, BPF_ANY) == 0);
	CHECK(bpf_map__lookup_elem(map, &key, 4, read, 12, 0) == -EINVAL);
	CHECK(bpf_map__lookup_elem(map, &key, 4, read, cpus * stride, 0) == 0);
	for (int cpu = 0; cpu < cpus; cpu++)
		CHECK(*(__u32 *)(read + cpu * stride) == 100u + cpu);
	/* One CPU's value by flag: newer kernels than some that this runs on. */
	int result = bpf_map_lookup_elem_flags(fd, &key, one, BPF_F_CPU | (__u64)(cpus - 1) << 32);
	CHECK(result == -EINVAL || (result == 0 && one[0] == 100u + cpus - 1));
	free(values);
	free(read);
}

static void check_keyless(void)
{
	__u32 first = 1, second = 2, read = 0;

	CHECK(bpf_map_update_elem(FD(queue), NULL, &first, BPF_ANY) == 0);
	CHECK(bpf_map_update_elem(FD(queue), NULL, &second, BPF_ANY) == 0);
	CHECK(bpf_map_lookup_elem(FD(queue), NULL, &read) == 0 && read == 1);
	CHECK(bpf_map_lookup_and_delete_elem(FD(queue), NULL, &read) == 0 && read == 1);
	CHECK(bpf_map_lookup_and_delete_elem(FD(queue), NULL, &read) == 0 && read == 2);
	CHECK(bpf_map_lookup_and_delete_elem(FD(queue), NULL, &read) == -ENOENT);
	CHECK(bpf_map_update_elem(FD(stack_of_numbers), NULL, &first, BPF_ANY) == 0);
	CHECK(bpf_map_update_elem(FD(stack_of_numbers), NULL, &second, BPF_ANY) == 0);
	CHECK(bpf_map_lookup_and_delete_elem(FD(stack_of_numbers), NULL, &read) == 0 && read == 2);
	CHECK(bpf_map_update_elem(FD(bloom), NULL, &first, BPF_ANY) == 0);
	CHECK(bpf_map_lookup_elem(FD(bloom), NULL, &first) == 0);
	CHECK(bpf_map_lookup_elem(FD(bloom), NULL, &second) == -ENOENT);
}

static void check_programs(void)
{
	__u32 key = 0, read = 0;
	int program = bpf_program__fd(tool->progs.give_me), map = FD(hash), none = 5;

	CHECK(bpf_map_update_elem(FD(programs), &key, &program, BPF_ANY) == 0);
	/* as in the kernel, what is read is the program's id */
	CHECK(bpf_map_lookup_elem(FD(programs), &key, &read) == 0 && read != 0 && read != (__u32)program);
	CHECK(bpf_map_update_elem(FD(programs), &key, &map, BPF_ANY) == -EBADF);
	CHECK(bpf_map_update_elem(FD(programs), &key, &none, BPF_ANY) == -EBADF);
	CHECK(bpf_map_delete_elem(FD(programs), &key) == 0);
}

static void check_devices(void)
{
	struct bpf_devmap_val value = { .ifindex = if_nametoindex("lo") }, read = { 0 };
	__u32 key = 0, interface = value.ifindex, found = 0;

	CHECK(bpf_map_update_elem(FD(devices), &key, &value, BPF_ANY) == 0);
	value.bpf_prog.fd = bpf_program__fd(tool->progs.forward);
	CHECK(bpf_map_update_elem(FD(devices), &key, &value, BPF_ANY) == 0);
	CHECK(bpf_map_lookup_elem(FD(devices), &key, &read) == 0);
	CHECK(read.ifindex == interface && read.bpf_prog.id != 0);
	value.bpf_prog.fd = 3;
	CHECK(bpf_map_update_elem(FD(devices), &key, &value, BPF_ANY) == -EBADF);
	CHECK(bpf_map_delete_elem(FD(devices), &key) == 0);
	CHECK(bpf_map_update_elem(FD(device_hash), &key, &interface, BPF_ANY) == 0);
	CHECK(bpf_map_lookup_elem(FD(device_hash), &key, &found) == 0 && found == interface);
	struct bpf_cpumap_val cpu = { .qsize = 64 };
	CHECK(bpf_map_update_elem(FD(cpus), &key, &cpu, BPF_ANY) == 0);
	CHECK(bpf_map_delete_elem(FD(cpus), &key) == 0);
}

static void check_storage(void)
{
	__u64 value = 9, read = 0;
	int socket = wasm_bpf_packet_socket(if_nametoindex("lo")), no_handle = 3;
	int process = 1, no_process = 0x7ffffff0;

	CHECK(socket > 0);
	CHECK(bpf_map_update_elem(FD(of_sockets), &socket, &value, BPF_ANY) == 0);
	CHECK(bpf_map_lookup_elem(FD(of_sockets), &socket, &read) == 0 && read == 9);
	CHECK(bpf_map_update_elem(FD(of_sockets), &no_handle, &value, BPF_ANY) == -EBADF);
	CHECK(bpf_map_delete_elem(FD(of_sockets), &socket) == 0);
	CHECK(bpf_map_update_elem(FD(of_tasks), &process, &value, BPF_ANY) == 0);
	read = 0;
	CHECK(bpf_map_lookup_elem(FD(of_tasks), &process, &read) == 0 && read == 9);
	CHECK(bpf_map_delete_elem(FD(of_tasks), &process) == 0);
	CHECK(bpf_map_lookup_elem(FD(of_tasks), &process, &read) == -ENOENT);
	CHECK(bpf_map_lookup_elem(FD(of_tasks), &no_process, &read) < 0);
	/* every fd of the guest's is of use to close() */
	CHECK(close(socket) == 0 && close(socket) == -1 && errno == EBADF);
}

static void check_sockets(void)
{
	__u32 key = 0;
	__u64 no_socket = 3;

	CHECK(bpf_map_update_elem(FD(sockets), &key, &no_socket, BPF_ANY) == -EBADF);
	CHECK(bpf_map_update_elem(FD(socket_hash), &key, &no_socket, BPF_ANY) == -EBADF);
	CHECK(bpf_map_update_elem(FD(listeners), &key, &no_socket, BPF_ANY) == -EBADF);
	CHECK(bpf_map_update_elem(FD(af_xdp), &key, &no_socket, BPF_ANY) == -EBADF);
	CHECK(bpf_map_update_elem(FD(events), &key, &no_socket, BPF_ANY) == -EBADF);
	CHECK(bpf_map_update_elem(FD(cgroups), &key, &no_socket, BPF_ANY) == -EBADF);
	CHECK(bpf_map_delete_elem(FD(sockets), &key) == -EINVAL);
}

static void check_without_elements(const struct bpf_map *map)
{
	__u32 key = 0;
	__u64 value = 0;

	CHECK(bpf_map_lookup_elem(bpf_map__fd(map), &key, &value) < 0);
	CHECK(bpf_map_update_elem(bpf_map__fd(map), &key, &value, BPF_ANY) < 0);
	CHECK(bpf_map_delete_elem(bpf_map__fd(map), &key) < 0);
}

int main(void)
{
	int cpus = libbpf_num_possible_cpus();

	CHECK((tool = map_kinds_bpf__open()));
	CHECK(bpf_map__map_extra(tool->maps.arena) == 0); /* where it lies is the host's to say */
	CHECK(map_kinds_bpf__load(tool) == 0);
	check_plain(FD(hash), 1);
	check_plain(FD(array), 0);
	check_plain(FD(lru_hash), 1);
	check_lpm_trie();
	check_stack_trace();
	check_lock();
	check_per_cpu(tool->maps.percpu_hash, cpus);
	check_per_cpu(tool->maps.percpu_array, cpus);
	check_per_cpu(tool->maps.percpu_lru, cpus);
	check_keyless();
	check_programs();
	check_devices();
	check_storage();
	check_sockets();
	check_without_elements(tool->maps.ring);
	check_without_elements(tool->maps.user_ring);
	check_without_elements(tool->maps.arena);
	map_kinds_bpf__destroy(tool);
	return 0;
}
