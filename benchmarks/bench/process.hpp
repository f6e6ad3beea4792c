#pragma once
// A program under measurement, with pipes at its standard input and output.

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "bpf/fd.hpp"

namespace wasm_bpf::bench {

using Command = std::vector<std::string>;

// Every failure, and a program that writes nothing for 20 seconds, is thrown: a line that did not run must not look
// like one that did. Killed at its end, where it still runs.
class Process {
public:
    enum class Cpu { any, first, last };
    explicit Process(const Command& command, Cpu cpu = Cpu::any);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    [[nodiscard]] pid_t pid() const { return pid_; }
    // The next line that it writes, without the newline.
    std::string read_line();
    void write_line();
    // Time on a CPU so far, user and system, of all its threads.
    [[nodiscard]] std::chrono::nanoseconds cpu_time() const;
    [[nodiscard]] double peak_memory_mb() const;
    // Closes its input and waits for its end, which must be exit code 0; the rest of its output.
    std::string finish();

private:
    bool read_more();
    [[noreturn]] void fail(const std::string& what) const;

    std::string name_;
    pid_t pid_ = -1;
    bpf::Fd input_;
    bpf::Fd output_;
    std::string unread_;
};

}  // namespace wasm_bpf::bench
