#include "toolchain/memory_use_conflicts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "toolchain/bpf_layout.hpp"

namespace wasm_bpf::toolchain {
namespace {

using Kind = BpfMemoryUse::Kind;

// How a type differs.
struct Difference {
    std::size_t bpf_bytes, guest_bytes;
    std::string fix;    // of a single number or pointer
    std::string table;  // of a struct
};

class Judgement {
public:
    Judgement(const DebugTypes& guest, std::span<const MapSizes> maps, const SharedTypesRule& rule)
        : guest_(guest), bpf_(as_in_bpf(guest)), maps_(maps), rule_(rule) {}

    // Empty where nothing is wrong.
    [[nodiscard]] std::string conflict(const BpfMemoryUse& use) const {
        if (!rule_.is_users_file(use.place.file)) return "";
        const std::optional<Difference> difference = difference_of(use.type);
        if (!difference) return "";
        std::string what;
        if (use.kind == Kind::memory) {
            what = fmt::format("in what BPF shares through {}", use.function);
        } else {
            const std::set<std::string> hit = maps_hit(use, *difference);
            if (hit.empty()) return "";
            what = fmt::format("as the {} of {}{} in {}()", use.kind == Kind::key ? "key" : "value",
                               hit.size() == 1 ? "map " : "one of the maps ", fmt::join(hit, ", "), use.function);
        }
        if (difference->table.empty())
            return fmt::format("{}: error: {}, {}, has {} bytes in BPF and {} in the guest  <- {}\n", shown(use.place),
                               use.type, what, difference->bpf_bytes, difference->guest_bytes, difference->fix);
        return fmt::format("{}: error: {}, {}, does not lie in the guest as in BPF\n{}", shown(use.place), use.type,
                           what, difference->table);
    }

private:
    [[nodiscard]] std::optional<DebugTypeId> find(std::string_view name) const {
        for (const char* tag : {"", "struct ", "union "})  // C++ leaves them out
            if (const auto found = guest_.find(std::string(tag) + std::string(name))) return found;
        const std::size_t scope = name.rfind("::");
        return scope == name.npos ? std::nullopt : find(name.substr(scope + 2));
    }

    [[nodiscard]] std::optional<Difference> difference_of(const std::string& name) const {
        if (name.ends_with('*')) return Difference{8, 4, "declare it __u64", ""};
        if (name == "long") return Difference{8, 4, "declare it __s64", ""};
        if (name == "unsigned long") return Difference{8, 4, "declare it __u64", ""};
        const std::optional<DebugTypeId> named = find(name);
        const std::optional<DebugTypeId> id = named ? guest_.element_id(*named) : std::nullopt;
        if (!id) return std::nullopt;
        const DebugType &here = guest_.all().at(*id), &there = bpf_.all().at(*id);
        if (here.kind == DebugType::Kind::record) {
            if (rule_.unshared.contains(here.name) || rule_.unshared.contains(here.full_name())) return std::nullopt;
            if (!here.is_complete || !there.is_complete) return std::nullopt;
            std::string table = layout_table(bpf_, there, guest_, here);
            if (table.empty()) return std::nullopt;
            return Difference{there.size_bytes, here.size_bytes, "", std::move(table)};
        }
        if (here.size_bytes == there.size_bytes) return std::nullopt;
        if (here.kind == DebugType::Kind::base && here.name == "long double")
            return Difference{there.size_bytes, here.size_bytes, "declare it double", ""};
        return Difference{there.size_bytes, here.size_bytes, here.is_signed ? "declare it __s64" : "declare it __u64",
                          ""};
    }

    // Names of the maps whose elements the type would hold in BPF; of one that is as small as the guest's type, it is
    // the guest's that fits. BPF programs have it as in BPF where the guest sets the size, as of stack traces.
    [[nodiscard]] std::set<std::string> maps_hit(const BpfMemoryUse& use, const Difference& difference) const {
        std::set<std::string> hit;
        if (use.names.contains("bpf_map_create")) return hit;  // the guest's own
        const bool is_named =
            std::ranges::any_of(maps_, [&](const MapSizes& map) { return use.names.contains(map.name); });
        for (const MapSizes& map : maps_) {
            if (is_named ? !use.names.contains(map.name) : map.name.starts_with('.')) continue;
            const std::size_t bytes = use.kind == Kind::key ? map.key_bytes : map.value_bytes;
            if (bytes % difference.bpf_bytes == 0 && (bytes != 0 || use.kind == Kind::value)) hit.insert(map.name);
        }
        return hit;
    }

    const DebugTypes& guest_;
    DebugTypes bpf_;
    std::span<const MapSizes> maps_;
    const SharedTypesRule& rule_;
};

}  // namespace

std::vector<std::string> memory_use_conflicts(std::span<const BpfMemoryUse> uses, const DebugTypes& guest,
                                              std::span<const MapSizes> maps, const SharedTypesRule& rule) {
    const Judgement judgement(guest, maps, rule);
    std::vector<std::string> conflicts;
    for (const BpfMemoryUse& use : uses)
        if (std::string text = judgement.conflict(use);
            !text.empty() && std::ranges::find(conflicts, text) == conflicts.end())
            conflicts.push_back(std::move(text));
    return conflicts;
}

}  // namespace wasm_bpf::toolchain
