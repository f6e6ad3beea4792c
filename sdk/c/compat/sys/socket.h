/* Sockets of the host, with Linux' numbers and layouts: to attach programs to and to put into maps. They are opened,
 * bound, listened on and closed; data is not sent or received by them. */
#ifndef WASM_BPF_COMPAT_SYS_SOCKET_H
#define WASM_BPF_COMPAT_SYS_SOCKET_H

#include <__typedef_sa_family_t.h>
#include <__typedef_socklen_t.h>
#include <asm/socket.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sockaddr {
	sa_family_t sa_family;
	char sa_data[14];
};

struct sockaddr_storage {
	sa_family_t ss_family;
	char ss_data[126];
} __attribute__((__aligned__(8)));

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_CLOEXEC 02000000
#define SOCK_NONBLOCK 04000

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_LOCAL AF_UNIX
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define AF_PACKET 17
#define AF_VSOCK 40
#define PF_UNSPEC AF_UNSPEC
#define PF_UNIX AF_UNIX
#define PF_LOCAL AF_LOCAL
#define PF_INET AF_INET
#define PF_INET6 AF_INET6
#define PF_NETLINK AF_NETLINK
#define PF_PACKET AF_PACKET

#define SOMAXCONN 4096

int socket(int family, int type, int protocol);
int bind(int socket, const struct sockaddr *address, socklen_t size);
/* SO_ATTACH_BPF and SO_ATTACH_REUSEPORT_EBPF of SOL_SOCKET. */
int setsockopt(int socket, int level, int option, const void *value, socklen_t size);

#ifdef __cplusplus
}
#endif

#endif
