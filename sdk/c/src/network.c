/* What programs attach to, opened by the host; sockets, routes and lirc devices. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include <wasm_bpf/abi.h>
#include <wasm_bpf/error.h>
#include <wasm_bpf/handles.h>
#include <wasm_bpf/network.h>

#include "attach_options.h"

int wasm_bpf_cgroup(const char *path)
{
	return wasm_bpf__explain(wasm_bpf_cgroup_open(path, strlen(path)));
}

int wasm_bpf_network_namespace(const char *path)
{
	return wasm_bpf__explain(wasm_bpf_network_namespace_open(path, path ? strlen(path) : 0));
}

int wasm_bpf_socket(int family, int type, uint32_t flags, const void *address, uint16_t port)
{
	/* struct sockaddr_in6, whose beginning is struct sockaddr_in's */
	struct {
		uint16_t family;
		uint8_t port[2];
		uint8_t rest[24];
	} bound = { .family = (uint16_t)family, .port = { (uint8_t)(port >> 8), (uint8_t)port } };
	const int six = family == WASM_BPF_AF_INET6;
	struct wasm_bpf_socket_options options = {
		.size = sizeof(options),
		.family = (uint32_t)family,
		.type = (uint32_t)type,
		.flags = flags,
	};

	if (address)
		memcpy(bound.rest + (six ? 4 : 0), address, six ? 16 : 4);
	if (address || port) {
		options.address = (uintptr_t)&bound;
		options.address_size = six ? 28 : 16;
	}
	return wasm_bpf__explain(wasm_bpf_socket_open(&options));
}

int wasm_bpf_packet_socket(int ifindex)
{
	const uint32_t every_protocol = 0x0300; /* htons(ETH_P_ALL) */
	struct wasm_bpf_socket_options options = {
		.size = sizeof(options),
		.family = WASM_BPF_AF_PACKET,
		.type = WASM_BPF_SOCK_RAW,
		.protocol = every_protocol,
		.interface_index = ifindex,
	};
	return wasm_bpf__explain(wasm_bpf_socket_open(&options));
}

struct bpf_link *wasm_bpf_program_attach_socket(const struct bpf_program *program, int socket)
{
	struct wasm_bpf_attach_options options = wasm_bpf__attach_options(WASM_BPF_ATTACH_SOCKET, NULL, NULL);

	options.handle = socket;
	return wasm_bpf__attach(program, options);
}

struct bpf_link *wasm_bpf_program_attach_route(const struct bpf_program *program, const char *destination,
							     int ifindex, const char *gateway)
{
	struct wasm_bpf_attach_options options =
		wasm_bpf__attach_options(WASM_BPF_ATTACH_ROUTE, gateway, destination);

	options.interface_index = ifindex;
	return wasm_bpf__attach(program, options);
}

struct bpf_link *wasm_bpf_program_attach_lirc(const struct bpf_program *program, const char *device)
{
	return wasm_bpf__attach(program, wasm_bpf__attach_options(WASM_BPF_ATTACH_LIRC, device, NULL));
}
