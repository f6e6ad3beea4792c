/* What programs use beside libbpf: the host's process, names, clock and files; perf events by system call; what a guest
 * cannot do. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/if_ether.h>

#include "../check.h"
#include "../wait.h"
#include "system.skel.h"

static void process(void)
{
	struct system_bpf *skeleton = system_bpf__open_and_load();
	struct stat status;
	__u64 writes;

	CHECK(skeleton != NULL);
	CHECK(getpid() > 1 && gettid() >= getpid() && getppid() > 0);
	CHECK(syscall(__NR_getpid) == getpid() && syscall(SYS_gettid) == gettid());
	skeleton->bss->wanted = getpid();
	CHECK(stat("/proc/self/ns/pid", &status) == 0);
	skeleton->bss->pid_namespace_device = status.st_dev;
	skeleton->bss->pid_namespace_inode = status.st_ino;
	wasm_bpf_skeleton_sync(skeleton);
	CHECK(system_bpf__attach(skeleton) == 0);
	CHECK(getuid() == geteuid() && getgid() == getegid());
	CHECK(NOW(skeleton, skeleton->bss->seen) > 0); /* its own calls */
	CHECK(skeleton->bss->pid_in_namespace == getpid());
	writes = skeleton->bss->writes;
	fprintf(stderr, "%s\n", "one"); /* each by one write(2), as natively; not into pipes */
	printf("%s\n", "two");
	fflush(stdout);
	CHECK(NOW(skeleton, skeleton->bss->writes) == writes + 2 || !isatty(STDOUT_FILENO));
	system_bpf__destroy(skeleton);
}

static void system_facts(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	struct utsname names;

	CHECK(setrlimit(RLIMIT_MEMLOCK, &limit) == 0 && getrlimit(RLIMIT_MEMLOCK, &limit) == 0);
	CHECK(uname(&names) == 0 && !strcmp(names.sysname, "Linux") && names.release[0] >= '4');
	CHECK(get_nprocs() >= 1 && get_nprocs() <= get_nprocs_conf());
	CHECK(sysconf(_SC_NPROCESSORS_ONLN) == get_nprocs());
	CHECK(sysconf(_SC_PAGESIZE) >= 4096 && sysconf(12345) == -1 && errno == EINVAL);
}

static void perf_events(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr), .config = PERF_COUNT_SW_CPU_CLOCK, .disabled = 1};
	__u64 count = 0;
	int event = syscall(__NR_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	CHECK(event >= 0);
	CHECK(ioctl(event, PERF_EVENT_IOC_RESET, 0) == 0 && ioctl(event, PERF_EVENT_IOC_ENABLE, 0) == 0);
	do /* until the clock has moved */
		CHECK(read(event, &count, sizeof(count)) == sizeof(count));
	while (!count);
	CHECK(ioctl(event, PERF_EVENT_IOC_DISABLE, 0) == 0);
	CHECK(ioctl(event, 0x1234, 0) == -1 && errno == ENOTTY);
	CHECK(close(event) == 0);
	CHECK(close(event) == -1 && errno == EBADF);
	CHECK(read(event, &count, sizeof(count)) == -1 && errno == EBADF);
	CHECK(syscall(__NR_perf_event_open, &attr, -1, -1, -1, 0) == -1 && errno == EINVAL);
}

