/* What guests that check themselves share. */
#ifndef CHECK_H
#define CHECK_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the guest with exit code 1 and the place where the condition does not hold. */
#define CHECK(condition)                                                                                     \
	do {                                                                                                 \
		if (!(condition)) {                                                                          \
			int check_errno = errno;                                                             \
			fprintf(stderr, "%s:%d: CHECK(%s) failed; errno: %s\n", __FILE__, __LINE__,          \
				#condition, strerror(check_errno));                                          \
			exit(1);                                                                             \
		}                                                                                            \
	} while (0)

#endif
