#pragma once
// The one table of what a policy can say. Policy files, the command's flags and their help, the texts of denials and
// the table in docs/policy.md come from it.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wasm_bpf::policy {

enum class RuleId : std::uint8_t {
    programs,
    helpers,
    kfuncs,
    map_types,
    map_count,
    map_bytes,
    map_bytes_each,
    object_bytes,
    attach_kinds,
    attach_interfaces,
    attach_cgroups,
    attach_binaries,
    attach_binary_functions,
    attach_kernel_functions,
    attach_tracepoints,
    attach_lsm_hooks,
    attach_network_namespaces,
    attach_devices,
    perf_events,
    kernel_symbols,
    sockets,
    pins,
    files,
    directories,
    environment,
    memory,
    time,
    handles,
};

enum class RuleKind : std::uint8_t {
    names,         // allowed and denied, by pattern
    paths,         // the same of paths
    yes_or_no,     //
    grants,        // what is given to the guest, one text each
    count,         // limits: as a number,
    bytes,         // with a unit of size,
    milliseconds,  // with a unit of time
};

struct Rule {
    RuleId id;
    std::string_view name;  // as policy files and flags write it
    RuleKind kind;
    // What the command grants; of a limit: what holds until it is set, in an empty policy too.
    std::string_view command;
    std::string_view meaning;         // a phrase for help and documentation
    std::string_view cannot_prevent;  // what it leaves open
    std::string_view example;         // one value
    // The values that there are; null where they are not a closed set.
    std::span<const std::string_view> (*known)();
    std::uint64_t most = UINT64_MAX;  // of a limit
};

[[nodiscard]] std::span<const Rule> rules();
[[nodiscard]] const Rule& rule(RuleId id);
// Null where there is none.
[[nodiscard]] const Rule* find_rule(std::string_view name);
[[nodiscard]] inline bool is_list(RuleKind kind) { return kind == RuleKind::names || kind == RuleKind::paths; }
[[nodiscard]] inline bool is_limit(RuleKind kind) { return kind >= RuleKind::count; }

// The number that a limit's text says.
[[nodiscard]] std::optional<std::uint64_t> read_limit(RuleKind kind, std::string_view text);
[[nodiscard]] std::string limit_text(RuleKind kind, std::uint64_t limit);

// What an unknown name may have meant, as `; did you mean "x"?`, else `; there are a, b, …`.
[[nodiscard]] std::string suggestion(std::string_view unknown, std::span<const std::string_view> known);
[[nodiscard]] std::string rule_suggestion(std::string_view unknown);

// What the command denies although all others of its rule are allowed, and why.
struct Guarded {
    RuleId rule;
    std::string_view name;
    std::string_view effect;
};
[[nodiscard]] std::span<const Guarded> guarded();

// The lines that the command's help says of them, and the tables of docs/policy.md.
[[nodiscard]] std::string rules_help();
[[nodiscard]] std::string rules_markdown();
[[nodiscard]] std::string guarded_markdown();

}  // namespace wasm_bpf::policy
