/* Not in libbpf: what native code does by open(), socket(), bind() and SO_ATTACH_BPF. A guest has no such fds: the host
 * opens, and gives handles. */
#ifndef WASM_BPF_NETWORK_H
#define WASM_BPF_NETWORK_H

#include <bpf/libbpf.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Opens a cgroup2 folder of the host for bpf_program__attach_cgroup(); wasm_bpf_close() ends it. */
int wasm_bpf_cgroup(const char *path);

/* Opens a network namespace of the host for bpf_program__attach_netns(), as "/run/netns/NAME"; null: the host's own.
 * wasm_bpf_close() ends it. */
int wasm_bpf_network_namespace(const char *path);

/* Linux' numbers; the guest's own differ. */
#define WASM_BPF_AF_INET 2
#define WASM_BPF_AF_INET6 10
#define WASM_BPF_AF_PACKET 17
#define WASM_BPF_SOCK_STREAM 1
#define WASM_BPF_SOCK_DGRAM 2
#define WASM_BPF_SOCK_RAW 3

/* Opens a TCP or UDP socket of the host, for programs and for maps of sockets. `address`: 4 or 16 bytes as inet_pton()
 * gives them, or null for any; `port` 0: the host chooses; null and 0: not bound. `flags`: enum wasm_bpf_socket_flag.
 * wasm_bpf_close() ends it. */
int wasm_bpf_socket(int family, int type, uint32_t flags, const void *address, uint16_t port);

/* Opens a packet socket on an interface; wasm_bpf_close() ends it. */
int wasm_bpf_packet_socket(int ifindex);

/* Makes `program` the filter of a socket or, in section sk_reuseport, the one that chooses in the socket's group. */
struct bpf_link *wasm_bpf_program_attach_socket(const struct bpf_program *program, int socket);

/* Makes a route with `program` (lwt_in, lwt_out, lwt_xmit, lwt_seg6local) in it: `destination` as "10.0.0.0/8",
 * `gateway` an address, or null. It goes with the link. */
struct bpf_link *wasm_bpf_program_attach_route(const struct bpf_program *program, const char *destination, int ifindex,
					       const char *gateway);

/* Attaches to an infrared receiver, as "/dev/lirc0". */
struct bpf_link *wasm_bpf_program_attach_lirc(const struct bpf_program *program, const char *device);

#ifdef __cplusplus
}
#endif

#endif
