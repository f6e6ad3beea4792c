// A guest's signals: what it does about each, which it blocks, and the timer for SIGALRM. Its handlers are run by the
// host, through the guest's table or export (Host::run_handlers).

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <chrono>

#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;
using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

// A century, so that no clock overflows.
nanoseconds duration_of(std::uint64_t ns) {
    return nanoseconds(std::min<std::uint64_t>(ns, std::uint64_t{100} * 366 * 24 * 3600 * 1'000'000'000));
}

Result<> check_signal(int number) {
    if (number >= 1 && number <= max_signal) return {};
    return fail(EINVAL, fmt::format("{} is no signal", number));
}

I32 number_of(const SignalAction& action) {
    switch (action.kind) {
        case SignalAction::Kind::by_default: return WASM_BPF_SIGNAL_DEFAULT;
        case SignalAction::Kind::ignore: return WASM_BPF_SIGNAL_IGNORE;
        case SignalAction::Kind::handle: break;
    }
    return action.restarts ? WASM_BPF_SIGNAL_HANDLE_AND_RESTART : WASM_BPF_SIGNAL_HANDLE;
}

Result<SignalAction> action_of(std::int32_t number, std::uint64_t blocked, std::uint32_t function) {
    using enum SignalAction::Kind;
    switch (number) {
        case WASM_BPF_SIGNAL_DEFAULT: return SignalAction{};
        case WASM_BPF_SIGNAL_IGNORE: return SignalAction{.kind = ignore};
        case WASM_BPF_SIGNAL_HANDLE: return SignalAction{handle, false, blocked, function};
        case WASM_BPF_SIGNAL_HANDLE_AND_RESTART: return SignalAction{handle, true, blocked, function};
        default: return fail(EINVAL, fmt::format("{} is no action on a signal", number));
    }
}

I32 signal_action(Host& host, std::int32_t number, std::int32_t action_number, std::uint64_t blocked,
                  std::uint32_t function) {
    if (auto known = check_signal(number); !known) return std::unexpected(std::move(known).error());
    if (action_number == WASM_BPF_SIGNAL_AS_IT_IS) return number_of(host.interrupts.action(number));
    auto action = action_of(action_number, blocked, function);
    if (!action) return std::unexpected(std::move(action).error());
    if (number == SIGKILL || number == SIGSTOP)
        return fail(EINVAL, fmt::format("nothing can be done about signal {}", number));
    return number_of(host.interrupts.set_action(number, *action));
}

Result<std::uint64_t> signal_mask(Host& host, std::int32_t how, std::uint64_t signals) {
    const SignalSet before = host.interrupts.blocked();
    switch (how) {
        case WASM_BPF_SIGNAL_BLOCK: host.interrupts.set_blocked(before | signals); break;
        case WASM_BPF_SIGNAL_UNBLOCK: host.interrupts.set_blocked(before & ~signals); break;
        case WASM_BPF_SIGNAL_SET_MASK: host.interrupts.set_blocked(signals); break;
        default: return before;
    }
    if (auto ran = host.run_handlers(); !ran) return std::unexpected(std::move(ran).error());
    return before;
}

Result<std::uint64_t> signal_pending(Host& host) { return host.interrupts.waiting(); }

Result<> signal_raise(Host& host, std::int32_t number) {
    if (auto known = check_signal(number); !known) return known;
    host.interrupts.signal(number);
    if (auto ran = host.run_handlers(); !ran) return std::unexpected(std::move(ran).error());
    return {};
}

// Until a signal is pending, or the guest is to end; false at the deadline.
Result<bool> wait_until(Host& host, std::optional<Clock::time_point> deadline) {
    pollfd watched{host.interrupts.fd(), POLLIN, 0};
    host.note_wait();
    for (;;) {
        if (host.interrupts.pending()) {
            auto resumes = host.resume_wait();
            if (!resumes) return resumes;
            if (!*resumes) return true;
        }
        timespec timeout{};
        if (deadline) {
            const auto left = std::max(nanoseconds(*deadline - Clock::now()), nanoseconds(0)).count();
            if (left == 0) return false;
            timeout = {left / 1'000'000'000, left % 1'000'000'000};
        }
        ::ppoll(&watched, 1, deadline ? &timeout : nullptr, nullptr);
    }
}

Result<> signal_suspend(Host& host, std::uint64_t blocked) {
    const SignalSet before = host.interrupts.set_blocked(blocked);
    const auto waited = wait_until(host, std::nullopt);
    auto ran = host.run_handlers();
    host.interrupts.set_blocked(before);
    if (!waited) return std::unexpected(waited.error());
    if (!ran) return std::unexpected(std::move(ran).error());
    return host.interrupted();
}

I32 signal_wait(Host& host, std::uint64_t signals, std::uint64_t timeout_ns) {
    std::optional<Clock::time_point> deadline;
    if (timeout_ns != WASM_BPF_FOR_EVER) deadline = Clock::now() + duration_of(timeout_ns);
    const SignalSet before = host.interrupts.await(signals);
    std::optional<int> taken = host.interrupts.take_one_of(signals);
    const Result<bool> in_time = taken ? Result<bool>(true) : wait_until(host, deadline);
    if (!taken) taken = host.interrupts.take_one_of(signals);
    host.interrupts.await(before);
    if (!in_time) return std::unexpected(in_time.error());
    if (taken) return *taken;
    if (!*in_time) return fail(EAGAIN, "no signal came in time");
    return host.interrupted();
}

Result<std::uint64_t> signal_alarm(Host& host, std::uint64_t first_ns, std::uint64_t interval_ns) {
    const auto left = first_ns == WASM_BPF_ALARM_AS_IT_IS
                          ? host.alarm_clock.left()
                          : host.alarm_clock.set(duration_of(first_ns), duration_of(interval_ns));
    return static_cast<std::uint64_t>(left.count());
}

}  // namespace

std::vector<engine::HostImport> signal_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<signal_action>(module, "signal_action"),   bind<signal_mask>(module, "signal_mask"),
        bind<signal_pending>(module, "signal_pending"), bind<signal_raise>(module, "signal_raise"),
        bind<signal_suspend>(module, "signal_suspend"), bind<signal_wait>(module, "signal_wait"),
        bind<signal_alarm>(module, "signal_alarm"),
    };
}

}  // namespace wasm_bpf::host_api
