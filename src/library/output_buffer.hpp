#pragma once
// The end of what a guest has written.

#include <mutex>
#include <string>
#include <string_view>

#include "wasm_bpf/guest.hpp"

namespace wasm_bpf {

// Thread-safe.
class OutputBuffer {
public:
    explicit OutputBuffer(std::size_t limit_bytes = 0) : limit_bytes_(limit_bytes) {}

    void add(std::string_view text) {
        const std::scoped_lock lock(mutex_);
        kept_.append(text);
        // Not at each write: what is moved stays in proportion to what is written.
        if (kept_.size() >= 2 * limit_bytes_) shorten();
    }
    [[nodiscard]] BufferedOutput content() {
        const std::scoped_lock lock(mutex_);
        shorten();
        return {kept_, dropped_bytes_};
    }
    void clear() {
        const std::scoped_lock lock(mutex_);
        kept_.clear();
        dropped_bytes_ = 0;
    }

private:
    void shorten() {
        if (kept_.size() <= limit_bytes_) return;
        const std::size_t over = kept_.size() - limit_bytes_;
        dropped_bytes_ += over;
        kept_.erase(0, over);
    }

    std::mutex mutex_;
    const std::size_t limit_bytes_;
    std::string kept_;
    std::uint64_t dropped_bytes_ = 0;
};

}  // namespace wasm_bpf
