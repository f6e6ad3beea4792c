/* Internet addresses as text. */
#ifndef WASM_BPF_COMPAT_ARPA_INET_H
#define WASM_BPF_COMPAT_ARPA_INET_H

#include <netinet/in.h>

#ifdef __cplusplus
extern "C" {
#endif

const char *inet_ntop(int family, const void *address, char *text, socklen_t size);
int inet_pton(int family, const char *text, void *address);
char *inet_ntoa(struct in_addr address);
in_addr_t inet_addr(const char *text);
int inet_aton(const char *text, struct in_addr *address);

#ifdef __cplusplus
}
#endif

#endif
