#pragma once
// Runs a command as a test's child, with its output read as it comes and a deadline on every wait.

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "bpf/fd.hpp"

namespace wasm_bpf::test {

class Command {
public:
    // Starts it; argument 0 is looked up in PATH. `environment` adds to or, with an empty value, takes from this
    // process's.
    explicit Command(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {});
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;
    ~Command();  // kills it where it still runs

    // Reads until standard output (or error) has `text`. False at the deadline or when the command ended without it.
    bool wait_for_output(std::string_view text, std::chrono::milliseconds deadline = std::chrono::seconds(20));
    bool wait_for_error(std::string_view text, std::chrono::milliseconds deadline = std::chrono::seconds(20));

    // The same until it has it so many times.
    bool wait_for_output_times(std::string_view text, std::size_t times);

    void signal(int number) const;
    // Again and again until standard output has `text`: a signal may come before what it is to interrupt. False as
    // above.
    bool signal_until(int number, std::string_view text);
    // Waits for its end: the exit code, 128 + N for signal N; -1 at the deadline (it is killed then).
    int wait(std::chrono::milliseconds deadline = std::chrono::seconds(30));

    // Sends the signal until it has ended, each second again: the first may come just before the wait that it is to
    // end. Its exit code; -1 after 30 seconds.
    int end_by(int number);

    [[nodiscard]] int pid() const { return pid_; }
    [[nodiscard]] const std::string& output() const { return output_; }
    [[nodiscard]] const std::string& error() const { return error_; }

private:
    // Takes in what can be read until `deadline` or until there is something new. False when both streams ended.
    bool read_some(std::chrono::steady_clock::time_point deadline);
    bool wait_for(const std::string& stream, std::string_view text, std::chrono::milliseconds deadline);

    int pid_ = -1;
    int exit_code_ = -1;
    bpf::Fd output_fd_, error_fd_;
    std::string output_, error_;
};

// The command under test with arguments: wasm-bpf, or the path in WASM_BPF_TEST_MINIMAL where it is to run a module.
[[nodiscard]] std::vector<std::string> wasm_bpf(std::vector<std::string> arguments);

}  // namespace wasm_bpf::test
