/* Signals of a guest. What is done about them, and which are blocked, the host knows; here are the handlers. A module
 * that uses none of this has none of the imports. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <wasm_bpf/abi.h>

#define SECOND_NS 1000000000ull

static struct sigaction actions[_NSIG];
static sigset_t interrupting; /* siginterrupt: signal() is to interrupt reads */

static int result(int32_t code)
{
	if (code >= 0)
		return code;
	errno = -code;
	return -1;
}

static uint64_t bit(int number)
{
	return 1ull << (number - 1);
}

static bool is_signal(int number)
{
	if (number >= 1 && number < _NSIG)
		return true;
	errno = EINVAL;
	return false;
}

__attribute__((used)) static void wasm_bpf__handle_signal(int number)
{
	const struct sigaction action = actions[number];

	if (action.sa_flags & SA_RESETHAND)
		signal(number, SIG_DFL);
	if (action.sa_flags & SA_SIGINFO) {
		siginfo_t info = {.si_signo = number, .si_code = SI_USER};
		action.sa_sigaction(number, &info, NULL);
	} else {
		action.sa_handler(number);
	}
}

/* What the host calls, wherever the guest is: entry of its table, and no export, which a linker wraps in the calls that begin and
 * end a program. A function of LLVM's that calls none keeps up to 128 bytes of its own below the stack pointer ("red
 * zone"): they are stepped over first, by code that uses no memory itself. */
int32_t wasm_bpf__run_handler(int32_t number, int32_t unused, int32_t also_unused);
__asm__("	.globaltype	__stack_pointer, i32\n"
	"	.functype	wasm_bpf__handle_signal (i32) -> ()\n"
	"	.section	.text.wasm_bpf__run_handler,\"\",@\n"
	"	.globl		wasm_bpf__run_handler\n"
	"	.hidden		wasm_bpf__run_handler\n"
	"	.type		wasm_bpf__run_handler,@function\n"
	"wasm_bpf__run_handler:\n"
	"	.functype	wasm_bpf__run_handler (i32, i32, i32) -> (i32)\n"
	"	.local		i32\n"
	"	global.get	__stack_pointer\n"
	"	local.tee	3\n"
	"	i32.const	128\n"
	"	i32.sub\n"
	"	global.set	__stack_pointer\n"
	"	local.get	0\n"
	"	call		wasm_bpf__handle_signal\n"
	"	local.get	3\n"
	"	global.set	__stack_pointer\n"
	"	i32.const	0\n"
	"	end_function\n");

static int action_kind(const struct sigaction *action)
{
	if (action->sa_handler == SIG_DFL)
		return WASM_BPF_SIGNAL_DEFAULT;
	if (action->sa_handler == SIG_IGN)
		return WASM_BPF_SIGNAL_IGNORE;
	return action->sa_flags & SA_RESTART ? WASM_BPF_SIGNAL_HANDLE_AND_RESTART : WASM_BPF_SIGNAL_HANDLE;
}

/* The host has the new action before or after the handler is there, and the signal may come in between: blocked meanwhile. */
int sigaction(int number, const struct sigaction *restrict action, struct sigaction *restrict before)
{
	if (!is_signal(number))
		return -1;
	const uint64_t blocked = wasm_bpf_signal_mask(WASM_BPF_SIGNAL_BLOCK, bit(number));
	const struct sigaction old = actions[number];
	const uint64_t own = action && !(action->sa_flags & SA_NODEFER) ? bit(number) : 0;
	const int kind = wasm_bpf_signal_action(number, action ? action_kind(action) : WASM_BPF_SIGNAL_AS_IT_IS,
						action ? action->sa_mask.__signals | own : 0,
						(uint32_t)(uintptr_t)wasm_bpf__run_handler);

	if (kind >= 0 && action)
		actions[number] = *action;
	if (kind >= 0 && before) {
		*before = old;
		/* As the process was started to, by nohup for one. */
		if (kind == WASM_BPF_SIGNAL_IGNORE)
			before->sa_handler = SIG_IGN;
	}
	wasm_bpf_signal_mask(WASM_BPF_SIGNAL_SET_MASK, blocked);
	return result(kind < 0 ? kind : 0);
}

sighandler_t signal(int number, sighandler_t handler)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
	struct sigaction before;

	if (!is_signal(number))
		return SIG_ERR;
	if (interrupting.__signals & bit(number))
		action.sa_flags = 0;
	return sigaction(number, &action, &before) ? SIG_ERR : before.sa_handler;
}

sighandler_t bsd_signal(int number, sighandler_t handler)
{
	return signal(number, handler);
}

int siginterrupt(int number, int interrupts)
{
	struct sigaction action;

	if (sigaction(number, NULL, &action))
		return -1;
	if (interrupts) {
		sigaddset(&interrupting, number);
		action.sa_flags &= ~SA_RESTART;
	} else {
		sigdelset(&interrupting, number);
		action.sa_flags |= SA_RESTART;
	}
	return sigaction(number, &action, NULL);
}

int raise(int number)
{
	return result(wasm_bpf_signal_raise(number));
}

