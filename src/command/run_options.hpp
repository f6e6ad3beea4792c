#pragma once
// The options with which a guest is run, for the help of each command that has them.

#include <string_view>

namespace wasm_bpf::command::run_options {

struct Option {
    const char* name;
    const char* value;  // null for a flag
    const char* help;
};

inline constexpr Option dir{"--dir", "DIR", "Give the guest a directory: HOST[::GUEST][:ro]"};
inline constexpr Option env{"--env", "NAME[=VALUE]",
                            "Give the guest an environment variable, from here or with a value"};
inline constexpr Option memory{"--memory", "SIZE", "The most linear memory for the guest, as 64MB; default 1GB"};
inline constexpr Option timeout{"--timeout", "SECONDS", "End the guest after so many seconds, with exit code 124"};
inline constexpr Option policy_file{"--policy", "FILE", "What the guest may do (TOML); see docs/policy.md"};
inline constexpr Option allow{
    "--allow", "RULE[=VALUE,...]",
    "Allow what the policy denies: all of a rule, or its values; or set a limit. Later ones win"};
inline constexpr Option deny{
    "--deny", "RULE[=VALUE,...]",
    "Deny what the policy allows, as `--deny attach.interfaces --allow attach.interfaces=eth0`"};
inline constexpr Option btf{
    "--btf", "FILE", "The kernel's BTF, where the kernel itself has none; default: what the module carries of it"};
inline constexpr Option token{
    "--token", "PATH", "A BPF file system that gives tokens, for a user namespace; default: /sys/fs/bpf if it does"};
inline constexpr Option keep_capability{"--keep-capability", "CAP",
                                        "Keep a privilege that guests seldom need, as CAP_SYS_PTRACE"};

inline constexpr std::string_view rules_heading =
    "The rules of --allow and --deny (`all`: every one but the limits), by name or pattern (*, ?):\n";
inline constexpr std::string_view exit_codes =
    "The exit code is the guest's own, or 121: a privilege is missing, 122: denied by the policy, 123: not a\n"
    "module that runs here, 124: --timeout, 125: wrong usage or a failure of the command, 134: the guest\n"
    "trapped, 128 + N: signal N.";

}  // namespace wasm_bpf::command::run_options
