// The answers of a policy.

#include <linux/perf_event.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

#include <fmt/format.h>

#include "policy/attach_kinds.hpp"
#include "policy/kernel_names.hpp"
#include "policy/policy.hpp"
#include "policy/quantities.hpp"

namespace wasm_bpf::policy {
namespace {

// What a guest named, for a message of one line.
std::string shown(std::string_view text) {
    constexpr std::size_t readable = 200;
    std::string result(text.substr(0, readable));
    for (char& c : result)
        if (std::iscntrl(static_cast<unsigned char>(c))) c = '?';
    return result + (text.size() > readable ? "…" : "");
}

std::unexpected<Error> denied(const Rule& rule, std::string_view what, std::string_view value) {
    if (rule.kind == RuleKind::paths && value == "*") value = "**";
    return fail(EPERM,
                fmt::format("denied by the policy: {}: {}; allow it with --allow {}{}{}", rule.name, what, rule.name,
                            value.empty() ? "" : "=", shown(value)),
                ErrorKind::denied);
}

// ksyscall probes the function that stands for the system call.
std::string system_call_function(std::string_view name) {
#if defined(__x86_64__)
    return fmt::format("__x64_sys_{}", name);
#elif defined(__aarch64__)
    return fmt::format("__arm64_sys_{}", name);
#else
    return fmt::format("*sys_{}", name);
#endif
}

// What a part of a place stands for.
std::string asked_of(RuleId id, std::string_view kind, const std::string& value) {
    if (value.empty()) return "*";  // of paths too: a bare name may lead anywhere
    if (kind == "ksyscall") return system_call_function(value);
    // An offset may lead out of the function.
    const bool functions = id == RuleId::attach_kernel_functions || id == RuleId::attach_binary_functions;
    if (functions && (value.find('+') != value.npos || value.starts_with("0x"))) return "*";
    // "module:function": libbpf takes the function of that name in the module.
    const bool in_module =
        id == RuleId::attach_kernel_functions || id == RuleId::attach_tracepoints || id == RuleId::attach_lsm_hooks;
    const std::size_t colon = value.find(':');
    return in_module && colon != value.npos ? value.substr(colon + 1) : value;
}

}  // namespace

bool Policy::allows(RuleId id, std::string_view value) const {
    return lists_[static_cast<std::size_t>(id)].allows(value);
}

Result<> Policy::check_value(RuleId id, std::string_view value, std::string_view what) const {
    if (allows(id, value)) return {};
    return denied(rule(id), what, value);
}

Result<> Policy::check_limit(RuleId id, std::uint64_t needed, std::string_view what) const {
    if (needed <= limit(id)) return {};
    const Rule& row = rule(id);
    const std::string text = fmt::format("{}, and the limit is {}", what, limit_text(row.kind, limit(id)));
    if (needed > row.most)
        return fail(EPERM, fmt::format("denied by the policy: {}: {}, the most that there is", row.name, text),
                    ErrorKind::denied);
    return denied(row, text, limit_text(row.kind, needed));
}

Result<> Policy::check_helper(std::uint32_t helper) const {
    // libbpf puts calls of no helper at all in the place of what cannot be on this kernel; they are not reached.
    constexpr std::uint32_t no_helper = 1u << 16;
    if (helper >= no_helper) return {};
    const std::string name = name_of(helpers(), helper);
    const auto item = std::ranges::find(guarded(), name, &Guarded::name);
    return check_value(RuleId::helpers, name,
                       item != guarded().end() ? fmt::format("{}, which {}", name, item->effect) : name);
}

Result<> Policy::check_kfunc(std::string_view name) const {
    const auto item = std::ranges::find(guarded(), name, &Guarded::name);
    return check_value(RuleId::kfuncs, name,
                       item != guarded().end() ? fmt::format("{}, which {}", name, item->effect) : shown(name));
}

Result<> Policy::check_program_type(std::uint32_t type) const {
    const std::string name = name_of(program_types(), type);
    return check_value(RuleId::programs, name, fmt::format("a program of type {}", name));
}

Result<> Policy::check_map(std::uint32_t type, std::uint64_t bytes) const {
    const std::string name = name_of(map_types(), type);
    if (auto allowed = check_value(RuleId::map_types, name, fmt::format("a map of type {}", name)); !allowed)
        return allowed;
    return check_limit(RuleId::map_bytes_each, bytes, fmt::format("the map takes {}", bytes_text(bytes)));
}

Result<> Policy::check_map_total(std::uint64_t count, std::uint64_t bytes) const {
    if (auto allowed = check_limit(RuleId::map_count, count, fmt::format("{} maps at a time", count)); !allowed)
        return allowed;
    return check_limit(RuleId::map_bytes, bytes, fmt::format("the guest's maps take {} together", bytes_text(bytes)));
}

Result<> Policy::check_objects(std::uint64_t bytes) const {
    return check_limit(RuleId::object_bytes, bytes,
                       fmt::format("the guest's open objects take {} together", bytes_text(bytes)));
}

Result<> Policy::check_attach(const AttachPlace& place) const {
    const AttachKindRow* kind = find_attach_kind(place.kind);
    if (kind == nullptr)
        return fail(EPERM, fmt::format("denied by the policy: attach.kinds: it knows no \"{}\"", shown(place.kind)),
                    ErrorKind::denied);
    if (auto allowed = check_value(RuleId::attach_kinds, place.kind, place.kind); !allowed) return allowed;
    for (const PlacePart& part : kind->parts) {
        std::string value(place.*part.text);
        if (value.empty() && part.need == PlacePart::when_given) continue;
        const std::string asked = asked_of(part.rule, place.kind, value);
        if (auto allowed = check_value(part.rule, asked,
                                       fmt::format("{} on \"{}\"", place.kind, shown(value.empty() ? asked : value)));
            !allowed)
            return allowed;
    }
    return {};
}

Result<> Policy::check_pin(std::string_view path) const {
    return check_value(RuleId::pins, path, fmt::format("\"{}\"", shown(path)));
}

Result<> Policy::check_read(std::string_view path) const {
    return check_value(RuleId::files, path, fmt::format("reading \"{}\"", shown(path)));
}

Result<> Policy::check_perf_event(const PerfEvent& event) const {
    const std::string name = name_of(perf_event_types(), event.type);
    const std::string what = fmt::format("an event of type {} (process {}, CPU {})", name, event.pid, event.cpu);
    if (auto allowed = check_value(RuleId::perf_events, name, what); !allowed) return allowed;
    // These are places, too, by number: any of their kind. Programs attach to the events.
    if (event.type == PERF_TYPE_TRACEPOINT) return check_value(RuleId::attach_tracepoints, "*", what);
    if (!event.at_instructions) return {};
    if (auto allowed = check_value(RuleId::attach_kernel_functions, "*", what); !allowed) return allowed;
    if (auto allowed = check_value(RuleId::attach_binaries, "*", what); !allowed) return allowed;
    return check_value(RuleId::attach_binary_functions, "*", what);
}

Result<> Policy::check_kernel_symbols() const {
    if (limit(RuleId::kernel_symbols) != 0) return {};
    return denied(rule(RuleId::kernel_symbols), "looking one up", "");
}

Result<> Policy::check_socket(std::uint32_t family, std::uint32_t) const {
    const std::string name = name_of(socket_families(), family);
    return check_value(RuleId::sockets, name, fmt::format("a socket of family {}", name));
}

Result<> Policy::check_handles(std::uint64_t count) const {
    return check_limit(RuleId::handles, count, fmt::format("{} handles at a time", count));
}

}  // namespace wasm_bpf::policy
