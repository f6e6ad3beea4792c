// Policy files. Every error says FILE:LINE:COLUMN, what is wrong there, and what is allowed.

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "policy/policy.hpp"
#include "policy/quantities.hpp"

namespace wasm_bpf::policy {
namespace {

constexpr std::string_view base_key = "base";
constexpr std::string_view on_denial_key = "on_denial";

std::string one_line(std::string_view text) {
    std::string line(text);
    for (char& c : line)
        if (std::iscntrl(static_cast<unsigned char>(c))) c = ' ';
    return line;
}

bool is_group(std::string_view path) {
    return std::ranges::any_of(rules(), [&](const Rule& rule) {
        return rule.name.size() > path.size() && rule.name.starts_with(path) && rule.name[path.size()] == '.';
    });
}

std::string_view kind_of(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::table: return "a table";
        case toml::node_type::array: return "a list";
        case toml::node_type::string: return "a text";
        case toml::node_type::integer: return "a whole number";
        case toml::node_type::floating_point: return "a number";
        case toml::node_type::boolean: return "a boolean";
        default: return "a date or time";
    }
}

}  // namespace

class FileReader {
public:
    explicit FileReader(std::string_view source) : source_(source) {}

    Result<Policy> read(const toml::table& file) {
        if (auto known = read_settings(file); !known) return std::unexpected(std::move(known).error());
        if (auto done = read_rules(file, ""); !done) return std::unexpected(std::move(done).error());
        if (auto agree = check_limits(file); !agree) return std::unexpected(std::move(agree).error());
        return std::move(policy_);
    }

    std::unexpected<Error> wrong(const toml::source_region& where, std::string_view what) const {
        return fail(EINVAL, fmt::format("{}:{}:{}: {}", source_, where.begin.line, where.begin.column, one_line(what)));
    }

private:
    // One of two words.
    Result<bool> read_choice(const toml::node& node, std::string_view key, std::string_view yes, std::string_view no) {
        const auto word = node.value<std::string_view>();
        if (!node.is_string() || (*word != yes && *word != no))
            return wrong(node.source(), fmt::format("{} is \"{}\" or \"{}\"", key, yes, no));
        return *word == yes;
    }

    Result<> read_settings(const toml::table& file) {
        if (const toml::node* base = file.get(base_key)) {
            auto command = read_choice(*base, base_key, "command", "deny");
            if (!command) return std::unexpected(std::move(command).error());
            if (*command) policy_ = Policy::command_default();
        }
        if (const toml::node* node = file.get(on_denial_key)) {
            auto end = read_choice(*node, on_denial_key, "end", "fail");
            if (!end) return std::unexpected(std::move(end).error());
            policy_.on_denial(*end ? Policy::OnDenial::end_guest : Policy::OnDenial::fail_call);
        }
        return {};
    }

    Result<> read_rules(const toml::table& table, const std::string& group) {
        for (const auto& [key, node] : table) {
            const std::string name = group + std::string(key.str());
            if (name == base_key || name == on_denial_key) continue;
            if (const Rule* rule = find_rule(name)) {
                if (auto read = read_rule(*rule, node); !read) return read;
            } else if (!is_group(name)) {
                return wrong(key.source(), fmt::format("there is no rule \"{}\"{}", name, rule_suggestion(name)));
            } else if (!node.is_table()) {
                return wrong(node.source(),
                             fmt::format("{} is a group of rules, as [{}], not {}", name, name, kind_of(node)));
            } else if (auto read = read_rules(*node.as_table(), name + "."); !read) {
                return read;
            }
        }
        return {};
    }

    Result<> read_rule(const Rule& rule, const toml::node& node) {
        if (is_list(rule.kind)) return read_list(rule, node);
        if (rule.kind == RuleKind::grants) {
            const toml::array* list = node.as_array();
            if (list == nullptr) return wrong_kind(rule, node, "a list of texts");
            return list->empty() ? (policy_.clear(rule.id), Result<>()) : say(rule, *list, Verdict::allow);
        }
        if (rule.kind == RuleKind::yes_or_no) {
            if (!node.is_boolean()) return wrong_kind(rule, node, "true or false");
            return at(node, **node.as_boolean() ? policy_.allow(rule.id, {}) : policy_.deny(rule.id, {}));
        }
        std::string text;
        if (node.is_string())
            text = **node.as_string();
        else if (node.is_integer())
            text = fmt::format("{}", **node.as_integer());
        else if (node.is_floating_point() && rule.kind == RuleKind::milliseconds)
            text = fmt::format("{}", **node.as_floating_point());
        else
            return wrong_kind(
                rule, node,
                rule.kind == RuleKind::count ? "a number, or \"unlimited\"" : "a number, or a text with a unit");
        return at(node, policy_.allow(rule.id, std::span(&text, 1)));
    }

