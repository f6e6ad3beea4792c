#pragma once
// What a guest may do: the one place that says yes or no. host_api/ asks before it acts; every denial is an Error of
// kind denied that names the rule and the way to allow it. What the rules are: rules.hpp, docs/policy.md.

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/rule_list.hpp"
#include "policy/rules.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::policy {

// A place where a guest wants a program attached. What the kind needs (attach_kinds.cpp) and is empty counts as any.
struct AttachPlace {
    // One of attach_kinds(): "kprobe", "kprobe_multi", "ksyscall", "fentry", "fexit", "fmod_ret", "fsession",
    // "trace", "uprobe", "uprobe_multi", "usdt", "tracepoint", "raw_tracepoint", "tp_btf", "lsm", "perf_event",
    // "freplace", "iterator", "struct_ops", "xdp", "tcx", "tc", "netkit", "route", "cgroup", "netfilter",
    // "netns", "sockmap", "socket", "lirc". Another one is denied.
    std::string_view kind{};
    // Kernel function, system call (ksyscall), tracepoint as "category/name" (raw_tracepoint, tp_btf: its name),
    // function in a binary (usdt: "provider:name"), LSM hook; or a pattern of them with * and ?. An address, or a name
    // with an offset ("do_exit+0x10"), counts as any.
    std::string_view function{};
    std::string_view binary{};             // path; links in paths are followed by the policy
    std::string_view interface{};          // name
    std::string_view cgroup{};             // path
    std::string_view network_namespace{};  // path, or "self": the host's own
    std::string_view device{};             // path
};

// A performance event that a guest wants opened.
struct PerfEvent {
    std::uint32_t type;  // enum perf_type_id
    int pid = -1;
    int cpu = -1;
    bool at_instructions = false;  // a breakpoint that is reached by execution
};

// A value; copies are independent. Used by one thread at a time.
//
// An embedder starts from a policy that denies everything (or from command_default()) and says what the guest may do,
// each in the words of docs/policy.md:
//     Policy policy;
//     policy.allow("programs=xdp"); policy.allow("attach.kinds=xdp"); policy.allow("attach.interfaces=eth0");
//     policy.allow("helpers=bpf_map_*"); policy.allow("maps.types=hash,ringbuf"); policy.allow("maps.bytes=16MB");
class Policy {
public:
    // Denies everything that can be denied; limits are as the table of rules says.
    Policy();
    // What the command grants to a module that its user names: what tracing and networking tools need, and nothing that
    // alters other processes or the kernel's behaviour.
    static Policy command_default();
    // A policy file's text (TOML; docs/policy.md). `source` names it in errors: `FILE:LINE:COLUMN: what is wrong and
    // what is allowed`, of EINVAL.
    static Result<Policy> parse(std::string_view text, std::string_view source);
    static Result<Policy> read(const std::filesystem::path& file);

    // "RULE", "RULE=VALUE" or "RULE=VALUE,VALUE": allows those values, or without one all; for a limit: sets it. "all":
    // every rule that is no limit. A helper's or kfunc's own name as "bpf_send_signal" is short for "helpers=" or
    // "kfuncs=" before it. What is said later goes before. EINVAL, with what is allowed, where there is no such rule or
    // value; the policy is as before then.
    Result<> allow(std::string_view text);
    // The opposite. For grants (directories, environment) without a value: nothing is given. EINVAL for a limit.
    Result<> deny(std::string_view text);
    // The same with each value as it is, commas included.
    Result<> allow(RuleId rule, std::span<const std::string> values);
    Result<> deny(RuleId rule, std::span<const std::string> values);
    // As if nothing had been allowed of it.
    void clear(RuleId rule);

    // What a denied call does: it ends the guest (kind denied), or fails with EPERM and the same text, for guests that
    // are written to go on. It holds for all rules alike.
    enum class OnDenial { end_guest, fail_call };
    void on_denial(OnDenial on_denial) { on_denial_ = on_denial; }
    [[nodiscard]] OnDenial on_denial() const { return on_denial_; }

    // The number of a limit; `unlimited` (quantities.hpp) for none.
    [[nodiscard]] std::uint64_t limit(RuleId rule) const { return limits_[static_cast<std::size_t>(rule)]; }
    // Empty: no limit.
    [[nodiscard]] std::optional<std::chrono::milliseconds> time() const;
    [[nodiscard]] const std::vector<std::string>& grants(RuleId rule) const {
        return texts_[static_cast<std::size_t>(rule)];
    }

    // Each: kind denied where the guest may not.
    [[nodiscard]] Result<> check_helper(std::uint32_t helper) const;      // enum bpf_func_id
    [[nodiscard]] Result<> check_kfunc(std::string_view name) const;      // called by a program
    [[nodiscard]] Result<> check_program_type(std::uint32_t type) const;  // enum bpf_prog_type
    // One map, before it is made; host_api asks through Host::charge_map, which counts too.
    [[nodiscard]] Result<> check_map(std::uint32_t type, std::uint64_t bytes) const;
    // What the guest's maps would come to with one more.
    [[nodiscard]] Result<> check_map_total(std::uint64_t count, std::uint64_t bytes) const;
    // What the guest's open objects take, all together.
    [[nodiscard]] Result<> check_objects(std::uint64_t bytes) const;
    [[nodiscard]] Result<> check_attach(const AttachPlace& place) const;
    // Whether some place of that kind may be allowed.
    [[nodiscard]] bool may_attach(std::string_view kind) const { return allows(RuleId::attach_kinds, kind); }
    [[nodiscard]] Result<> check_pin(std::string_view path) const;   // pin, unpin, open_pinned
    [[nodiscard]] Result<> check_read(std::string_view path) const;  // BTF file, token path
    [[nodiscard]] Result<> check_perf_event(const PerfEvent& event) const;
    [[nodiscard]] Result<> check_kernel_symbols() const;
    [[nodiscard]] Result<> check_socket(std::uint32_t family, std::uint32_t type) const;
    [[nodiscard]] Result<> check_handles(std::uint64_t count) const;

private:
    static constexpr std::size_t rule_count = static_cast<std::size_t>(RuleId::handles) + 1;

    RuleList& list(RuleId rule) { return lists_[static_cast<std::size_t>(rule)]; }
    [[nodiscard]] bool allows(RuleId rule, std::string_view value) const;
    [[nodiscard]] Result<> check_value(RuleId rule, std::string_view value, std::string_view what) const;
    [[nodiscard]] Result<> check_limit(RuleId rule, std::uint64_t needed, std::string_view what) const;
    Result<> say(std::string_view text, Verdict verdict);
    Result<> say(const Rule& rule, std::span<const std::string> values, Verdict verdict);

    // By rule; each uses its own kind's.
    std::vector<RuleList> lists_;
    std::array<std::uint64_t, rule_count> limits_{};
    std::array<std::vector<std::string>, rule_count> texts_{};
    OnDenial on_denial_ = OnDenial::end_guest;
};

}  // namespace wasm_bpf::policy
