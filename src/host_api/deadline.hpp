#pragma once
// The end of a wait that may be interrupted and go on.

#include <time.h>

#include <algorithm>
#include <cstdint>

namespace wasm_bpf::host_api {

class Deadline {
public:
    // Negative: never. The clock is read only where there is something to wait for, and it is the cheap one, of a few
    // milliseconds: each wait for events begins here, and few are interrupted.
    explicit Deadline(std::int32_t timeout_ms) : timeout_ms_(timeout_ms), begin_ms_(timeout_ms > 0 ? now_ms() : 0) {}
    // As poll(2) takes it: what was asked for, less what has passed.
    [[nodiscard]] std::int32_t left_ms() const {
        if (timeout_ms_ <= 0) return timeout_ms_;
        return static_cast<std::int32_t>(std::max<std::int64_t>(0, timeout_ms_ - (now_ms() - begin_ms_)));
    }

private:
    static std::int64_t now_ms() {
        timespec time;
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
        return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
    }
    std::int32_t timeout_ms_;
    std::int64_t begin_ms_;
};

}  // namespace wasm_bpf::host_api
