#include "host_api/interrupts.hpp"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

namespace wasm_bpf::host_api {
namespace {

// Job control is the host process's affair: nothing stops or continues a guest alone.
constexpr SignalSet ignored_by_default = signal_bit(SIGCHLD) | signal_bit(SIGCONT) | signal_bit(SIGURG) |
                                         signal_bit(SIGWINCH) | signal_bit(SIGSTOP) | signal_bit(SIGTSTP) |
                                         signal_bit(SIGTTIN) | signal_bit(SIGTTOU);
constexpr SignalSet not_to_be_blocked = signal_bit(SIGKILL) | signal_bit(SIGSTOP);

bool is_ignored(int number, const SignalAction& action) {
    return action.kind == SignalAction::Kind::ignore ||
           (action.kind == SignalAction::Kind::by_default && (signal_bit(number) & ignored_by_default) != 0);
}

}  // namespace

Interrupts::Interrupts() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Interrupts::update_wake() {
    const bool wanted = stopped() || (waiting_ & (~blocked_ | awaited_)) != 0 || has_tasks();
    if (wanted == pending_.load(std::memory_order_relaxed)) return;
    pending_.store(wanted, std::memory_order_release);
    std::uint64_t count = 1;
    std::ignore = wanted ? ::write(wake_.get(), &count, sizeof(count)) : ::read(wake_.get(), &count, sizeof(count));
}

void Interrupts::request_stop() {
    stopped_.store(true, std::memory_order_release);
    update_wake();
}

void Interrupts::end_by(int number) {
    if (!stopped()) ending_signal_.store(number, std::memory_order_release);
    request_stop();
}

void Interrupts::stop() noexcept {
    {
        const std::scoped_lock lock(mutex_);
        request_stop();
    }
    if (interrupt_engine) interrupt_engine();
}

bool Interrupts::signal(int number) noexcept {
    if (number < 1 || number > max_signal) return false;
    bool ends = false;
    {
        const std::scoped_lock lock(mutex_);
        const SignalAction& action = actions_[static_cast<std::size_t>(number - 1)];
        const bool blocked = (blocked_ & signal_bit(number)) != 0;
        if (!blocked && is_ignored(number, action)) return false;
        ends = !blocked && action.kind == SignalAction::Kind::by_default;
        if (ends) {
            end_by(number);
        } else {
            waiting_ |= signal_bit(number);
            update_wake();
        }
    }
    if (interrupt_engine) interrupt_engine();
    return ends;
}

void Interrupts::ask(TaskPlace place, Task task) {
    {
        const std::scoped_lock lock(mutex_);
        (place == TaskPlace::anywhere ? tasks_ : wait_tasks_).push_back(std::move(task));
        update_wake();
    }
    if (interrupt_engine) interrupt_engine();
}

Result<> Interrupts::run_tasks(TaskPlace here) {
    std::unique_lock lock(mutex_);
    if (!has_tasks()) return {};
    Result<> done;
    while (done && !stopped()) {
        std::deque<Task>& source = !tasks_.empty() || here == TaskPlace::anywhere ? tasks_ : wait_tasks_;
        if (source.empty()) break;
        const Task task = std::move(source.front());
        source.pop_front();
        in_task_ = true;
        update_wake();
        lock.unlock();
        done = task();
        lock.lock();
        in_task_ = false;
    }
    update_wake();
    return done;
}

std::unexpected<Error> Interrupts::ending() const {
    const int number = ending_signal();
    return fail(EINTR, number != 0 ? fmt::format("the guest was ended by signal {}", number) : "the guest was stopped",
                ErrorKind::stopped);
}

SignalAction Interrupts::set_action(int number, const SignalAction& action) {
    const std::scoped_lock lock(mutex_);
    if (is_ignored(number, action)) waiting_ &= ~signal_bit(number);
    const SignalAction before = std::exchange(actions_[static_cast<std::size_t>(number - 1)], action);
    update_wake();
    return before;
}

SignalAction Interrupts::action(int number) const {
    const std::scoped_lock lock(mutex_);
    return actions_[static_cast<std::size_t>(number - 1)];
}

SignalSet Interrupts::set_blocked(SignalSet blocked) {
    const std::scoped_lock lock(mutex_);
    const SignalSet before = std::exchange(blocked_, blocked & ~not_to_be_blocked);
    update_wake();
    return before;
}

SignalSet Interrupts::blocked() const {
    const std::scoped_lock lock(mutex_);
    return blocked_;
}

SignalSet Interrupts::waiting() const {
    const std::scoped_lock lock(mutex_);
    return waiting_;
}

std::optional<Interrupts::Taken> Interrupts::take() {
    const std::scoped_lock lock(mutex_);
    for (SignalSet ready = waiting_ & ~blocked_; ready != 0 && !stopped(); ready &= ready - 1) {
        const int number = std::countr_zero(ready) + 1;
        const SignalAction& action = actions_[static_cast<std::size_t>(number - 1)];
        waiting_ &= ~signal_bit(number);
        if (is_ignored(number, action)) continue;
        if (action.kind == SignalAction::Kind::by_default) {
            end_by(number);
            return std::nullopt;
        }
        const Taken taken{number, action.restarts, action.function, blocked_};
        blocked_ |= action.blocked & ~not_to_be_blocked;
        update_wake();
        return taken;
    }
    update_wake();
    return std::nullopt;
}

std::optional<int> Interrupts::take_one_of(SignalSet set) {
    const std::scoped_lock lock(mutex_);
    const SignalSet ready = waiting_ & set;
    if (ready == 0) return std::nullopt;
    const int number = std::countr_zero(ready) + 1;
    waiting_ &= ~signal_bit(number);
    update_wake();
    return number;
}

SignalSet Interrupts::await(SignalSet set) {
    const std::scoped_lock lock(mutex_);
    const SignalSet before = std::exchange(awaited_, set);
    update_wake();
    return before;
}

}  // namespace wasm_bpf::host_api
