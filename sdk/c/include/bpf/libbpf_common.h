/* What libbpf's headers share. */
#ifndef __LIBBPF_LIBBPF_COMMON_H
#define __LIBBPF_LIBBPF_COMMON_H

#include <string.h>

#include <bpf/libbpf_version.h>

/* Every function is defined in its header: a guest holds what it uses and nothing else. */
#define LIBBPF_API static inline

/* Defines an options struct whose members, but those given, are zero, padding too. */
#define LIBBPF_OPTS(TYPE, NAME, ...)                      \
	struct TYPE NAME = ({                             \
		memset(&NAME, 0, sizeof(struct TYPE));    \
		(struct TYPE){                            \
			.sz = sizeof(struct TYPE),        \
			__VA_ARGS__                       \
		};                                        \
	})
#define DECLARE_LIBBPF_OPTS LIBBPF_OPTS

#define LIBBPF_OPTS_RESET(NAME, ...)                      \
	do {                                              \
		NAME = ({                                 \
			memset(&NAME, 0, sizeof(NAME));   \
			(typeof(NAME)){                   \
				.sz = sizeof(NAME),       \
				__VA_ARGS__               \
			};                                \
		});                                       \
	} while (0)

#endif
