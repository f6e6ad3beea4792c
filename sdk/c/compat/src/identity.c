/* The process and user that the host runs as: what BPF programs see, and so what tools filter by. */
#include <unistd.h>

#include <wasm_bpf/abi.h>

pid_t getpid(void)
{
	return wasm_bpf_host_number(WASM_BPF_HOST_PROCESS_ID);
}

pid_t gettid(void)
{
	return wasm_bpf_host_number(WASM_BPF_HOST_THREAD_ID);
}

pid_t getppid(void)
{
	return wasm_bpf_host_number(WASM_BPF_HOST_PARENT_ID);
}

uid_t getuid(void)
{
	return (uid_t)wasm_bpf_host_number(WASM_BPF_HOST_USER_ID);
}

uid_t geteuid(void)
{
	return (uid_t)wasm_bpf_host_number(WASM_BPF_HOST_EFFECTIVE_USER_ID);
}

gid_t getgid(void)
{
	return (gid_t)wasm_bpf_host_number(WASM_BPF_HOST_GROUP_ID);
}

gid_t getegid(void)
{
	return (gid_t)wasm_bpf_host_number(WASM_BPF_HOST_EFFECTIVE_GROUP_ID);
}
