#include "host_api/alarm_clock.hpp"

#include <algorithm>

namespace wasm_bpf::host_api {

AlarmClock::Duration AlarmClock::left_locked() const {
    // One that is due has not rung yet: there is a little left.
    return next_ ? std::max(Duration(*next_ - Clock::now()), Duration(1)) : Duration::zero();
}

AlarmClock::Duration AlarmClock::left() const {
    const std::scoped_lock lock(mutex_);
    return left_locked();
}

AlarmClock::Duration AlarmClock::set(Duration first, Duration interval) {
    const std::scoped_lock lock(mutex_);
    const Duration before = left_locked();
    interval_ = interval > Duration::zero() ? std::max(interval, least_interval) : Duration::zero();
    next_.reset();
    if (first > Duration::zero()) next_ = Clock::now() + first;
    if (next_ && !thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    changed_.notify_one();
    return before;
}

void AlarmClock::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        if (!changed_.wait(lock, stop, [&] { return next_.has_value(); })) continue;
        const auto due = *next_;
        if (changed_.wait_until(lock, stop, due, [&] { return next_ != due; }) || stop.stop_requested()) continue;
        next_.reset();
        if (interval_ > Duration::zero()) next_ = std::max(due + interval_, Clock::now());
        ring_();
    }
}

}  // namespace wasm_bpf::host_api
