#pragma once
// Guests for the tests of the library: in WebAssembly text, and how they are waited for.

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>

#include "engine/wat.hpp"
#include "wasm_bpf/guest.hpp"

namespace wasm_bpf::test {

using namespace std::chrono_literals;

// One for all tests, with nothing kept on disk. Under a sanitizer it makes no threads whose code that does not see.
[[nodiscard]] inline const Runtime& shared_runtime() {
    const bool sanitized = std::getenv("TSAN_OPTIONS") != nullptr;
    static const Runtime made =
        Runtime::create({.cache_folder = "", .compile_in_parallel = !sanitized, .log = {}}).value();
    return made;
}

[[nodiscard]] inline Module module_of(std::string_view text) {
    return shared_runtime().compile(wat(text), "test").value();
}

[[nodiscard]] inline Guest guest_of(std::string_view text, GuestOptions options = {}) {
    auto guest = Guest::create(module_of(text), std::move(options));
    if (!guest) throw std::runtime_error(guest.error().message);
    return std::move(*guest);
}

// Fails the test where it does not come true in time.
[[nodiscard]] inline bool until(const std::function<bool()>& comes_true) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!comes_true()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

// Its end, which must come in time.
[[nodiscard]] inline Ending end_of(Guest& guest) {
    auto ending = guest.wait_for(20s);
    EXPECT_TRUE(ending) << ending.error().message;
    return ending.value_or(Ending{});
}

[[nodiscard]] inline std::string text_of(const Ending& ending) {
    return ending.error ? ending.error->message : "exit code " + std::to_string(ending.exit_code);
}

// `call $tick` counts, and says that the guest is where the test wants it.
class Ticks {
public:
    [[nodiscard]] HostFunction function() {
        return host_function("test", "tick", [this](GuestCall&) { count_++; });
    }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] bool wait_for_more(std::uint64_t more = 100) const {
        return until([this, more, before = count()] { return count() > before + more; });
    }
    [[nodiscard]] bool wait_for_first() const {
        return until([this] { return count() > 0; });
    }

private:
    std::atomic<std::uint64_t> count_ = 0;
};

inline constexpr std::string_view ticking = R"((module (import "test" "tick" (func $tick)) (memory (export "memory") 1)
    (func (export "_start") (loop $l (call $tick) (br $l)))))";

}  // namespace wasm_bpf::test
