#include "bpf/core_spec.hpp"

#include <linux/bpf.h>

#include <charconv>

#include "bpf/instructions.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr int max_depth = 32;          // of types in types
constexpr std::size_t max_steps = 64;  // relo_core.h: BPF_CORE_SPEC_MAX_LEN

bool is_any_enum(const btf_type* type) { return btf_is_enum(type) || btf_is_enum64(type); }

std::string_view enumerator_name(const btf* types, const btf_type* type, std::uint32_t index) {
    return text_at(types, btf_is_enum(type) ? btf_enum(type)[index].name_off : btf_enum64(type)[index].name_off);
}

// "0:3:1"
std::optional<std::vector<std::uint32_t>> read_path(std::string_view text) {
    std::vector<std::uint32_t> path;
    while (!text.empty()) {
        std::uint32_t index = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
        if (error != std::errc() || path.size() == max_steps) return std::nullopt;
        path.push_back(index);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.empty()) break;
        if (text.front() != ':') return std::nullopt;
        text.remove_prefix(1);
    }
    if (path.empty()) return std::nullopt;
    return path;
}

// One more step into `id`, which becomes what is there.
bool add_step(const btf* types, std::uint32_t index, std::uint32_t& id, CoreSpec& spec) {
    const btf_type* type = plain_type(types, id);
    if (!type) return false;
    if (btf_is_composite(type)) {
        if (index >= btf_vlen(type)) return false;
        const btf_member& member = btf_members(type)[index];
        const std::string_view name = text_at(types, member.name_off);
        if (!name.empty()) spec.steps.push_back({id, index, std::string(name)});
        id = member.type;
        return true;
    }
    if (!btf_is_array(type)) return false;
    const auto* array = btf_array(type);
    // Only a flexible array has any index (relo_core.c: is_flex_arr).
    if (array->nelems > 0 && index >= array->nelems) return false;
    id = array->type;
    spec.steps.push_back({id, index, {}});
    return true;
}

// relo_core.c: bpf_core_fields_are_compat.
bool fields_fit(const btf* local, std::uint32_t local_id, const btf* kernel, std::uint32_t kernel_id) {
    for (int depth = 0; depth < max_depth; depth++) {
        const btf_type* ours = plain_type(local, local_id);
        const btf_type* theirs = plain_type(kernel, kernel_id);
        if (!ours || !theirs) return false;
        if (btf_is_composite(ours) && btf_is_composite(theirs)) return true;
        if (!kinds_fit(ours, theirs)) return false;
        switch (btf_kind(ours)) {
            case BTF_KIND_PTR:
            case BTF_KIND_FLOAT:
            case BTF_KIND_INT: return true;
            case BTF_KIND_FWD:
            case BTF_KIND_ENUM64:
            case BTF_KIND_ENUM: {
                const std::string_view a = essential_name(text_at(local, ours->name_off));
                const std::string_view b = essential_name(text_at(kernel, theirs->name_off));
                return a.empty() || b.empty() || a == b;
            }
            case BTF_KIND_ARRAY:
                local_id = btf_array(ours)->type;
                kernel_id = btf_array(theirs)->type;
                break;
            default: return false;
        }
    }
    return false;
}

// relo_core.c: bpf_core_match_member. `kernel_id` becomes the member's type.
bool find_member(const CoreSpec::Step& step, const btf* local, const btf* kernel, std::uint32_t& kernel_id, int depth) {
    const btf_type* type = plain_type(kernel, kernel_id);
    if (!type || !btf_is_composite(type) || depth == max_depth) return false;
    for (std::uint32_t i = 0; i < btf_vlen(type); i++) {
        const btf_member& member = btf_members(type)[i];
        const std::string_view name = text_at(kernel, member.name_off);
        if (name.empty()) {
            std::uint32_t inner = member.type;
            if (!find_member(step, local, kernel, inner, depth + 1)) continue;
            kernel_id = inner;
            return true;
        }
        if (name != step.name) continue;
        const btf_type* owner = btf__type_by_id(local, step.type_id);
        if (!fields_fit(local, btf_members(owner)[step.index].type, kernel, member.type)) return false;
        kernel_id = member.type;
        return true;
    }
    return false;
}

bool find_element(const CoreSpec::Step& step, const btf* kernel, std::uint32_t& kernel_id) {
    const btf_type* type = plain_type(kernel, kernel_id);
    if (!type || !btf_is_array(type)) return false;
    const auto* array = btf_array(type);
    if (array->nelems > 0 && step.index >= array->nelems) return false;
    kernel_id = array->type;
    return true;
}

