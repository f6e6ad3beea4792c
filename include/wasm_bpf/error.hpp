#pragma once
// What can go wrong, as a value. No exception crosses this library's API.

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "wasm_bpf/export.hpp"

namespace wasm_bpf {

// Why a call failed, as far as the caller may want to act on it differently. The command's exit codes follow it
// (docs/exit_codes.md).
enum class ErrorKind {
    failed,             // an operation failed; errno_code says how
    bad_module,         // the Wasm module is malformed, or asks for what this host does not have
    denied,             // the policy forbids it; the message names the rule and the way to allow it
    missing_privilege,  // the process lacks a capability that the kernel asks for
    trap,               // the guest did what Wasm forbids
    stopped,            // the host was asked to end the guest
};

// A failure with its text. Each layer on the way up adds what it was doing, so that the text reads
// `attach "handle_exec": open cgroup "/x": No such file or directory`.
struct Error {
    int errno_code;       // a positive errno value; EINVAL where the cause has none of its own
    std::string message;  // one line for a person, without a trailing full stop or newline
    ErrorKind kind = ErrorKind::failed;

    // This error with `context` and a colon before its message.
    [[nodiscard]] Error in(std::string_view context) && {
        message.insert(0, ": ").insert(0, context);
        return std::move(*this);
    }
};

template <typename T = void>
using Result = std::expected<T, Error>;

// An error that carries the text of an errno value: `"what": No such file or directory`.
[[nodiscard]] WASM_BPF_API Error errno_error(int errno_code, std::string_view what);

// Shorthand: `return fail(EINVAL, "…")`.
[[nodiscard]] inline std::unexpected<Error> fail(int errno_code, std::string message,
                                                 ErrorKind kind = ErrorKind::failed) {
    return std::unexpected(Error{errno_code, std::move(message), kind});
}

}  // namespace wasm_bpf
