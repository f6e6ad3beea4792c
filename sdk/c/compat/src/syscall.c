/* ../sys/syscall.h */
#include <linux/perf_event.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <wasm_bpf/perf_event.h>

#include "refusal.h"

/* "syscall(123)" */
static int refuse_number(unsigned number)
{
	char text[] = "syscall(0000000000)";
	char *digit = text + sizeof(text) - 2;

	do {
		*--digit = (char)('0' + number % 10);
	} while (number /= 10);
	memmove(text + 8, digit, strlen(digit) + 1);
	return wasm_bpf__refuse(text, ": a guest makes no system calls but perf_event_open, getpid, gettid and getuid\n",
				ENOSYS);
}

long syscall(long number, ...)
{
	va_list arguments;
	long result;

	va_start(arguments, number);
	switch (number) {
	case __NR_perf_event_open: {
		const struct perf_event_attr *attr = va_arg(arguments, const struct perf_event_attr *);
		pid_t pid = va_arg(arguments, int);
		int cpu = va_arg(arguments, int);
		int group = va_arg(arguments, int);
		unsigned long flags = va_arg(arguments, unsigned long);

		result = wasm_bpf_perf_event(attr, pid, cpu, group, flags);
		break;
	}
	case __NR_getpid:
		result = getpid();
		break;
	case __NR_gettid:
		result = gettid();
		break;
	case __NR_getuid:
		result = getuid();
		break;
	default:
		result = refuse_number((unsigned)number & ~0x40000000u); /* the bit of the x32 ABI's numbers */
	}
	va_end(arguments);
	return result;
}
