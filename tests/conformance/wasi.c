/* What guests need of WASI preview 1, compiled without an SDK: wasi PART. The runtime gives the arguments, standard streams, and, where a part says so, a
 * variable of the environment or a folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "../guests/v1/check.h"

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	CHECK(clock_gettime(clock, &now) == 0 && now.tv_nsec >= 0 && now.tv_nsec < 1000000000);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/* Every argument on a line, whatever is in it. */
static int arguments(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		printf("[%s]\n", argv[i]);
	fputs("on standard error\n", stderr);
	return 0;
}

static int exit_code(int argc, char **argv)
{
	CHECK(argc == 3);
	printf("leaves with %s", argv[2]); /* without a newline: it must come out all the same */
	exit(atoi(argv[2]));
}

static int trap(int argc, char **argv)
{
	(void)argc, (void)argv;
	puts("traps");
	fflush(stdout);
	__builtin_trap();
}

/* A given variable has its value, another one of the runtime's own environment is not seen. */
static int environment(int argc, char **argv)
{
	const char *given = getenv("CONFORMANCE_GIVEN");

	CHECK(argc == 3);
	if (strcmp(argv[2], "given") == 0)
		CHECK(given && strcmp(given, "a value") == 0);
	else
		CHECK(!given);
	CHECK(!getenv("CONFORMANCE_SECRET"));
	return 0;
}

static int clocks(int argc, char **argv)
{
	const uint64_t begin = now_ns(CLOCK_MONOTONIC), a_second = 1000000000, year_2024 = 1704067200 * a_second;

	(void)argc, (void)argv;
	CHECK(now_ns(CLOCK_REALTIME) > year_2024);
	CHECK(usleep(20000) == 0);
	CHECK(now_ns(CLOCK_MONOTONIC) - begin >= 20000000);
	CHECK(poll(NULL, 0, 20) == 0);
	CHECK(now_ns(CLOCK_MONOTONIC) - begin >= 40000000);
	return 0;
}

static int random_bytes(int argc, char **argv)
{
	static const unsigned char zeros[64];
	unsigned char one[64] = {0}, other[64] = {0};

	(void)argc, (void)argv;
	CHECK(getentropy(one, sizeof(one)) == 0 && getentropy(other, sizeof(other)) == 0);
	CHECK(memcmp(one, zeros, sizeof(one)) != 0 && memcmp(one, other, sizeof(one)) != 0);
	return 0;
}

static int echo(int argc, char **argv)
{
	char text[64];

	(void)argc, (void)argv;
	puts("ready");
	fflush(stdout);
	while (fgets(text, sizeof(text), stdin)) {
		printf("read %s", text);
		fflush(stdout);
	}
	CHECK(feof(stdin));
	puts("end of input");
	return 0;
}

/* In the folder /given, and nowhere else. */
static int files(int argc, char **argv)
{
	char text[16] = {0};
	int file = open("/given/file", O_CREAT | O_RDWR | O_TRUNC, 0600), entries = 0;
	DIR *folder = opendir("/given");

	(void)argc, (void)argv;
	CHECK(file >= 0 && write(file, "content", 7) == 7);
	CHECK(lseek(file, 3, SEEK_SET) == 3 && read(file, text, sizeof(text)) == 4 && strcmp(text, "tent") == 0);
	CHECK(close(file) == 0);
	CHECK(folder);
	for (struct dirent *entry; (entry = readdir(folder));)
		entries += strcmp(entry->d_name, "file") == 0;
	CHECK(entries == 1 && closedir(folder) == 0);
	CHECK(open("/given/none", O_RDONLY) == -1 && errno == ENOENT);
	CHECK(open("/given/../../../../etc/passwd", O_RDONLY) == -1);
	CHECK(open("/given/link_out", O_RDONLY) == -1);
	CHECK(open("/etc/passwd", O_RDONLY) == -1);
	return 0;
}

/* Without a folder. */
static int no_files(int argc, char **argv)
{
	(void)argc, (void)argv;
	CHECK(open("/etc/passwd", O_RDONLY) == -1);
	CHECK(open("../../../../../../etc/passwd", O_RDONLY) == -1);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} parts[] = {
		{"arguments", arguments}, {"exit", exit_code}, {"trap", trap},   {"environment", environment}, {"clocks", clocks},
		{"random", random_bytes}, {"echo", echo},      {"files", files}, {"no_files", no_files},
	};

	CHECK(argc > 1);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strcmp(parts[i].name, argv[1]) == 0)
			return parts[i].run(argc, argv);
	CHECK(!"an unknown part");
	return 1;
}
