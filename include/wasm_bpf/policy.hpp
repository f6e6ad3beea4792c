#pragma once
// What a guest may do.

#include <filesystem>
#include <memory>
#include <string_view>

#include "wasm_bpf/error.hpp"
#include "wasm_bpf/export.hpp"

namespace wasm_bpf {

namespace policy {
class Policy;
}

// A value; copies are independent. An object is used by one thread at a time.
//
// An embedder starts from a policy that denies everything, or from command_default(), and says what the guest may do,
// each in the words of docs/policy.md:
//     Policy policy;
//     policy.allow("programs=xdp"); policy.allow("attach.kinds=xdp"); policy.allow("attach.interfaces=eth0");
//     policy.allow("helpers=bpf_map_*"); policy.allow("maps.types=hash,ringbuf"); policy.allow("maps.bytes=16MB");
class WASM_BPF_API Policy {
public:
    // Denies everything that can be denied; limits (memory, time, handles, …) are as the table of rules says.
    Policy();
    // What the command grants to a module that its user names: what tracing and networking tools need, and nothing that
    // alters other processes or the kernel's behaviour.
    static Policy command_default();
    // A policy file's text (TOML). `source` names it in errors: `FILE:LINE:COLUMN: what is wrong and what is allowed`,
    // of EINVAL.
    static Result<Policy> parse(std::string_view text, std::string_view source);
    static Result<Policy> read(const std::filesystem::path& file);

    Policy(const Policy& other);
    Policy& operator=(const Policy& other);
    Policy(Policy&&) noexcept;
    Policy& operator=(Policy&&) noexcept;
    ~Policy();

    // "RULE", "RULE=VALUE" or "RULE=VALUE,VALUE": allows those values, or without one all; for a limit: sets it. What
    // is said later goes before. EINVAL, with what is allowed, where there is no such rule or value; the policy is as
    // before then.
    Result<> allow(std::string_view text);
    // The opposite. For grants (directories, environment) without a value: nothing is given. EINVAL for a limit.
    Result<> deny(std::string_view text);

    // What a denied call does: it ends the guest (kind denied; this is what holds at first), or fails with EPERM and
    // the same text, for guests that are written to go on.
    enum class OnDenial { end_guest, fail_call };
    void on_denial(OnDenial on_denial);

private:
    friend class Guest;
    WASM_BPF_LOCAL explicit Policy(policy::Policy policy);
    std::unique_ptr<policy::Policy> policy_;
};

}  // namespace wasm_bpf
