/* A tool that ends by its handler, wherever it is; the first argument says where. It says "ready" there, and prints its
 * last line after its loop, as tools do. Without an argument it checks itself. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <wasm_bpf/abi.h>

#include "check.h"
#include "signals.skel.h"

static volatile sig_atomic_t exiting, count;

static void handler(int number)
{
	exiting = number;
	count++;
}

static void ready(void)
{
	puts("ready");
	fflush(stdout);
}

/* Not restarting, as read() otherwise goes on. */
static void handle(int number, void (*run)(int))
{
	struct sigaction action = {.sa_handler = run};

	CHECK(!sigaction(number, &action, NULL));
}

/* --- where a signal finds it --- */

static void in_sleep(void)
{
	ready();
	const unsigned rest = sleep(1000);
	CHECK(exiting && rest > 900 && rest <= 1000);
}

static void in_nanosleep(void)
{
	struct timespec time = {.tv_sec = 1000, .tv_nsec = 1};

	ready();
	CHECK(nanosleep(&time, &time) == -1 && errno == EINTR);
	CHECK(exiting && time.tv_sec > 900 && time.tv_sec <= 1000);
}

static void in_usleep(void)
{
	ready();
	CHECK(usleep(1000000000) == -1 && errno == EINTR && exiting);
}

static void in_pause(void)
{
	ready();
	CHECK(pause() == -1 && errno == EINTR && exiting);
}

static void in_poll(void)
{
	struct pollfd input = {.fd = 0, .events = POLLIN};

	ready();
	CHECK(poll(&input, 1, -1) == -1 && errno == EINTR && exiting);
}

static void in_select(void)
{
	fd_set inputs;

	FD_ZERO(&inputs);
	FD_SET(0, &inputs);
	ready();
	CHECK(select(1, &inputs, NULL, NULL, NULL) == -1 && errno == EINTR && exiting);
}

static void in_read(void)
{
	char byte;

	ready();
	CHECK(read(0, &byte, 1) == -1 && errno == EINTR && exiting);
}

/* signal() has reads go on: the byte that comes after the signal is read. */
static void in_restarted_read(void)
{
	char byte = 0;

	signal(SIGINT, handler);
	ready();
	CHECK(read(0, &byte, 1) == 1 && byte == 'x');
	while (!exiting) /* the byte may well be faster */
		;
}

static void in_computation(void)
{
	uint64_t turns = 0;

	ready();
	do
		turns++;
	while (!exiting);
	CHECK(turns > 0);
}

static struct signals_bpf *load(void)
{
	struct signals_bpf *object = signals_bpf__open_and_load();

	CHECK(object);
	return object;
}

static int on_event(void *context, void *data, size_t size)
{
	(void)context, (void)data, (void)size;
	return 0;
}

static void in_ring_buffer_poll(void)
{
	struct signals_bpf *object = load();
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(object->maps.events), on_event, NULL, NULL);

	CHECK(ring);
	ready();
	CHECK(ring_buffer__poll(ring, -1) == -EINTR && exiting);
	ring_buffer__free(ring);
	signals_bpf__destroy(object);
}

static void on_sample(void *context, int cpu, void *data, uint32_t size)
{
	(void)context, (void)cpu, (void)data, (void)size;
}

static void in_perf_buffer_poll(void)
{
	struct signals_bpf *object = load();
	struct perf_buffer *buffer =
		perf_buffer__new(bpf_map__fd(object->maps.perf_events), 4, on_sample, NULL, NULL, NULL);

	CHECK(buffer);
	ready();
	CHECK(perf_buffer__poll(buffer, -1) == -EINTR && exiting);
	perf_buffer__free(buffer);
	signals_bpf__destroy(object);
}

static void put(struct signals_bpf *object)
{
	uint8_t packet[64] = {7};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet));

	CHECK(!bpf_prog_test_run_opts(bpf_program__fd(object->progs.put), &run) && run.retval == XDP_DROP);
}