    // A list: these and no others. A table: what is allowed and denied beside what the base says.
    Result<> read_list(const Rule& rule, const toml::node& node) {
        if (const toml::array* exactly = node.as_array()) {
            policy_.clear(rule.id);
            return exactly->empty() ? Result<>() : say(rule, *exactly, Verdict::allow);
        }
        const toml::table* table = node.as_table();
        if (table == nullptr)
            return wrong_kind(rule, node, "a list (these and no others), or a table of the lists allow and deny");
        for (const auto& [key, value] : *table) {
            if (key.str() != "allow" && key.str() != "deny")
                return wrong(key.source(),
                             fmt::format("{} has no \"{}\"; there are allow and deny", rule.name, key.str()));
            if (!value.is_array())
                return wrong(value.source(),
                             fmt::format("{}.{} is a list of texts, not {}", rule.name, key.str(), kind_of(value)));
        }
        const toml::node* allowed = table->get("allow");
        const toml::node* denied = table->get("deny");
        if (allowed && denied)
            for (const toml::node& value : *denied->as_array())
                for (const toml::node& other : *allowed->as_array())
                    if (value.is_string() && other.is_string() && **value.as_string() == **other.as_string())
                        return wrong(value.source(), fmt::format("{}: \"{}\" is both allowed and denied", rule.name,
                                                                 **value.as_string()));
        // What is denied goes before.
        if (allowed && !allowed->as_array()->empty())
            if (auto said = say(rule, *allowed->as_array(), Verdict::allow); !said) return said;
        if (denied && !denied->as_array()->empty()) return say(rule, *denied->as_array(), Verdict::deny);
        return {};
    }

    Result<> say(const Rule& rule, const toml::array& list, Verdict verdict) {
        for (const toml::node& value : list) {
            if (!value.is_string())
                return wrong(value.source(), fmt::format("{} takes texts, not {}", rule.name, kind_of(value)));
            const std::string text(**value.as_string());
            const std::span one(&text, 1);
            if (auto said =
                    at(value, verdict == Verdict::allow ? policy_.allow(rule.id, one) : policy_.deny(rule.id, one));
                !said)
                return said;
        }
        return {};
    }

    // Limits of one file that cannot both be meant.
    Result<> check_limits(const toml::table& file) const {
        const auto each = file.at_path("maps.bytes_each");
        if (each && file.at_path("maps.bytes") && policy_.limit(RuleId::map_bytes_each) != unlimited &&
            policy_.limit(RuleId::map_bytes_each) > policy_.limit(RuleId::map_bytes))
            return wrong(each.node()->source(), "maps.bytes_each is more than maps.bytes, which is for all of them");
        return {};
    }

    Result<> at(const toml::node& node, Result<> said) const {
        if (said) return said;
        return wrong(node.source(), said.error().message);
    }
    std::unexpected<Error> wrong_kind(const Rule& rule, const toml::node& node, std::string_view wanted) const {
        return wrong(node.source(), fmt::format("{} is {}, not {}", rule.name, wanted, kind_of(node)));
    }

    std::string source_;
    Policy policy_;
};

namespace {

// Where the first character beyond ASCII is, npos for nowhere. toml++ 3.3 asks itself in an undefined way whether such
// a one is a space, wherever it sees neither string nor comment, and a malformed file hides where that is.
std::size_t find_other_character(std::string_view text) {
    const auto other = std::ranges::find_if(text, [](char each) { return static_cast<unsigned char>(each) >= 0x80; });
    return other == text.end() ? text.npos : static_cast<std::size_t>(other - text.begin());
}

}  // namespace

Result<Policy> Policy::parse(std::string_view text, std::string_view source) {
    if (const std::size_t other = find_other_character(text); other != text.npos) {
        const std::string_view before = text.substr(0, other);
        const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
        return fail(EINVAL, fmt::format("{}:{}:{}: a character beyond ASCII: in a string write \\uXXXX", source,
                                        std::ranges::count(before, '\n') + 1, other - line_start + 1));
    }
    FileReader reader(source);
    const toml::parse_result parsed = toml::parse(text, source);
    if (!parsed) return reader.wrong(parsed.error().source(), parsed.error().description());
    return reader.read(parsed.table());
}

Result<Policy> Policy::read(const std::filesystem::path& file) {
    std::error_code error;
    std::ifstream stream(file, std::ios::binary);
    if (!stream || std::filesystem::is_directory(file, error))
        return std::unexpected(errno_error(stream ? EISDIR : errno, fmt::format("policy \"{}\"", file.string())));
    const std::string text{std::istreambuf_iterator(stream), {}};
    return parse(text, file.string());
}

}  // namespace wasm_bpf::policy
