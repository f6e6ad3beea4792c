#pragma once
// The exit codes of the commands that are not the guest's own: docs/exit_codes.md.

namespace wasm_bpf {

enum ExitCode : int {
    exit_missing_privilege = 121,
    exit_denied = 122,
    exit_bad_module = 123,
    exit_timeout = 124,  // as timeout(1)
    exit_failure = 125,  // wrong usage, or the command itself failed
    exit_trap = 134,     // as Wasmtime's command, and a native tool's abort
    exit_signal = 128,   // plus the signal's number
};

}  // namespace wasm_bpf
