#include "toolchain/shared_layouts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

// A member with those of the anonymous structs in it, by their whole names ("in.x"), in bits from the record's start.
struct Leaf {
    std::string name;
    const DebugMember* member;
    std::size_t bit_offset;
    std::size_t bit_size;
    std::size_t unit_bytes;  // the size of its type, or of its elements: a flexible array has no other
    int depth;               // of members around it whose type has no name of its own
};

bool is_same_file(const fs::path& one, const fs::path& other) {
    std::error_code ignored;
    return one == other || fs::equivalent(one, other, ignored);
}

bool is_record(const DebugType* type) { return type != nullptr && type->kind == DebugType::Kind::record; }

class Comparison {
public:
    Comparison(const DebugTypes& bpf, const DebugTypes& guest, const SharedTypesRule& rule)
        : bpf_(bpf), guest_(guest), rule_(rule) {}

    [[nodiscard]] bool are_shared(const DebugType& bpf, const DebugType& guest) const {
        if (!is_users(bpf) || !is_users(guest)) return false;
        return is_same_file(bpf.place.file, guest.place.file) ||
               std::ranges::equal(bpf.members, guest.members, {}, &DebugMember::name, &DebugMember::name);
    }

    // The same type, to go by its name. One without a tag may go by another of its typedefs on the other side.
    [[nodiscard]] static bool are_namesakes(const DebugType& bpf, const DebugType& guest) {
        if (bpf.full_name() == guest.full_name()) return true;
        return bpf.tag.empty() && guest.tag.empty() && bpf.place.line == guest.place.line &&
               is_same_file(bpf.place.file, guest.place.file);
    }

    // Empty where the layouts agree.
    [[nodiscard]] std::string conflict(const DebugType& bpf, const DebugType& guest) const {
        const std::string rows = table(bpf, guest);
        if (rows.empty()) return "";
        const bool is_same_place = bpf.place.line == guest.place.line && is_same_file(bpf.place.file, guest.place.file);
        return fmt::format("{}: error: {} does not lie in the guest as in BPF{}\n{}", shown(guest.place),
                           guest.full_name(), is_same_place ? "" : fmt::format(" ({})", shown(bpf.place)), rows);
    }

    [[nodiscard]] std::string table(const DebugType& bpf, const DebugType& guest) const {
        const std::vector<Leaf> there = leaves(bpf_, bpf);
        const std::vector<Leaf> here = leaves(guest_, guest);
        bool differs = bpf.size_bytes != guest.size_bytes;
        std::vector<Row> rows;
        for (const Leaf& leaf : here) {
            const auto same = std::ranges::find(there, leaf.name, &Leaf::name);
            if (same == there.end()) continue;
            const bool moved = (same->bit_offset != leaf.bit_offset || same->bit_size != leaf.bit_size ||
                                same->unit_bytes != leaf.unit_bytes) &&
                               !is_lower_half(leaf, here, *same, there);
            // Of structs without a name inside only what differs.
            if (moved || leaf.depth == 0) rows.push_back({&leaf, &*same});
            differs |= moved;
        }
        return differs ? text(bpf.size_bytes, guest.size_bytes, rows) : "";
    }

private:
    struct Row {
        const Leaf* guest;
        const Leaf* bpf;
    };

    [[nodiscard]] bool is_users(const DebugType& type) const {
        return !type.place.file.empty() && rule_.is_users_file(type.place.file);
    }

    // A pointer into an arena, in a union with its whole 8 bytes: in Wasm it is the lower 4 of them.
    [[nodiscard]] bool is_lower_half(const Leaf& guest, const std::vector<Leaf>& here, const Leaf& bpf,
                                     const std::vector<Leaf>& there) const {
        const DebugType* type = guest_.element(guest.member->type);
        if (type == nullptr || type->kind != DebugType::Kind::pointer || guest.bit_offset != bpf.bit_offset)
            return false;
        return std::ranges::any_of(here, [&](const Leaf& whole) {
            if (whole.bit_offset != guest.bit_offset || whole.bit_size != bpf.bit_size) return false;
            const auto same = std::ranges::find(there, whole.name, &Leaf::name);
            return same != there.end() && same->bit_offset == bpf.bit_offset && same->bit_size == bpf.bit_size;
        });
    }

    // Whether it is compared on its own, and not as a part of what it is in.
    [[nodiscard]] bool stands_alone(const DebugType& type) const { return !type.name.empty() && is_users(type); }

    [[nodiscard]] std::vector<Leaf> leaves(const DebugTypes& types, const DebugType& record) const {
        std::vector<Leaf> result;
        add_leaves(types, record, "", 0, 0, result);
        return result;
    }

