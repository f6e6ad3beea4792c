#pragma once
// Running a guest for a command: wasm-bpf run, and wasm-bpf-min.

#include "command/run_request.hpp"

namespace wasm_bpf::command {

// Runs it to its end. What goes wrong is said on standard error. The exit code: docs/exit_codes.md. To be called before
// the process has a second thread.
[[nodiscard]] int run_guest(const RunRequest& request);

// Says it on standard error; its exit code.
int report(const Error& error);

}  // namespace wasm_bpf::command
