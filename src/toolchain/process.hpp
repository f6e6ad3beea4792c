#pragma once
// Running the compiler and its kin.

#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::toolchain {

// Runs a program (arguments[0]: its path) with our own input, output and environment, without a shell. Its exit code;
// 128 + the signal that ended it.
[[nodiscard]] Result<int> run_process(const std::vector<std::string>& arguments);

// The same, with what it writes to its standard error, for programs that run at once.
struct Ended {
    int exit_code = 0;
    std::string messages;
};
[[nodiscard]] Result<Ended> run_captured(const std::vector<std::string>& arguments);

// The same, with what it writes to its standard output (its messages to standard error are dropped) where it exits
// with 0; else empty.
[[nodiscard]] Result<std::string> read_process(const std::vector<std::string>& arguments);

// Its first line, without the end; empty where there is none.
[[nodiscard]] std::string read_line(const std::vector<std::string>& arguments);

// What a program writes to its standard error (its output is dropped), however it ends.
[[nodiscard]] Result<std::string> read_messages(const std::vector<std::string>& arguments);

}  // namespace wasm_bpf::toolchain
