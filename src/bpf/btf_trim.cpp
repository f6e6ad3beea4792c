#include "bpf/btf_trim.hpp"

#include <bpf/btf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <bitset>
#include <cerrno>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>

#include "bpf/btf_file.hpp"
#include "bpf/core_spec.hpp"
#include "bpf/instructions.hpp"
#include "bpf/libbpf_messages.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr int max_depth = 64;  // of anonymous members in one another

bool is_reference(const btf_type* type) { return btf_is_mod(type) || btf_is_typedef(type); }

// Collects which types stay, and of structs and unions, which members.
class Selection {
public:
    Selection(const btf* all, std::span<const BtfNeeds> objects) : all_(all) {
        for (const btf* local : objects | std::views::transform(&BtfNeeds::types))
            for (std::uint32_t id = 1; local != nullptr && id < btf__type_cnt(local); id++) {
                const btf_type* type = btf__type_by_id(local, id);
                if (!btf_is_composite(type)) continue;
                for (const btf_member& member : std::span(btf_members(type), btf_vlen(type)))
                    local_members_.insert(essential_name(text_at(local, member.name_off)));
            }
    }

    void add(const BtfNeeds& needs, const CoreRelocation& relocation, std::uint32_t candidate) {
        switch (relocation.kind) {
            case BPF_CORE_TYPE_EXISTS:
            case BPF_CORE_TYPE_SIZE: return keep(candidate, Depth::signature);
            case BPF_CORE_TYPE_MATCHES: return keep(candidate, Depth::members);
            default: return keep_path(candidate, read_core_spec(relocation, needs.types));
        }
    }

    // By its name and number alone.
    void add_name(std::uint32_t id) { kept_.try_emplace(id); }

    Result<std::vector<std::byte>> build();
    [[nodiscard]] std::uint32_t number(std::uint32_t id) const {
        const auto found = numbers_.find(id);
        return found != numbers_.end() ? found->second : 0;
    }

private:
    // How much of what a type refers to: what it holds by value, structs and unions with no members; besides, what
    // pointers and functions refer to; besides, the members of what is held by value that the object has names of.
    enum class Depth { value, signature, members };

    [[nodiscard]] const btf_type* type(std::uint32_t id) const { return btf__type_by_id(all_, id); }

    // NOLINTNEXTLINE(misc-no-recursion): it ends, since it keeps each but once a depth.
    void keep(std::uint32_t id, Depth depth) {
        const btf_type* kept = id != 0 ? type(id) : nullptr;
        if (kept == nullptr) return;
        kept_.try_emplace(id);
        if (!seen_.emplace(id, depth).second) return;
        if (is_reference(kept)) {
            keep(kept->type, depth);
        } else if (btf_is_array(kept)) {
            keep(btf_array(kept)->type, depth);
            keep(btf_array(kept)->index_type, depth);
        } else if (btf_is_ptr(kept) && depth != Depth::value) {
            keep(kept->type, Depth::signature);
        } else if (btf_is_func_proto(kept)) {
            keep(kept->type, depth);
            for (const btf_param& parameter : std::span(btf_params(kept), btf_vlen(kept))) keep(parameter.type, depth);
        } else if (btf_is_composite(kept) && depth == Depth::members) {
            for (std::uint32_t i = 0; i < btf_vlen(kept); i++) {
                const btf_member& member = btf_members(kept)[i];
                if (!local_members_.contains(essential_name(text_at(all_, member.name_off)))) continue;
                kept_[id].insert(i);
                keep(member.type, depth);
            }
        }
    }

    // As far as the candidate goes along (relo_core.c: bpf_core_spec_match).
    void keep_path(std::uint32_t candidate, const std::optional<CoreSpec>& spec) {
        keep(candidate, Depth::value);
        std::optional<std::uint32_t> id = candidate;
        for (std::size_t i = 1; spec && i < spec->steps.size() && id; i++) {
            const std::string& member = spec->steps[i].name;
            const btf_type* outer = plain_type(all_, *id);
            if (!member.empty())
                id = keep_member(*id, member, max_depth);
            else
                id = outer && btf_is_array(outer) ? std::optional(btf_array(outer)->type) : std::nullopt;
        }
    }

    // The type of the member, which may be inside of anonymous ones (relo_core.c: bpf_core_match_member).
    // NOLINTNEXTLINE(misc-no-recursion): bounded by `depth`
    std::optional<std::uint32_t> keep_member(std::uint32_t id, std::string_view name, int depth) {
        const btf_type* outer = plain_type(all_, id);
        if (outer == nullptr || !btf_is_composite(outer) || depth == 0) return std::nullopt;
        std::optional<std::uint32_t> found;
        for (std::uint32_t i = 0; i < btf_vlen(outer) && !found; i++) {
            const btf_member& member = btf_members(outer)[i];
            const std::string_view member_name = text_at(all_, member.name_off);
            if (member_name == name)
                found = member.type;
            else if (member_name.empty())
                found = keep_member(member.type, name, depth - 1);
            if (found) keep_member_at(id, i);
        }
        return found;
    }