static int compute_on_event(void *context, void *data, size_t size)
{
	(void)data, (void)size;
	ready();
	while (!exiting)
		;
	*(int *)context += 1;
	return 0;
}

static void in_callback(void)
{
	struct signals_bpf *object = load();
	int events = 0;
	struct ring_buffer *ring =
		ring_buffer__new(bpf_map__fd(object->maps.events), compute_on_event, &events, NULL);

	CHECK(ring);
	put(object);
	CHECK(ring_buffer__poll(ring, -1) == 1 && events == 1);
	ring_buffer__free(ring);
	signals_bpf__destroy(object);
}

static void in_test_run(void)
{
	struct signals_bpf *object = load();
	uint8_t packet[64] = {7};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet), .repeat = 1 << 30);

	ready();
	CHECK(bpf_prog_test_run_opts(bpf_program__fd(object->progs.put), &run) == -EINTR && exiting);
	signals_bpf__destroy(object);
}

/* As the tools' main loops are. */
static void in_loop(void)
{
	struct signals_bpf *object = load();
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(object->maps.events), on_event, NULL, NULL);
	int error = 0;

	CHECK(ring);
	signal(SIGINT, handler);
	signal(SIGTERM, handler);
	ready();
	while (!exiting) {
		error = ring_buffer__poll(ring, 100);
		if (error == -EINTR) {
			error = 0;
			break;
		}
		if (error < 0) {
			printf("Error polling ring buffer: %d\n", error);
			break;
		}
	}
	ring_buffer__free(ring);
	signals_bpf__destroy(object);
	CHECK(!error);
}

static void in_wait(void)
{
	sigset_t set;
	int number;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	ready();
	CHECK(!sigwait(&set, &number) && !exiting);
	exiting = number;
}

/* Goes on after the first signal, as natively; ends at the third. */
static void in_spite_of_it(void)
{
	ready();
	for (int said = 0; count < 3;) {
		if (said == count)
			continue;
		said = count;
		printf("signal %d\n", said);
		fflush(stdout);
	}
}

static void ignoring(void)
{
	const struct sigaction ending = { .sa_handler = handler }; /* without SA_RESTART: it ends the read */
	char byte;

	signal(SIGINT, SIG_IGN);
	sigaction(SIGTERM, &ending, NULL);
	ready();
	while (!exiting) {
		const ssize_t bytes = read(0, &byte, 1);
		CHECK(bytes == 1 ? byte == 'x' : exiting && errno == EINTR);
	}
}

/* Ends with 7 where a write failed with EPIPE. */
static void with_broken_pipe(void)
{
	signal(SIGPIPE, SIG_IGN);
	ready();
	for (;;)
		if (write(1, "x", 1) == -1)
			exit(errno == EPIPE ? 7 : 8);
}

/* HUP has the action that the process was started with. */
static void with_inherited_action(void)
{
	struct sigaction action;

	CHECK(!sigaction(SIGHUP, NULL, &action) && action.sa_handler == SIG_IGN);
	CHECK(signal(SIGHUP, SIG_IGN) == SIG_IGN);
	in_sleep();
}

static void by_default(void)
{
	signal(SIGINT, SIG_DFL);
	ready();
	sleep(1000);
}

/* --- hostile handlers --- */

static void loop(int number)
{
	(void)number;
	puts("in the handler");
	fflush(stdout);
	for (;;)
		;
}

static void sleep_on(int number)
{
	(void)number;
	puts("in the handler");
	fflush(stdout);
	for (;;)
		sleep(1000);
}

static void trap(int number)
{
	(void)number;
	__builtin_trap();
}

static void leave(int number)
{
	exit(number + 40);
}

static void raise_again(int number)
{
	raise(number);
}

static void with_looping_handler(void)
{
	handle(SIGINT, loop);
	in_computation();
}

static void with_looping_handler_of_one(void)
{
	signal(SIGQUIT, SIG_DFL);
	with_looping_handler();
}

static void with_sleeping_handler(void)
{
	handle(SIGINT, sleep_on);
	in_sleep();
}

