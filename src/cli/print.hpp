#pragma once
// A subcommand's result, and what went wrong.

#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "command/exit_codes.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::cli {

// One line on standard error; returns the exit code.
inline int report(std::string_view subcommand, std::string_view message, int exit_code) {
    fmt::print(stderr, "wasm-bpf {}: {}\n", subcommand, printable_lines(message));
    return exit_code;
}

// All of the text on standard output: returns `exit_code`, or 125 where it cannot be written.
inline int print(std::string_view subcommand, const std::string& text, int exit_code = 0) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return exit_code;
    return report(subcommand, errno_error(errno, "write to standard output").message, exit_failure);
}

}  // namespace wasm_bpf::cli