    void keep_member_at(std::uint32_t id, std::uint32_t index) {
        const btf_type* outer = type(id);
        kept_[id].insert(index);
        keep(btf_members(outer)[index].type, Depth::value);
        // An array without elements may be read beyond its end where it is the last member only (is_flex_arr).
        std::uint32_t inner_id = btf_members(outer)[index].type;
        const btf_type* inner = plain_type(all_, inner_id);
        const std::uint32_t last = btf_vlen(outer) - 1;
        if (inner == nullptr || !btf_is_array(inner) || btf_array(inner)->nelems != 0 || index == last) return;
        kept_[id].insert(last);
        keep(btf_members(outer)[last].type, Depth::value);
    }

    int copy(btf* trimmed, const btf_type* original, const std::set<std::uint32_t>& chosen);
    void renumber(btf_type* copied, std::uint32_t function) const;

    const btf* all_;
    std::set<std::string_view> local_members_;
    std::map<std::uint32_t, std::set<std::uint32_t>> kept_;  // in the kernel's order, which ambiguities depend on
    std::set<std::pair<std::uint32_t, Depth>> seen_;
    std::unordered_map<std::uint32_t, std::uint32_t> numbers_;
};

int Selection::copy(btf* trimmed, const btf_type* original, const std::set<std::uint32_t>& chosen) {
    if (!btf_is_composite(original)) return btf__add_type(trimmed, all_, original);
    const char* name = btf__str_by_offset(all_, original->name_off);
    const int id = btf_is_struct(original) ? btf__add_struct(trimmed, name, original->size)
                                           : btf__add_union(trimmed, name, original->size);
    for (const std::uint32_t index : chosen) {
        const btf_member& member = btf_members(original)[index];
        if (const int error = btf__add_field(
                trimmed, btf__str_by_offset(all_, member.name_off), static_cast<int>(number(member.type)),
                btf_member_bit_offset(original, index), btf_member_bitfield_size(original, index));
            error != 0)
            return error;
    }
    return id;
}

// What stands for a type that did not stay is void: the numbers behind a pointer, and of a named type.
void Selection::renumber(btf_type* copied, std::uint32_t function) const {
    if (btf_is_func(copied)) {
        copied->type = function;
    } else if (is_reference(copied) || btf_is_ptr(copied)) {
        copied->type = number(copied->type);
    } else if (btf_is_array(copied)) {
        auto* array = btf_array(copied);
        array->type = number(array->type);
        array->index_type = number(array->index_type);
    } else if (btf_is_func_proto(copied)) {
        copied->type = number(copied->type);
        for (btf_param& parameter : std::span(btf_params(copied), btf_vlen(copied)))
            parameter.type = number(parameter.type);
    }
}

Result<std::vector<std::byte>> Selection::build() {
    const LibbpfMessages messages;
    const auto failed = [&](int error) {
        return fail(plain_errno(error), messages.explain("trim BTF: " + error_text(error)));
    };
    const BtfPointer trimmed(btf__new_empty());
    if (!trimmed) return failed(errno);
    btf__set_pointer_size(trimmed.get(), btf__pointer_size(all_));
    for (const auto& [id, chosen] : kept_) numbers_.emplace(id, static_cast<std::uint32_t>(numbers_.size()) + 1);
    for (const auto& [id, chosen] : kept_)
        if (const int added = copy(trimmed.get(), type(id), chosen); added < 0) return failed(added);
    // Functions are looked up by their names; what they take and give does not matter.
    const int function = btf__add_func_proto(trimmed.get(), 0);
    if (function < 0) return failed(function);
    for (const auto& [id, number] : numbers_)
        renumber(const_cast<btf_type*>(btf__type_by_id(trimmed.get(), number)), static_cast<std::uint32_t>(function));
    btf__set_endianness(trimmed.get(), btf__endianness(all_));
    std::uint32_t size = 0;
    const auto* bytes = static_cast<const std::byte*>(btf__raw_data(trimmed.get(), &size));
    if (bytes == nullptr) return failed(errno);
    return std::vector(bytes, bytes + size);
}

// Looks all names up in one pass over the kernel's types.
class Names {
public:
    explicit Names(std::span<const BtfNeeds> objects) {
        for (const BtfNeeds& needs : objects) {
            for (const CoreRelocation& relocation : needs.relocations) {
                if (relocation.kind == BPF_CORE_TYPE_ID_LOCAL) continue;
                const btf_type* type = btf__type_by_id(needs.types, relocation.type_id);
                const auto name = essential_name(text_at(needs.types, type->name_off));
                if (!name.empty()) add(name).relocations.push_back({&needs, &relocation, type});
            }
            for (const NamedType& each : needs.named) {
                add(each.name).named.push_back(named_.size());
                named_.push_back({each.kind});
            }
        }
    }