static void with_trapping_handler(void)
{
	handle(SIGINT, trap);
	in_computation();
}

static void with_trapping_handler_in_sleep(void)
{
	handle(SIGINT, trap);
	in_sleep();
}

static void with_leaving_handler(void)
{
	handle(SIGINT, leave);
	in_computation();
}

static void with_leaving_handler_in_sleep(void)
{
	handle(SIGINT, leave);
	in_sleep();
}

/* Without end: SA_NODEFER. */
static void with_recursive_handler(void)
{
	struct sigaction action = {.sa_handler = raise_again, .sa_flags = SA_NODEFER};

	CHECK(!sigaction(SIGINT, &action, NULL));
	in_computation();
}

/* --- what can be checked without anybody else --- */

static void check_results(void)
{
	struct sigaction action = {.sa_handler = handler}, before;

	CHECK(signal(0, handler) == SIG_ERR && errno == EINVAL);
	CHECK(signal(65, handler) == SIG_ERR && errno == EINVAL);
	CHECK(signal(SIGKILL, handler) == SIG_ERR && errno == EINVAL);
	CHECK(sigaction(SIGSTOP, &action, NULL) == -1 && errno == EINVAL);
	CHECK(raise(99) == -1 && errno == EINVAL);
	CHECK(signal(SIGUSR1, handler) == SIG_DFL);
	CHECK(signal(SIGUSR1, SIG_IGN) == handler);
	CHECK(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
	CHECK(!sigaction(SIGUSR1, &action, &before) && before.sa_handler == SIG_DFL);
	CHECK(!sigaction(SIGUSR1, NULL, &before) && before.sa_handler == handler);
	CHECK(kill(getpid() + 1, SIGTERM) == -1 && errno == EPERM);
	CHECK(!kill(getpid(), 0));
}

static void check_raise(void)
{
	count = 0;
	signal(SIGUSR1, handler);
	signal(SIGUSR2, SIG_IGN);
	CHECK(!raise(SIGUSR1) && count == 1 && exiting == SIGUSR1);
	CHECK(!kill(getpid(), SIGUSR1) && count == 2);
	CHECK(!raise(SIGUSR2) && !raise(SIGCHLD) && count == 2);
}

static volatile int depth, deepest;

static void nested(int number)
{
	if (++depth > deepest)
		deepest = depth;
	if (number == SIGUSR1 && count++ < 3) {
		raise(SIGUSR1); /* waits until this one is over */
		raise(SIGUSR2); /* runs at once */
	}
	depth--;
}

static void check_nesting(void)
{
	count = 0;
	handle(SIGUSR1, nested);
	handle(SIGUSR2, nested);
	CHECK(!raise(SIGUSR1));
	CHECK(count == 4 && deepest == 2 && depth == 0);
}

static siginfo_t last_info;

static void with_info(int number, siginfo_t *info, void *context)
{
	(void)number, (void)context;
	last_info = *info;
	count++;
}

static void check_flags(void)
{
	struct sigaction action = {.sa_sigaction = with_info, .sa_flags = SA_SIGINFO | SA_RESETHAND}, now;

	count = 0;
	CHECK(!sigaction(SIGWINCH, &action, NULL));
	CHECK(!raise(SIGWINCH) && count == 1 && last_info.si_signo == SIGWINCH);
	CHECK(!sigaction(SIGWINCH, NULL, &now) && now.sa_handler == SIG_DFL);
	CHECK(!raise(SIGWINCH) && count == 1);
}

static void check_mask(void)
{
	sigset_t set, before, pending;

	count = 0;
	signal(SIGUSR1, handler);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(sigismember(&set, SIGUSR1) == 1 && sigismember(&set, SIGUSR2) == 0 && sigismember(&set, 0) == -1);
	CHECK(!sigprocmask(SIG_BLOCK, &set, &before) && !sigismember(&before, SIGUSR1));
	CHECK(!raise(SIGUSR1) && !raise(SIGUSR1) && count == 0);
	CHECK(!sigpending(&pending) && sigismember(&pending, SIGUSR1) == 1);
	CHECK(sleep(0) == 0); /* what is blocked ends no wait */
	CHECK(!sigprocmask(SIG_UNBLOCK, &set, NULL) && count == 1); /* twice sent, once there */
	CHECK(!sigpending(&pending) && sigismember(&pending, SIGUSR1) == 0);

	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL) && !raise(SIGUSR1));
	signal(SIGUSR1, SIG_IGN); /* forgets it */
	signal(SIGUSR1, handler);
	CHECK(!sigprocmask(SIG_SETMASK, &before, NULL) && count == 1);

	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL) && !raise(SIGUSR1));
	CHECK(sigsuspend(&before) == -1 && errno == EINTR && count == 2);
	CHECK(!sigprocmask(SIG_BLOCK, NULL, &set) && sigismember(&set, SIGUSR1) == 1);
	CHECK(!sigprocmask(SIG_SETMASK, &before, NULL));
	CHECK(sigprocmask(7, &set, NULL) == -1 && errno == EINVAL);
}

