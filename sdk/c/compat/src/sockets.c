/* ../sys/socket.h */
#include <bpf/libbpf.h>
#include <string.h>
#include <sys/socket.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>

int socket(int family, int type, int protocol)
{
	struct wasm_bpf_socket_options options = {
		.size = sizeof(options),
		.family = (uint32_t)family,
		.type = (uint32_t)(type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)), /* it is both */
		.protocol = (uint32_t)protocol,
	};
	int result = wasm_bpf__explain(wasm_bpf_socket_open(&options));

	return result < 0 ? -1 : result;
}

int bind(int socket, const struct sockaddr *address, socklen_t size)
{
	return wasm_bpf__explain(wasm_bpf_socket_bind(socket, address, size)) < 0 ? -1 : 0;
}

/* The attachment lasts until the guest ends, or the program's object is closed. */
int setsockopt(int socket, int level, int option, const void *value, socklen_t size)
{
	struct wasm_bpf_attach_options options = {
		.size = sizeof(options),
		.kind = WASM_BPF_ATTACH_SOCKET,
		.handle = socket,
	};
	int32_t program;

	if (level != SOL_SOCKET || (option != SO_ATTACH_BPF && option != SO_ATTACH_REUSEPORT_EBPF)) {
		wasm_bpf__unsupported("setsockopt(): guests have SO_ATTACH_BPF and SO_ATTACH_REUSEPORT_EBPF");
		errno = ENOPROTOOPT;
		return -1;
	}
	if (size != sizeof(program)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(&program, value, sizeof(program));
	return wasm_bpf__explain(wasm_bpf_program_attach(program, &options)) < 0 ? -1 : 0;
}