    void look_up(const btf* all, Selection& selection) {
        const std::uint32_t count = btf__type_cnt(all);
        for (std::uint32_t id = 1; id < count; id++) {
            const btf_type* type = btf__type_by_id(all, id);
            const std::string_view name = text_at(all, type->name_off);
            if (name.empty() || !beginnings_[beginning(name)]) continue;
            if (const auto wanted = wanted_.find(name); wanted != wanted_.end())
                for (const std::size_t index : wanted->second.named)
                    if (named_[index].id == 0 && btf_kind(type) == named_[index].kind)
                        selection.add_name(named_[index].id = id);
            if (const auto wanted = wanted_.find(essential_name(name)); wanted != wanted_.end())
                for (Relocation& each : wanted->second.relocations) {
                    if (!kinds_fit(type, each.type)) continue;
                    each.found = true;
                    selection.add(*each.needs, *each.relocation, id);
                }
        }
    }

    struct Named {
        std::uint32_t kind;
        std::uint32_t id = 0;  // the kernel's, once found
    };
    [[nodiscard]] const std::vector<Named>& named() const { return named_; }
    // Whether every name is there, and a candidate for every relocation.
    [[nodiscard]] bool all_found() const {
        return std::ranges::all_of(
                   wanted_ | std::views::values,
                   [](const Wanted& each) { return std::ranges::all_of(each.relocations, &Relocation::found); }) &&
               std::ranges::find(named_, 0U, &Named::id) == named_.end();
    }

private:
    struct Relocation {
        const BtfNeeds* needs;
        const CoreRelocation* relocation;
        const btf_type* type;
        bool found = false;
    };
    struct Wanted {
        std::vector<Relocation> relocations;
        std::vector<std::size_t> named;
    };
    static std::size_t beginning(std::string_view name) {
        return std::size_t{static_cast<unsigned char>(name[0])} << 8 |
               (name.size() > 1 ? static_cast<unsigned char>(name[1]) : 0U);
    }
    Wanted& add(std::string_view name) {
        beginnings_.set(beginning(name));
        if (name.size() == 1) beginnings_.set(beginning(std::string(name) + "_"));  // of its flavors
        return wanted_[name];
    }

    std::vector<Named> named_;
    std::unordered_map<std::string_view, Wanted> wanted_;
    std::bitset<1 << 16> beginnings_;  // tells most names apart without a look at their end
};

}  // namespace

Result<TrimmedBtf> trim_btf(const btf* all, std::span<const BtfNeeds> objects) {
    TrimmedBtf result;
    Selection selection(all, objects);
    Names names(objects);
    names.look_up(all, selection);
    result.complete = names.all_found();
    for (const BtfNeeds& needs : objects)
        result.numbers_used |= std::ranges::any_of(
            needs.relocations, [](const CoreRelocation& each) { return each.kind == BPF_CORE_TYPE_ID_TARGET; });
    auto bytes = selection.build();
    if (!bytes) return std::unexpected(std::move(bytes).error());
    result.bytes = std::move(*bytes);
    for (const Names::Named& each : names.named()) result.numbers.push_back({selection.number(each.id), each.id});
    return result;
}

namespace {

// What the relocations of these object files refer to and are.
struct ObjectNeeds {
    explicit ObjectNeeds(std::span<const std::span<const std::byte>> objects) {
        for (const auto elf : objects) {
            types.push_back(read_object_btf(elf));
            BtfNeeds& object = needs.emplace_back(types.back().get());
            each_section(elf, ".BTF.ext", [&](std::span<const std::byte> btf_ext) {
                if (object.types != nullptr) object.relocations = core_relocations(object.types, btf_ext);
            });
        }
    }
    std::vector<BtfPointer> types;
    std::vector<BtfNeeds> needs;
};

}  // namespace

bool has_core_relocations(std::span<const std::span<const std::byte>> objects) {
    const ObjectNeeds read(objects);
    return std::ranges::any_of(read.needs, [](const BtfNeeds& each) { return !each.relocations.empty(); });
}

Result<std::vector<std::byte>> min_btf(std::span<const std::span<const std::byte>> objects,
                                       const std::filesystem::path& file) {
    const ObjectNeeds read(objects);
    const auto all = open_btf_file(file);
    if (!all) return std::unexpected(all.error());
    auto trimmed = trim_btf(all->btf.get(), read.needs);
    if (!trimmed) return std::unexpected(std::move(trimmed).error());
    return std::move(trimmed->bytes);
}

}  // namespace wasm_bpf::bpf