static void check_wait(void)
{
	const struct timespec soon = {.tv_nsec = 1000000}, wrong = {.tv_nsec = -1};
	siginfo_t info;
	sigset_t set;

	count = 0;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(!sigprocmask(SIG_BLOCK, &set, NULL));
	CHECK(sigtimedwait(&set, &info, &soon) == -1 && errno == EAGAIN);
	CHECK(sigtimedwait(&set, &info, &wrong) == -1 && errno == EINVAL);
	CHECK(!raise(SIGUSR1) && sigtimedwait(&set, &info, &soon) == SIGUSR1 && info.si_signo == SIGUSR1);
	CHECK(!raise(SIGUSR1) && sigwaitinfo(&set, NULL) == SIGUSR1 && count == 0);
	signal(SIGALRM, handler);
	ualarm(1000, 10000);
	CHECK(sigwaitinfo(&set, NULL) == -1 && errno == EINTR && count > 0);
	ualarm(0, 0);
	CHECK(!sigprocmask(SIG_UNBLOCK, &set, NULL));
}

static void check_alarm(void)
{
	struct itimerval timer = {.it_value.tv_usec = 1000, .it_interval.tv_usec = 1000}, now;

	count = 0;
	signal(SIGALRM, handler);
	CHECK(alarm(100) == 0 && alarm(50) == 100 && alarm(0) == 50 && alarm(0) == 0);
	CHECK(!setitimer(ITIMER_REAL, &timer, NULL));
	while (count < 5)
		CHECK(pause() == -1 && errno == EINTR);
	CHECK(!getitimer(ITIMER_REAL, &now) && now.it_interval.tv_usec == 1000 && now.it_value.tv_usec <= 1000);
	memset(&timer, 0, sizeof(timer));
	CHECK(!setitimer(ITIMER_REAL, &timer, &now) && now.it_interval.tv_usec == 1000);
	CHECK(!getitimer(ITIMER_REAL, &now) && now.it_value.tv_sec == 0 && now.it_value.tv_usec == 0);
	CHECK(setitimer(ITIMER_PROF, &timer, NULL) == -1 && errno == EINVAL);
}

/* Small enough for the red zone: a leaf whose array lies below the stack pointer. The mixing wants every element. */
__attribute__((noinline)) static uint32_t mix(uint32_t seed, uint32_t turns)
{
	volatile uint32_t state[24];

	for (uint32_t i = 0; i < 24; i++)
		state[i] = seed + i;
	for (uint32_t turn = 0; turn < turns; turn++)
		state[turn % 24] += state[(turn + 7) % 24] * 2654435761u + (state[(turn + 13) % 24] >> 3);
	uint32_t sum = 0;
	for (uint32_t i = 0; i < 24; i++)
		sum = sum * 31 + state[i];
	return sum;
}

/* Writes over as much of the stack as it can get. */
static void use_stack(int number)
{
	volatile char area[4096];

	(void)number;
	for (size_t i = 0; i < sizeof(area); i++)
		area[i] = 0x5a;
	count++;
}

