/* Limits, numbers and names of the system. */
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>

int getrlimit(int resource, struct rlimit *limit)
{
	(void)resource;
	limit->rlim_cur = limit->rlim_max = RLIM_INFINITY;
	return 0;
}

int setrlimit(int resource, const struct rlimit *limit)
{
	(void)resource, (void)limit;
	return 0;
}

int get_nprocs(void)
{
	return wasm_bpf_host_number(WASM_BPF_HOST_ONLINE_CPUS);
}

int get_nprocs_conf(void)
{
	return wasm_bpf_host_number(WASM_BPF_HOST_CONFIGURED_CPUS);
}

/* What tools ask of the host. The guest's own pages have 64 KiB; the host's are meant. */
long sysconf(int name)
{
	switch (name) {
	case _SC_NPROCESSORS_ONLN:
		return get_nprocs();
	case _SC_NPROCESSORS_CONF:
		return get_nprocs_conf();
	case _SC_PAGESIZE:
		return wasm_bpf_host_number(WASM_BPF_HOST_PAGE_SIZE);
	case _SC_CLK_TCK:
		return wasm_bpf_host_number(WASM_BPF_HOST_CLOCK_TICKS);
	case _SC_OPEN_MAX:
		return 1024;
	case _SC_HOST_NAME_MAX:
		return 64;
	}
	errno = EINVAL;
	return -1;
}

int getpagesize(void)
{
	return wasm_bpf_host_number(WASM_BPF_HOST_PAGE_SIZE);
}

int uname(struct utsname *names)
{
	char *const texts[] = {
		[WASM_BPF_HOST_SYSTEM] = names->sysname,   [WASM_BPF_HOST_NODE] = names->nodename,
		[WASM_BPF_HOST_RELEASE] = names->release,  [WASM_BPF_HOST_VERSION] = names->version,
		[WASM_BPF_HOST_MACHINE] = names->machine,
	};

	memset(names, 0, sizeof(*names));
	for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (wasm_bpf__result(wasm_bpf_host_name(i, texts[i], sizeof(names->sysname))) < 0)
			return -1;
	return 0;
}

int gethostname(char *name, size_t size)
{
	return wasm_bpf__result(wasm_bpf_host_name(WASM_BPF_HOST_NODE, name, size)) < 0 ? -1 : 0;
}
