/* Internet addresses with Linux' numbers and layouts. */
#ifndef WASM_BPF_COMPAT_NETINET_IN_H
#define WASM_BPF_COMPAT_NETINET_IN_H

#include <__typedef_in_addr_t.h>
#include <__typedef_in_port_t.h>
#include <sys/socket.h>

#include <linux/in.h>
#include <linux/in6.h>

#define INET_ADDRSTRLEN 16
#define INET6_ADDRSTRLEN 46

#ifdef __cplusplus
extern "C" {
#endif

uint16_t htons(uint16_t number);
uint16_t ntohs(uint16_t number);
uint32_t htonl(uint32_t number);
uint32_t ntohl(uint32_t number);

#ifdef __cplusplus
}
#endif

#endif
