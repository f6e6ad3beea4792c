#pragma once
// Passes signals on to the guest, and ends it when its time is over.

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "bpf/fd.hpp"

namespace wasm_bpf::command {

class StopWatch {
public:
    // Blocks the signals in the calling thread and every thread that it starts later: to be called first of all.
    StopWatch();
    ~StopWatch() { finish(); }

    // Those that this process was started to ignore, as by nohup.
    [[nodiscard]] const std::vector<int>& ignored_signals() const { return ignored_; }

    // From now on calls `signal` at each signal, which says whether the guest has to end by it, and `stop` after
    // `timeout`. A guest that has not ended two seconds later (it is blocked in a system call) takes the process with
    // it; the kernel detaches what is attached.
    void start(std::optional<std::chrono::milliseconds> timeout, std::function<bool(int)> signal,
               std::function<void()> stop);

    // The guest has ended: nothing is called any more.
    void finish();

    // Whether the guest's time was over.
    [[nodiscard]] bool timed_out() const { return timed_out_.load(); }

private:
    using Deadline = std::optional<std::chrono::steady_clock::time_point>;

    void watch(const Deadline& deadline);
    // The exit code for why the guest has to end; none where it ended by itself.
    std::optional<int> wait_for_reason(const Deadline& deadline);

    std::vector<int> ignored_;
    bpf::Fd signals_;
    bpf::Fd done_;
    std::function<bool(int)> signal_;
    std::function<void()> stop_;
    std::atomic<bool> timed_out_ = false;
    std::thread thread_;
};

}  // namespace wasm_bpf::command
