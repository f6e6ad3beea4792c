/* errno is Linux', whoever set it, and libbpf's messages reach the guest's print function. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "errors.skel.h"

static int messages[3];
static char longest[256];

static int keep(enum libbpf_print_level level, const char *format, va_list args)
{
	char text[sizeof(longest)];

	messages[level]++;
	vsnprintf(text, sizeof(text), format, args);
	if (strlen(text) > strlen(longest))
		memcpy(longest, text, sizeof(text));
	return 0;
}

static void check_numbers(void)
{
	char text[128];

	CHECK(ENOENT == 2 && EPERM == 1 && EINVAL == 22 && EOPNOTSUPP == 95 && ETIMEDOUT == 110);
	errno = 0;
	CHECK(open("/nowhere", O_RDONLY) < 0 && errno != 0);
	CHECK(read(77, text, 1) < 0 && errno == EBADF);
	CHECK(errno == EBADF);
	errno = 0;
	CHECK(read(77, text, 1) < 0 && errno == EBADF);
	CHECK(strtol("99999999999999999999", NULL, 10) == LONG_MAX && errno == ERANGE);
	errno = ENOBUFS;
	CHECK(errno == ENOBUFS && errno == 105);
	snprintf(text, sizeof(text), "%m");
	CHECK(!strcmp(text, "No buffer space available"));
	CHECK(read(77, text, 1) < 0);
	snprintf(text, sizeof(text), "%m"); /* before the guest looked at errno */
	CHECK(!strcmp(text, "Bad file descriptor"));
	CHECK(!strcmp(strerror(ENOMEM), "Cannot allocate memory"));
	CHECK(!strcmp(strerror(EOPNOTSUPP), "Operation not supported"));
	CHECK(!strcmp(strerror(4999), "Unknown error 4999"));
}

static void check_calls(struct errors_bpf *tool)
{
	__u32 key = 1, value;

	CHECK(bpf_map__lookup_elem(tool->maps.table, &key, sizeof(key), &value, sizeof(value), 0) == -2);
	CHECK(errno == 2);
	CHECK(!bpf_object__find_map_by_name(tool->obj, "missing") && errno == ENOENT);
	CHECK(libbpf_get_error(NULL) == -ENOENT);
}

static void check_messages(void)
{
	CHECK(libbpf_set_print(keep) != NULL);
	struct errors_bpf *tool = errors_bpf__open_and_load();
	CHECK(tool);
	CHECK(messages[LIBBPF_DEBUG] > 5 && messages[LIBBPF_WARN] == 0);
	CHECK(!strncmp(longest, "libbpf: ", 8));
	check_calls(tool);
	CHECK(!bpf_program__attach_tracepoint(tool->progs.nothing, "no", "such"));
	CHECK(messages[LIBBPF_WARN] > 0);
	errors_bpf__destroy(tool);

	CHECK(libbpf_set_print(NULL) == keep);
	memset(messages, 0, sizeof(messages));
	CHECK((tool = errors_bpf__open_and_load()));
	CHECK(!bpf_program__attach_tracepoint(tool->progs.nothing, "no", "such"));
	CHECK(messages[LIBBPF_DEBUG] == 0 && messages[LIBBPF_WARN] == 0);
	errors_bpf__destroy(tool);
	CHECK(libbpf_set_print(keep) == NULL);
	CHECK((tool = errors_bpf__open()));
	errors_bpf__destroy(tool);
	CHECK(messages[LIBBPF_DEBUG] > 0);
}

int main(void)
{
	check_numbers();
	check_messages();
	return 0;
}
