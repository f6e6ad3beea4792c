#pragma once
// Ends the guest on Ctrl-C, SIGTERM, SIGHUP or when its time is over.

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "bpf/fd.hpp"

namespace wasm_bpf::cli {

class StopWatch {
public:
    // Blocks the signals in the calling thread and every thread that it starts later: to be called first of all.
    StopWatch();
    ~StopWatch() { finish(); }

    // From now on calls `stop` at a signal or after `timeout`. A guest that has not ended two seconds later (it is
    // blocked in a system call) takes the process with it; the kernel detaches what is attached.
    void start(std::optional<std::chrono::milliseconds> timeout, std::function<void()> stop);

    // The guest has ended: nothing is called any more.
    void finish();

    // The exit code that the reason for the stop asks for; 0 where there was none.
    [[nodiscard]] int exit_code() const { return exit_code_.load(); }

private:
    void watch(std::optional<std::chrono::milliseconds> timeout);

    bpf::Fd signals_;
    bpf::Fd done_;
    std::function<void()> stop_;
    std::atomic<int> exit_code_ = 0;
    std::thread thread_;
};

}  // namespace wasm_bpf::cli
