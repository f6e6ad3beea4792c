/* Other processes: guests have none, and cannot start any. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "refusal.h"

static int refuse_process(const char *call)
{
	return wasm_bpf__refuse(call,
				": a guest cannot start programs: run the program beside it, and give the guest its output "
				"as a file (--dir) or by a pipe\n",
				ENOSYS);
}

FILE *popen(const char *command, const char *mode)
{
	(void)command, (void)mode;
	refuse_process("popen()");
	return NULL;
}

int pclose(FILE *stream)
{
	(void)stream;
	errno = ECHILD;
	return -1;
}

/* The one program that tools like top start: it clears the terminal. */
static int clear(void)
{
	static const char sequence[] = "\033[H\033[2J\033[3J";
	const ssize_t size = sizeof(sequence) - 1;

	return write(STDOUT_FILENO, sequence, size) == size ? 0 : -1;
}

int system(const char *command)
{
	if (!command)
		return 0; /* there is no shell */
	return strcmp(command, "clear") ? refuse_process("system()") : clear();
}

int eventfd(unsigned initial, int flags)
{
	(void)initial, (void)flags;
	return refuse_process("eventfd()");
}

pid_t fork(void)
{
	return refuse_process("fork()");
}

pid_t vfork(void)
{
	return refuse_process("vfork()");
}

int execve(const char *path, char *const arguments[], char *const environment[])
{
	(void)path, (void)arguments, (void)environment;
	return refuse_process("execve()");
}

int execv(const char *path, char *const arguments[])
{
	(void)path, (void)arguments;
	return refuse_process("execv()");
}

int execvp(const char *file, char *const arguments[])
{
	(void)file, (void)arguments;
	return refuse_process("execvp()");
}

int execl(const char *path, const char *argument, ...)
{
	(void)path, (void)argument;
	return refuse_process("execl()");
}

int execlp(const char *file, const char *argument, ...)
{
	(void)file, (void)argument;
	return refuse_process("execlp()");
}

int pipe(int ends[2])
{
	(void)ends;
	return wasm_bpf__refuse("pipe()", ": a guest has no pipes of its own\n", ENOSYS);
}

int mkostemp(char *path, int flags)
{
	(void)path, (void)flags;
	errno = ENOSYS;
	return -1;
}

int mkstemp(char *path)
{
	return mkostemp(path, 0);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	(void)pid, (void)status, (void)options;
	errno = ECHILD;
	return -1;
}

pid_t wait(int *status)
{
	return waitpid(-1, status, 0);
}
