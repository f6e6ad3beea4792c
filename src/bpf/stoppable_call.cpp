#include "bpf/stoppable_call.hpp"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "bpf/fd.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr std::size_t stack_bytes = 256 << 10;

struct Work {
    void (*call)(void*);
    void* context;
    pid_t parent;
};

int run(void* argument) {
    const Work& work = *static_cast<const Work*>(argument);
    // This process must not outlive one that is killed.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() == work.parent) work.call(work.context);
    return 0;
}

// Both share errno and the rest of the thread's own memory: this thread only waits, and no signal's handler runs in
// either.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_;
};

CallEnd wait(int process, int stop_fd) {
    std::array<pollfd, 2> waited{{{process, POLLIN, 0}, {stop_fd, POLLIN, 0}}};
    while (::poll(waited.data(), waited.size(), -1) <= 0) {
    }
    const bool stopped = (waited[0].revents & POLLIN) == 0;
    if (stopped) ::syscall(SYS_pidfd_send_signal, process, SIGKILL, nullptr, 0);
    siginfo_t info;
    while (::waitid(static_cast<idtype_t>(P_PIDFD), static_cast<id_t>(process), &info, WEXITED | __WALL) != 0 &&
           errno == EINTR) {
    }
    return stopped ? CallEnd::stopped : CallEnd::returned;
}

}  // namespace

Result<CallEnd> stoppable_call(void (*call)(void*), void* context, int stop_fd) {
    void* stack = ::mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return std::unexpected(errno_error(errno, "memory for a process"));
    Work work{call, context, ::getpid()};
    int process = -1;
    // No exit signal: only who asks for it (__WALL) gets to see its end.
    const SignalsBlocked blocked;
    const int pid = ::clone(run, static_cast<std::byte*>(stack) + stack_bytes, CLONE_VM | CLONE_FILES | CLONE_PIDFD,
                            &work, &process);
    const int error = errno;
    const Fd owned(process);
    Result<CallEnd> end = CallEnd::returned;
    if (pid < 0)
        end = std::unexpected(errno_error(error, "start a process"));
    else
        end = wait(process, stop_fd);
    ::munmap(stack, stack_bytes);
    return end;
}

}  // namespace wasm_bpf::bpf
