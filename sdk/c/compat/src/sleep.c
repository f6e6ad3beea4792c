/* Sleeps that signals end: wasi-libc's do not know of them, nor of what is left of the time then. */
#include <errno.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>
#include <wasi/api.h>

#define SECOND_NS 1000000000ll

/* wasi-libc's clockid_t points to these. */
struct __clockid {
	__wasi_clockid_t id;
};

static int64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static struct timespec timespec_of(int64_t ns)
{
	if (ns < 0)
		ns = 0;
	return (struct timespec){.tv_sec = ns / SECOND_NS, .tv_nsec = ns % SECOND_NS};
}

/* The time as nanoseconds, as many as there can be. */
static bool nanoseconds_of(const struct timespec *time, int64_t *ns)
{
	if (time->tv_nsec < 0 || time->tv_nsec >= SECOND_NS || time->tv_sec < 0)
		return false;
	if (__builtin_mul_overflow(time->tv_sec, SECOND_NS, ns) || __builtin_add_overflow(*ns, time->tv_nsec, ns))
		*ns = INT64_MAX;
	return true;
}

/* Of global_data.c where the guest has global variables of BPF programs: who sleeps waits for them. */
__attribute__((weak)) int wasm_bpf__sync(void);

static void sync_variables(void)
{
	if (wasm_bpf__sync)
		wasm_bpf__sync();
}

/* An error number. */
static int wait_until_over(const __wasi_subscription_t *clock)
{
	__wasi_event_t event = {0};
	__wasi_size_t events;
	__wasi_errno_t error = __wasi_poll_oneoff(clock, &event, 1, &events);

	if (!error)
		error = event.error;
	return !error ? 0 : error == __WASI_ERRNO_INTR ? EINTR : EINVAL;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request, struct timespec *rest)
{
	int64_t wanted;

	if ((flags & ~TIMER_ABSTIME) || !nanoseconds_of(request, &wanted))
		return EINVAL;
	const int64_t begin = now_ns(CLOCK_MONOTONIC);
	const __wasi_subscription_t subscription = {
		.u.tag = __WASI_EVENTTYPE_CLOCK,
		.u.u.clock = {.id = clock->id,
			      .timeout = wanted,
			      .flags = flags ? __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME : 0},
	};
	sync_variables();
	const int error = wait_until_over(&subscription);
	sync_variables();

	/* A handler may have run longer than the sleep would have lasted: interrupted all the same. */
	if (error == EINTR && rest && !flags)
		*rest = timespec_of(wanted - (now_ns(CLOCK_MONOTONIC) - begin));
	return error;
}

int nanosleep(const struct timespec *request, struct timespec *rest)
{
	const int error = clock_nanosleep(CLOCK_REALTIME, 0, request, rest);

	if (!error)
		return 0;
	errno = error;
	return -1;
}

int usleep(unsigned time_us)
{
	const struct timespec time = {.tv_sec = time_us / 1000000, .tv_nsec = time_us % 1000000 * 1000};

	return nanosleep(&time, NULL);
}

unsigned sleep(unsigned seconds)
{
	struct timespec time = {.tv_sec = seconds};

	return nanosleep(&time, &time) ? time.tv_sec : 0;
}
