#include "bpf/core_names.hpp"

#include <bpf/btf.h>

#include "bpf/core_spec.hpp"
#include "bpf/instructions.hpp"

namespace wasm_bpf::bpf {
namespace {

std::string_view keyword(const btf_type* type) {
    if (btf_is_struct(type)) return "struct ";
    if (btf_is_union(type)) return "union ";
    if (btf_is_enum(type) || btf_is_enum64(type)) return "enum ";
    return "";
}

}  // namespace

CoreUse describe(const CoreRelocation& relocation, const btf* types) {
    const auto spec = read_core_spec(relocation, types);
    if (!spec) return {};
    const btf_type* root = btf__type_by_id(types, relocation.type_id);
    CoreUse use{.type = std::string(keyword(root)).append(essential_name(text_at(types, root->name_off)))};
    use.asks_only = !needs_answer(relocation.kind);
    if (is_enumerator_kind(relocation.kind)) {
        use.what = CoreUse::What::enumerator;
        use.member = essential_name(spec->enumerator);
        return use;
    }
    if (!is_field_kind(relocation.kind)) return use;
    use.what = CoreUse::What::field;
    for (std::size_t i = 1; i < spec->steps.size(); i++) {
        const CoreSpec::Step& step = spec->steps[i];
        if (step.name.empty())
            use.member.append("[").append(std::to_string(step.index)).append("]");
        else
            use.member.append(use.member.empty() ? "" : ".").append(step.name);
    }
    if (use.member.empty()) use.what = CoreUse::What::type;
    return use;
}

}  // namespace wasm_bpf::bpf
