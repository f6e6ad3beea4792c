#include "policy/policy.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "policy/kernel_names.hpp"
#include "policy/patterns.hpp"
#include "policy/quantities.hpp"

namespace wasm_bpf::policy {
namespace {

constexpr std::string_view everything(RuleKind kind) { return kind == RuleKind::paths ? "**" : "*"; }
constexpr std::string_view verb(Verdict verdict) { return verdict == Verdict::allow ? "allow" : "deny"; }

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        parts.emplace_back(text.substr(at, comma - at));
        at = comma + 1;
    }
    return parts;
}

// An error where a value names nothing that there is.
Result<> check_known(const Rule& rule, const std::string& value) {
    if (value.empty()) return fail(EINVAL, fmt::format("{}: a value is empty", rule.name));
    if (rule.known == nullptr || value.starts_with('#')) return {};  // a number of the kernel's that has no name here
    const auto known = rule.known();
    if (std::ranges::any_of(known, [&](std::string_view name) { return !name.empty() && covers(value, name); }))
        return {};
    return fail(EINVAL, fmt::format("{}: there is no \"{}\"{}", rule.name, value, suggestion(value, known)));
}

std::string how_to_write(RuleKind kind) {
    switch (kind) {
        case RuleKind::bytes: return "a size as 64MB (a K is 1024), or \"unlimited\"";
        case RuleKind::milliseconds: return "a time as 30s, 500ms or 5m, or \"unlimited\"";
        default: return "a number, or \"unlimited\"";
    }
}

}  // namespace

Policy::Policy() {
    for (const Rule& rule : rules()) {
        lists_.emplace_back(rule.kind == RuleKind::paths ? RuleList::Flavor::paths : RuleList::Flavor::names);
        if (is_limit(rule.kind))
            limits_[static_cast<std::size_t>(rule.id)] = read_limit(rule.kind, rule.command).value_or(0);
    }
}

Policy Policy::command_default() {
    Policy policy;
    for (const Rule& rule : rules()) {
        if (is_list(rule.kind) && !rule.command.empty())
            for (std::string& value : split(rule.command)) policy.list(rule.id).add(std::move(value), Verdict::allow);
        if (rule.kind == RuleKind::yes_or_no && rule.command == "yes")
            policy.limits_[static_cast<std::size_t>(rule.id)] = 1;
    }
    for (const Guarded& item : guarded()) policy.list(item.rule).add(std::string(item.name), Verdict::deny);
    return policy;
}

Result<> Policy::allow(std::string_view text) { return say(text, Verdict::allow); }
Result<> Policy::deny(std::string_view text) { return say(text, Verdict::deny); }
Result<> Policy::allow(RuleId id, std::span<const std::string> values) { return say(rule(id), values, Verdict::allow); }
Result<> Policy::deny(RuleId id, std::span<const std::string> values) { return say(rule(id), values, Verdict::deny); }

void Policy::clear(RuleId id) {
    const auto index = static_cast<std::size_t>(id);
    lists_[index].clear();
    texts_[index].clear();
    if (!is_limit(rule(id).kind)) limits_[index] = 0;
}

Result<> Policy::say(std::string_view text, Verdict verdict) {
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    std::vector<std::string> values;
    const Rule* found = find_rule(name);
    if (equals != text.npos) {
        const std::string_view rest = text.substr(equals + 1);
        if (found != nullptr && found->kind == RuleKind::grants)
            values.emplace_back(rest);
        else
            values = split(rest);
    } else if (name == "all") {
        for (const Rule& each : rules()) {
            if (is_limit(each.kind) || (verdict == Verdict::allow && each.kind == RuleKind::grants)) continue;
            if (auto said = say(each, {}, verdict); !said) return said;
        }
        return {};
    } else if (found == nullptr) {
        // A helper's or kfunc's own name.
        const auto item = std::ranges::find(guarded(), name, &Guarded::name);
        if (std::ranges::count(policy::helpers(), name) != 0)
            found = &rule(RuleId::helpers);
        else if (item != guarded().end())
            found = &rule(item->rule);
        if (found != nullptr && !name.empty()) values.emplace_back(name);
    }
    auto said = found == nullptr || name.empty()
                    ? fail(EINVAL, fmt::format("there is no rule \"{}\"{}", name, rule_suggestion(name)))
                    : say(*found, values, verdict);
    if (!said) return std::unexpected(std::move(said).error().in(fmt::format("--{} {}", verb(verdict), text)));
    return {};
}

Result<> Policy::say(const Rule& rule, std::span<const std::string> values, Verdict verdict) {
    const auto index = static_cast<std::size_t>(rule.id);
    if (is_list(rule.kind)) {
        for (const std::string& value : values)
            if (auto known = check_known(rule, value); !known) return known;
        for (const std::string& value : values) lists_[index].add(value, verdict);
        if (values.empty()) {
            lists_[index].clear();
            if (verdict == Verdict::allow) lists_[index].add(std::string(everything(rule.kind)), verdict);
        }
        return {};
    }
    if (rule.kind == RuleKind::yes_or_no) {
        if (!values.empty()) return fail(EINVAL, fmt::format("{} takes no value", rule.name));
        limits_[index] = verdict == Verdict::allow;
        return {};
    }
    if (rule.kind == RuleKind::grants) {
        if (values.empty() != (verdict == Verdict::deny))
            return fail(EINVAL, fmt::format("{}: {}", rule.name,
                                            verdict == Verdict::allow
                                                ? fmt::format("say which, as {}={}", rule.name, rule.example)
                                                : "denied as a whole only, without a value"));
        if (verdict == Verdict::deny) texts_[index].clear();
        for (const std::string& value : values) texts_[index].push_back(value);
        return {};
    }
    if (verdict == Verdict::deny || values.size() != 1)
        return fail(EINVAL,
                    fmt::format("{} is a limit: set it with --allow {}={}", rule.name, rule.name, rule.example));
    const auto limit = read_limit(rule.kind, values.front());
    if (!limit)
        return fail(EINVAL, fmt::format("{}: \"{}\" is not {}", rule.name, values.front(), how_to_write(rule.kind)));
    if (*limit > rule.most || (*limit == 0 && (rule.id == RuleId::memory || rule.id == RuleId::time)))
        return fail(EINVAL, fmt::format("{}: \"{}\" is not more than 0 and at most {}", rule.name, values.front(),
                                        limit_text(rule.kind, rule.most)));
    limits_[index] = *limit;
    return {};
}

std::optional<std::chrono::milliseconds> Policy::time() const {
    const std::uint64_t milliseconds = limit(RuleId::time);
    if (milliseconds == unlimited) return std::nullopt;
    return std::chrono::milliseconds(milliseconds);
}

}  // namespace wasm_bpf::policy