/* A guest reaches no process but itself. */
int kill(pid_t process, int number)
{
	if (process != getpid() && process != 0) {
		errno = EPERM;
		return -1;
	}
	return number ? raise(number) : 0;
}

int killpg(pid_t group, int number)
{
	return kill(-group, number);
}

int sigemptyset(sigset_t *set)
{
	set->__signals = 0;
	return 0;
}

int sigfillset(sigset_t *set)
{
	set->__signals = ~0ull;
	return 0;
}

int sigaddset(sigset_t *set, int number)
{
	if (!is_signal(number))
		return -1;
	set->__signals |= bit(number);
	return 0;
}

int sigdelset(sigset_t *set, int number)
{
	if (!is_signal(number))
		return -1;
	set->__signals &= ~bit(number);
	return 0;
}

int sigismember(const sigset_t *set, int number)
{
	return is_signal(number) ? (set->__signals & bit(number)) != 0 : -1;
}

/* An error number, not -1. */
int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict before)
{
	if (set && (how < SIG_BLOCK || how > SIG_SETMASK))
		return EINVAL;
	const uint64_t old = wasm_bpf_signal_mask(set ? how : -1, set ? set->__signals : 0);
	if (before)
		before->__signals = old;
	return 0;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict before)
{
	const int error = pthread_sigmask(how, set, before);

	if (error)
		errno = error;
	return error ? -1 : 0;
}

int sigpending(sigset_t *set)
{
	set->__signals = wasm_bpf_signal_pending();
	return 0;
}

int sigsuspend(const sigset_t *set)
{
	return result(wasm_bpf_signal_suspend(set->__signals));
}

/* Of global_data.c where the guest has global variables of BPF programs: who pauses waits for them. */
__attribute__((weak)) int wasm_bpf__sync(void);

int pause(void)
{
	if (wasm_bpf__sync)
		wasm_bpf__sync();
	const int interrupted = result(wasm_bpf_signal_suspend(wasm_bpf_signal_mask(-1, 0)));
	const int saved = errno;

	if (wasm_bpf__sync)
		wasm_bpf__sync();
	errno = saved;
	return interrupted;
}

static int wait_for(const sigset_t *set, siginfo_t *info, uint64_t timeout_ns)
{
	const int number = result(wasm_bpf_signal_wait(set->__signals, timeout_ns));

	if (number > 0 && info)
		*info = (siginfo_t){.si_signo = number, .si_code = SI_USER};
	return number;
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict timeout)
{
	if (!timeout)
		return wait_for(set, info, WASM_BPF_FOR_EVER);
	if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= (long)SECOND_NS) {
		errno = EINVAL;
		return -1;
	}
	return wait_for(set, info, timeout->tv_sec * SECOND_NS + timeout->tv_nsec);
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
	return wait_for(set, info, WASM_BPF_FOR_EVER);
}

int sigwait(const sigset_t *restrict set, int *restrict number)
{
	while ((*number = wait_for(set, NULL, WASM_BPF_FOR_EVER)) < 0) {
		if (errno != EINTR)
			return errno;
	}
	return 0;
}

static uint64_t alarm_interval_ns;

static uint64_t ns_of(const struct timeval *time)
{
	return time->tv_sec * SECOND_NS + time->tv_usec * 1000ull;
}

static struct timeval timeval_of(uint64_t ns)
{
	return (struct timeval){.tv_sec = ns / SECOND_NS, .tv_usec = ns % SECOND_NS / 1000};
}

/* What is left, rounded up so that it is never 0. */
static uint64_t set_alarm(uint64_t first_ns, uint64_t interval_ns, uint64_t unit_ns)
{
	const uint64_t left = wasm_bpf_signal_alarm(first_ns, interval_ns);

	if (first_ns != WASM_BPF_ALARM_AS_IT_IS)
		alarm_interval_ns = interval_ns;
	return (left + unit_ns - 1) / unit_ns;
}

unsigned alarm(unsigned seconds)
{
	return set_alarm(seconds * SECOND_NS, 0, SECOND_NS);
}

unsigned ualarm(unsigned first_us, unsigned interval_us)
{
	return set_alarm(first_us * 1000ull, interval_us * 1000ull, 1000);
}

static bool is_real_timer(int which)
{
	if (which == ITIMER_REAL)
		return true;
	errno = EINVAL;
	return false;
}

int getitimer(int which, struct itimerval *value)
{
	if (!is_real_timer(which))
		return -1;
	value->it_value = timeval_of(set_alarm(WASM_BPF_ALARM_AS_IT_IS, 0, 1000) * 1000);
	value->it_interval = timeval_of(alarm_interval_ns);
	return 0;
}

int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict before)
{
	struct itimerval old = {.it_interval = timeval_of(alarm_interval_ns)};

	if (!is_real_timer(which))
		return -1;
	old.it_value = timeval_of(set_alarm(ns_of(&value->it_value), ns_of(&value->it_interval), 1000) * 1000);
	if (before)
		*before = old;
	return 0;
}