static void sockets(void)
{
	struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	struct system_bpf *skeleton = system_bpf__open_and_load();
	char name[IF_NAMESIZE];
	int socket_fd, program;

	CHECK(skeleton != NULL);
	place.sll_ifindex = if_nametoindex("lo");
	CHECK(place.sll_ifindex > 0 && if_indextoname(place.sll_ifindex, name) && !strcmp(name, "lo"));
	socket_fd = socket(PF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
	CHECK(socket_fd >= 0);
	CHECK(bind(socket_fd, (struct sockaddr *)&place, sizeof(place)) == 0);
	program = bpf_program__fd(skeleton->progs.filter);
	CHECK(setsockopt(socket_fd, SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof(program)) == 0);
	CHECK(setsockopt(socket_fd, SOL_SOCKET, SO_REUSEADDR, &program, sizeof(program)) == -1 && errno == ENOPROTOOPT);
	place.sll_family = AF_INET;
	CHECK(bind(socket_fd, (struct sockaddr *)&place, sizeof(place)) == -1 && errno == EINVAL);
	CHECK(close(socket_fd) == 0);
	CHECK(socket(AF_UNIX, SOCK_STREAM, 0) == -1 && errno == EAFNOSUPPORT);
	system_bpf__destroy(skeleton);
}

static void addresses(void)
{
	static const char *const texts[] = {"::",      "::1",    "1::",       "fe80::1:0:0:2",
					    "2001:db8::1", "1:2:3:4:5:6:7:8", "1:0:0:4::8", "::ffff:10.0.0.1",
					    "0:1::",     "1:2:3:4:5:6:0:8"};
	static const char *const wrong[] = {":", ":::", "1:2", "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9", "1:", "::1.2.3", "g::"};
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	struct in_addr four;

	CHECK(inet_pton(AF_INET, "192.168.0.255", &four) == 1 && four.s_addr == htonl(0xc0a800ff));
	CHECK(!strcmp(inet_ntoa(four), "192.168.0.255") && inet_addr("1.2.3.4") == htonl(0x01020304));
	CHECK(inet_pton(AF_INET, "1.2.3", &four) == 0 && inet_pton(AF_INET, "1.2.3.256", &four) == 0);
	CHECK(inet_pton(AF_INET, "01.2.3.4", &four) == 0 && inet_pton(AF_INET, "1.2.3.4x", &four) == 0);
	CHECK(inet_ntop(AF_INET, &four, text, 3) == NULL && errno == ENOSPC);
	for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		CHECK(inet_pton(AF_INET6, texts[i], &address) == 1);
		CHECK(inet_ntop(AF_INET6, &address, text, sizeof(text)) == text);
		CHECK(!strcmp(text, texts[i]));
	}
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CHECK(inet_pton(AF_INET6, wrong[i], &address) == 0);
}

/* By the host's TZ, which the test sets: half a year apart, five and a half hours east or New York. */
static void clocks(const char *zone)
{
	const time_t winter = 1705320000 /* 2024-01-15 12:00:00 UTC */, summer = 1721044800;
	struct tm tm = *localtime(&winter);
	char text[64];

	CHECK(strftime(text, sizeof(text), "%F %T %z", &tm) > 0);
	CHECK(!strcmp(text, !strcmp(zone, "IST") ? "2024-01-15 17:30:00 +0530" : "2024-01-15 07:00:00 -0500"));
	CHECK(mktime(&tm) == winter);
	tm = *localtime(&summer);
	CHECK(strftime(text, sizeof(text), "%F %T %z", &tm) > 0);
	CHECK(!strcmp(text, !strcmp(zone, "IST") ? "2024-07-15 17:30:00 +0530" : "2024-07-15 08:00:00 -0400"));
	CHECK(tm.tm_isdst == !!strcmp(zone, "IST") && mktime(&tm) == summer);
}

static void refusals(void)
{
	jmp_buf buffer;

	CHECK(popen("true", "r") == NULL && errno == ENOSYS);
	CHECK(system(NULL) == 0 && system("true") == -1 && errno == ENOSYS);
	CHECK(system("clear") == 0);
	CHECK(fork() == -1 && errno == ENOSYS && waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
	CHECK(execlp("true", "true", NULL) == -1 && errno == ENOSYS);
	CHECK(syscall(SYS_bpf, 0, NULL, 0) == -1 && errno == ENOSYS);
	CHECK(eventfd(0, EFD_CLOEXEC) == -1 && errno == ENOSYS);
	CHECK(setjmp(buffer) == 0);
}

static void files(void)
{
	int cgroup = open("/sys/fs/cgroup/unified", O_RDONLY), file;
	int name_space = open("/proc/self/ns/net", O_RDONLY);
	struct stat status;

	if (cgroup < 0)
		cgroup = open("/sys/fs/cgroup", O_RDONLY);
	CHECK(cgroup >= 1 << 16 && close(cgroup) == 0);
	CHECK(name_space >= 1 << 16 && close(name_space) == 0);
	CHECK(fopen("/proc/kallsyms", "r") == NULL && errno == EACCES);
	CHECK(stat("/proc/kallsyms", &status) == -1 && errno == EACCES);
	file = open("/sys/kernel/btf/vmlinux", O_RDONLY);
	CHECK(file == -1 && errno == EACCES);
}

int main(int argc, char **argv)
{
	process();
	system_facts();
	perf_events();
	sockets();
	addresses();
	if (argc > 1)
		clocks(argv[1]);
	refusals();
	files();
	return 0;
}
