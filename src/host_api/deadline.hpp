#pragma once
// The end of a wait that may be interrupted and go on.

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace wasm_bpf::host_api {

class Deadline {
public:
    // Negative: never. The clock is read only where there is something to wait for.
    explicit Deadline(std::int32_t timeout_ms) : timeout_ms_(timeout_ms) {
        if (timeout_ms > 0) end_ = Clock::now() + std::chrono::milliseconds(timeout_ms);
    }
    // Rounded up, as poll(2) takes it.
    [[nodiscard]] std::int32_t left_ms() const {
        if (timeout_ms_ <= 0) return timeout_ms_;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now()).count();
        return static_cast<std::int32_t>(std::clamp<std::int64_t>(left, 0, timeout_ms_));
    }

private:
    using Clock = std::chrono::steady_clock;
    std::int32_t timeout_ms_;
    Clock::time_point end_{};
};

}  // namespace wasm_bpf::host_api
