#include "command/stop_watch.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <climits>
#include <cstdint>

#include <fmt/format.h>

#include "bpf/left_overs.hpp"
#include "command/exit_codes.hpp"

namespace wasm_bpf::command {
namespace {

constexpr std::chrono::seconds grace{2};

// For poll: -1 for no deadline, rounded up, and no more than an int holds, 24 days.
int milliseconds_until(const std::optional<std::chrono::steady_clock::time_point>& deadline) {
    if (!deadline) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
}

}  // namespace

StopWatch::StopWatch() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH}) {
        sigaddset(&signals, signal);
        // Of a blocked signal, signalfd tells even where it is ignored.
        struct sigaction inherited;
        if (sigaction(signal, nullptr, &inherited) == 0 && inherited.sa_handler == SIG_IGN) ignored_.push_back(signal);
    }
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    signal(SIGPIPE, SIG_IGN);
    signals_.reset(signalfd(-1, &signals, SFD_CLOEXEC));
    done_.reset(eventfd(0, EFD_CLOEXEC));
}

void StopWatch::finish() {
    if (!thread_.joinable()) return;
    const std::uint64_t one = 1;
    std::ignore = ::write(done_.get(), &one, sizeof(one));
    thread_.join();
}

void StopWatch::start(std::optional<std::chrono::milliseconds> timeout, std::function<bool(int)> signal,
                      std::function<void()> stop) {
    signal_ = std::move(signal);
    stop_ = std::move(stop);
    Deadline deadline;
    constexpr std::chrono::years long_enough{100};
    if (timeout)
        deadline = std::chrono::steady_clock::now() + std::min<std::chrono::milliseconds>(*timeout, long_enough);
    thread_ = std::thread([this, deadline] { watch(deadline); });
}

std::optional<int> StopWatch::wait_for_reason(const Deadline& deadline) {
    pollfd watched[] = {{signals_.get(), POLLIN, 0}, {done_.get(), POLLIN, 0}};
    for (;;) {
        const int ready = ::poll(watched, 2, milliseconds_until(deadline));
        if (ready < 0 || watched[1].revents != 0) return std::nullopt;
        if (ready == 0) {
            if (milliseconds_until(deadline) != 0) continue;
            timed_out_ = true;
            stop_();
            return exit_timeout;
        }
        signalfd_siginfo info;
        if (::read(signals_.get(), &info, sizeof(info)) != sizeof(info)) return std::nullopt;
        const int number = static_cast<int>(info.ssi_signo);
        if (signal_(number)) return exit_signal + number;
    }
}

void StopWatch::watch(const Deadline& deadline) {
    const std::optional<int> exit_code = wait_for_reason(deadline);
    if (!exit_code) return;
    pollfd done{done_.get(), POLLIN, 0};
    if (::poll(&done, 1, std::chrono::milliseconds(grace).count()) != 0) return;
    fmt::print(stderr, "wasm-bpf: the guest did not end within {} s; leaving without it\n", grace.count());
    bpf::remove_own_left_overs();
    _exit(*exit_code);
}

}  // namespace wasm_bpf::command