static void check_red_zone(void)
{
	const uint32_t turns = 100000;
	const struct itimerval often = {.it_value.tv_usec = 100, .it_interval.tv_usec = 100}, never = {0};
	const uint32_t right = mix(1, turns);

	count = 0;
	signal(SIGALRM, use_stack);
	CHECK(!setitimer(ITIMER_REAL, &often, NULL));
	while (count < 500)
		CHECK(mix(1, turns) == right);
	CHECK(!setitimer(ITIMER_REAL, &never, NULL));
}

static void everything(int number)
{
	struct signals_bpf *object = load();
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(object->maps.events), on_event, NULL, NULL);

	CHECK(number == SIGALRM && ring);
	put(object);
	CHECK(ring_buffer__poll(ring, 100) == 1);
	ring_buffer__free(ring);
	signals_bpf__destroy(object);
	char *text = malloc(1000);
	CHECK(text && snprintf(text, 1000, "%d", number) == 2);
	free(text);
	count++;
}

static wasm_bpf_handle rings;

static void close_rings(int number)
{
	(void)number;
	wasm_bpf_close(rings);
	count++;
}

/* Handlers that load, wait and close while the guest itself waits for what they close. */
static void check_handlers_that_call(void)
{
	count = 0;
	signal(SIGALRM, everything);
	ualarm(1000, 0);
	while (!count)
		;
	ualarm(1000, 200000); /* again where it came too early */
	CHECK(usleep(100000000) == -1 && errno == EINTR && count > 1);
	ualarm(0, 0);

	rings = wasm_bpf_ring_open();
	CHECK(rings > 0);
	signal(SIGALRM, close_rings);
	raise(SIGALRM);
	CHECK(wasm_bpf_ring_wait(rings, 0) == -EBADF);
	rings = wasm_bpf_ring_open();
	ualarm(1000, 200000);
	CHECK(wasm_bpf_ring_wait(rings, -1) == -EINTR);
	ualarm(0, 0);
}

static void check_itself(void)
{
	check_results();
	check_raise();
	check_nesting();
	check_flags();
	check_mask();
	check_wait();
	check_alarm();
	check_red_zone();
	check_handlers_that_call();
	signal(SIGALRM, handler);
	ualarm(1000, 1000); /* ends with the guest */
	raise(SIGKILL);
	CHECK(false);
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{"sleep", in_sleep},
	{"nanosleep", in_nanosleep},
	{"usleep", in_usleep},
	{"pause", in_pause},
	{"poll", in_poll},
	{"select", in_select},
	{"read", in_read},
	{"restarted_read", in_restarted_read},
	{"computation", in_computation},
	{"ring_buffer_poll", in_ring_buffer_poll},
	{"perf_buffer_poll", in_perf_buffer_poll},
	{"callback", in_callback},
	{"test_run", in_test_run},
	{"loop", in_loop},
	{"wait", in_wait},
	{"in_spite_of_it", in_spite_of_it},
	{"ignoring", ignoring},
	{"broken_pipe_ignored", with_broken_pipe},
	{"inherited_action", with_inherited_action},
	{"by_default", by_default},
	{"looping_handler", with_looping_handler},
	{"looping_handler_of_one", with_looping_handler_of_one},
	{"sleeping_handler", with_sleeping_handler},
	{"trapping_handler", with_trapping_handler},
	{"trapping_handler_in_sleep", with_trapping_handler_in_sleep},
	{"leaving_handler", with_leaving_handler},
	{"leaving_handler_in_sleep", with_leaving_handler_in_sleep},
	{"recursive_handler", with_recursive_handler},
};

int main(int argc, char **argv)
{
	static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH};

	if (argc < 2)
		check_itself();
	for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
		if (handled[i] != SIGHUP || strcmp(argv[1], "inherited_action") != 0)
			handle(handled[i], handler);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strcmp(cases[i].name, argv[1]) != 0)
			continue;
		cases[i].run();
		printf("last line after signal %d\n", exiting);
		return 0;
	}
	return 2;
}