    void add_leaves(const DebugTypes& types, const DebugType& record, const std::string& prefix, std::size_t bit_offset,
                    int depth, std::vector<Leaf>& result) const {
        constexpr int max_depth = 16;
        for (const DebugMember& member : record.members) {
            const std::string name = prefix + member.name;
            const std::size_t at = bit_offset + member.bit_offset;
            const std::size_t bits = member.bit_size != 0 ? member.bit_size : types.size_bytes(member.type) * 8;
            const DebugType* type = types.element(member.type);
            const std::size_t unit_bytes = type != nullptr ? type->size_bytes : 0;
            if (!member.name.empty()) result.push_back({name, &member, at, bits, unit_bytes, depth});
            if (!is_record(type) || depth == max_depth || (!member.name.empty() && stands_alone(*type))) continue;
            add_leaves(types, *type, member.name.empty() ? prefix : name + ".", at, depth + !member.name.empty(),
                       result);
        }
    }

    [[nodiscard]] std::string fix(const Leaf& bpf, const Leaf& guest) const {
        if (bpf.unit_bytes == guest.unit_bytes) return "";
        const DebugType* type = guest_.element(guest.member->type);
        if (type == nullptr) return "";
        switch (type->kind) {
            case DebugType::Kind::pointer: return "declare it __u64";
            case DebugType::Kind::base:
                if (type->name == "long double") return "declare it double";
                return type->is_signed ? "declare it __s64" : "declare it __u64";
            case DebugType::Kind::record: return stands_alone(*type) ? fmt::format("see {}", type->full_name()) : "";
            default: return "";
        }
    }

    [[nodiscard]] std::string text(std::size_t bpf_bytes, std::size_t guest_bytes, const std::vector<Row>& rows) const {
        const auto bits = [](std::size_t count) {
            return count % 8 == 0 ? fmt::format("{}", count / 8) : fmt::format("{}:{}", count / 8, count % 8);
        };
        const auto place = [&](const Leaf& leaf) {
            return fmt::format("{}, {}", bits(leaf.bit_offset), bits(leaf.bit_size));
        };
        constexpr std::string_view heading = "offset, size";
        std::size_t width = heading.size();
        for (const Row& row : rows) width = std::max(width, declaration(*row.guest).size());
        std::string result = fmt::format("    {:>4}  {:<{}}  {:>12}  {:>12}\n", "line", heading, width, "BPF", "guest");
        bool has_fix = false;
        for (const Row& row : rows) {
            const std::string advice = fix(*row.bpf, *row.guest);
            has_fix |= !advice.empty();
            result += fmt::format("    {:>4}  {:<{}}  {:>12}  {:>12}{}{}\n", row.guest->member->place.line,
                                  declaration(*row.guest), width, place(*row.bpf), place(*row.guest),
                                  advice.empty() ? "" : "  <- ", advice);
        }
        result += fmt::format("    {:>4}  {:<{}}  {:>12}  {:>12}\n", "", "size", width, bpf_bytes, guest_bytes);
        if (!has_fix) result += "    Give its members types of the same size and alignment on both sides.\n";
        return result;
    }

    // "void *addr", "long n[4]"
    static std::string declaration(const Leaf& leaf) {
        std::string type = leaf.member->type_name;  // of a type without a name: "event::structure "
        if (const std::size_t scope = type.rfind("::"); scope != type.npos && type.ends_with(' '))
            type.erase(0, scope + 2);
        if (type == "structure ") type = "struct";
        while (type.ends_with(' ')) type.pop_back();
        const std::size_t brackets = std::min(type.find('['), type.size());
        return fmt::format("{}{}{}{}", type.substr(0, brackets), type.substr(0, brackets).ends_with('*') ? "" : " ",
                           leaf.name, type.substr(brackets));
    }

    const DebugTypes& bpf_;
    const DebugTypes& guest_;
    const SharedTypesRule& rule_;
};

}  // namespace

std::string shown(const Place& place) {
    std::error_code ignored;
    const fs::path near = fs::proximate(place.file, ignored);
    return fmt::format("{}:{}", near.empty() || near.string().starts_with("..") ? place.file.string() : near.string(),
                       place.line);
}

std::string layout_table(const DebugTypes& bpf_types, const DebugType& bpf, const DebugTypes& guest_types,
                         const DebugType& guest) {
    const SharedTypesRule nobodys{[](const fs::path&) { return false; }, {}};
    return Comparison(bpf_types, guest_types, nobodys).table(bpf, guest);
}

std::vector<std::string> layout_conflicts(const DebugTypes& bpf, const DebugTypes& guest, const SharedTypesRule& rule) {
    const Comparison comparison(bpf, guest, rule);
    std::vector<std::string> conflicts;
    for (const auto& [guest_id, here] : guest.all()) {
        if (here.kind != DebugType::Kind::record || !here.is_complete || here.name.empty()) continue;
        if (rule.unshared.contains(here.name) || rule.unshared.contains(here.full_name())) continue;
        for (const auto& [bpf_id, there] : bpf.all()) {
            if (there.kind != DebugType::Kind::record || !there.is_complete || !Comparison::are_namesakes(there, here))
                continue;
            if (!comparison.are_shared(there, here)) continue;
            if (std::string conflict = comparison.conflict(there, here); !conflict.empty())
                if (std::ranges::find(conflicts, conflict) == conflicts.end()) conflicts.push_back(std::move(conflict));
            break;
        }
    }
    return conflicts;
}

}  // namespace wasm_bpf::toolchain
