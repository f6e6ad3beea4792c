#pragma once
// The one timer that a guest has for SIGALRM: alarm(), setitimer(ITIMER_REAL).

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace wasm_bpf::host_api {

// Its thread is started by the first set() and ends with it.
class AlarmClock {
public:
    using Duration = std::chrono::nanoseconds;
    static constexpr Duration least_interval = std::chrono::microseconds(100);  // the host's time is not the guest's

    // `ring` is called on the clock's thread, and must not call back.
    explicit AlarmClock(std::function<void()> ring) : ring_(std::move(ring)) {}

    // Rings after `first` and then every `interval`; 0: not at all, once. What was left until then; 0 for nothing.
    Duration set(Duration first, Duration interval);
    [[nodiscard]] Duration left() const;

private:
    using Clock = std::chrono::steady_clock;

    void run(const std::stop_token& stop);
    [[nodiscard]] Duration left_locked() const;

    std::function<void()> ring_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::optional<Clock::time_point> next_;
    Duration interval_{};
    std::jthread thread_;
};

}  // namespace wasm_bpf::host_api