// relo_core.c: __bpf_core_types_are_compat.
bool types_fit(const btf* local, std::uint32_t local_id, const btf* kernel, std::uint32_t kernel_id, int level) {
    for (int depth = 0; depth < max_depth; depth++) {
        const btf_type* ours = plain_type(local, local_id);
        const btf_type* theirs = plain_type(kernel, kernel_id);
        if (!ours || !theirs || !kinds_fit(ours, theirs)) return false;
        if (btf_is_ptr(ours)) {
            local_id = ours->type;
            kernel_id = theirs->type;
        } else if (btf_is_array(ours)) {
            local_id = btf_array(ours)->type;
            kernel_id = btf_array(theirs)->type;
        } else if (btf_is_func_proto(ours)) {
            if (btf_vlen(ours) != btf_vlen(theirs) || level == 0) return false;
            for (std::uint32_t i = 0; i < btf_vlen(ours); i++)
                if (!types_fit(local, btf_params(ours)[i].type, kernel, btf_params(theirs)[i].type, level - 1))
                    return false;
            local_id = ours->type;
            kernel_id = theirs->type;
        } else {
            return true;
        }
    }
    return false;
}

}  // namespace

BtfPointer read_object_btf(std::span<const std::byte> elf) {
    BtfPointer types;
    each_section(elf, BTF_ELF_SEC, [&](std::span<const std::byte> content) {
        types.reset(btf__new(content.data(), static_cast<std::uint32_t>(content.size())));
    });
    return types;
}

std::string_view text_at(const btf* types, std::uint32_t offset) {
    const char* text = btf__str_by_offset(types, offset);
    return text ? text : "";
}

const btf_type* plain_type(const btf* types, std::uint32_t& id) {
    const btf_type* type = btf__type_by_id(types, id);
    for (int depth = 0; type && (btf_is_mod(type) || btf_is_typedef(type)); depth++)
        type = depth < max_depth ? btf__type_by_id(types, id = type->type) : nullptr;
    return type;
}

bool is_field_kind(std::uint32_t kind) { return kind <= BPF_CORE_FIELD_RSHIFT_U64; }
bool is_enumerator_kind(std::uint32_t kind) {
    return kind == BPF_CORE_ENUMVAL_EXISTS || kind == BPF_CORE_ENUMVAL_VALUE;
}
bool needs_answer(std::uint32_t kind) {
    return kind == BPF_CORE_ENUMVAL_VALUE || (is_field_kind(kind) && kind != BPF_CORE_FIELD_EXISTS);
}

bool kinds_fit(const btf_type* a, const btf_type* b) {
    return btf_kind(a) == btf_kind(b) || (is_any_enum(a) && is_any_enum(b));
}

std::optional<CoreSpec> read_core_spec(const CoreRelocation& relocation, const btf* types) {
    std::uint32_t id = relocation.type_id;
    const btf_type* root = plain_type(types, id);
    const auto path = read_path(relocation.access);
    if (!root || !path || relocation.kind > BPF_CORE_TYPE_MATCHES) return std::nullopt;
    CoreSpec spec;
    spec.steps.push_back({id, path->front(), {}});
    if (is_enumerator_kind(relocation.kind)) {
        if (!is_any_enum(root) || path->size() > 1 || path->front() >= btf_vlen(root)) return std::nullopt;
        spec.enumerator = enumerator_name(types, root, path->front());
        return spec;
    }
    if (!is_field_kind(relocation.kind)) return spec;
    for (std::size_t i = 1; i < path->size(); i++)
        if (!add_step(types, (*path)[i], id, spec)) return std::nullopt;
    return spec;
}

bool core_spec_matches(const CoreRelocation& relocation, const CoreSpec& spec, const btf* types, const btf* kernel,
                       std::uint32_t kernel_type_id) {
    if (is_enumerator_kind(relocation.kind)) {
        const btf_type* type = plain_type(kernel, kernel_type_id);
        if (!type || !is_any_enum(type)) return false;
        for (std::uint32_t i = 0; i < btf_vlen(type); i++)
            if (essential_name(enumerator_name(kernel, type, i)) == essential_name(spec.enumerator)) return true;
        return false;
    }
    if (!is_field_kind(relocation.kind)) return types_fit(types, relocation.type_id, kernel, kernel_type_id, max_depth);
    std::uint32_t id = kernel_type_id;
    for (std::size_t i = 1; i < spec.steps.size(); i++) {
        const CoreSpec::Step& step = spec.steps[i];
        if (step.name.empty() ? !find_element(step, kernel, id) : !find_member(step, types, kernel, id, 0))
            return false;
    }
    return true;
}

}  // namespace wasm_bpf::bpf
