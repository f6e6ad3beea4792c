#include "cli/stop_watch.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

#include <cstdint>

#include <fmt/format.h>

#include "bpf/left_overs.hpp"
#include "cli/exit_codes.hpp"

namespace wasm_bpf::cli {
namespace {

constexpr std::chrono::seconds grace{2};

}  // namespace

StopWatch::StopWatch() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
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

void StopWatch::start(std::optional<std::chrono::milliseconds> timeout, std::function<void()> stop) {
    stop_ = std::move(stop);
    thread_ = std::thread([this, timeout] { watch(timeout); });
}

void StopWatch::watch(std::optional<std::chrono::milliseconds> timeout) {
    pollfd watched[] = {{signals_.get(), POLLIN, 0}, {done_.get(), POLLIN, 0}};
    // An int of milliseconds ends after 24 days.
    const auto ms = timeout.value_or(std::chrono::milliseconds(0)).count();
    const timespec limit{ms / 1000, ms % 1000 * 1'000'000};
    if (::ppoll(watched, 2, timeout ? &limit : nullptr, nullptr) < 0 || watched[1].revents != 0) return;
    if (watched[0].revents != 0) {
        signalfd_siginfo info;
        if (::read(signals_.get(), &info, sizeof(info)) != sizeof(info)) return;
        exit_code_ = exit_signal + static_cast<int>(info.ssi_signo);
    } else {
        exit_code_ = exit_timeout;
    }
    stop_();
    if (::poll(&watched[1], 1, std::chrono::milliseconds(grace).count()) != 0) return;
    fmt::print(stderr, "wasm-bpf: the guest did not end within {} s; leaving without it\n", grace.count());
    bpf::remove_own_left_overs();
    _exit(exit_code_);
}

}  // namespace wasm_bpf::cli
