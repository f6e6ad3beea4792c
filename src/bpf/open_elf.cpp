#include "bpf/open_elf.hpp"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <string_view>

#include "bpf/elf_check.hpp"
#include "bpf/libbpf_messages.hpp"

namespace wasm_bpf::bpf {

namespace {

// libbpf takes every map of type struct_ops for one of a .struct_ops section, with the data that those have, and would
// follow a null pointer in one that only says so.
bool has_false_struct_ops(const bpf_object* object) {
    const bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object) {
        if (bpf_map__type(map) != BPF_MAP_TYPE_STRUCT_OPS) continue;
        const btf* types = bpf_object__btf(object);
        const int id = btf__find_by_name_kind(types, bpf_map__name(map), BTF_KIND_VAR);
        bool in_section = false;
        for (std::uint32_t section_id = 1; section_id < btf__type_cnt(types); section_id++) {
            const btf_type* section = btf__type_by_id(types, section_id);
            const char* name = btf_is_datasec(section) ? btf__name_by_offset(types, section->name_off) : nullptr;
            if (name == nullptr || !std::string_view(name).starts_with(".struct_ops")) continue;
            const std::span variables(btf_var_secinfos(section), btf_vlen(section));
            in_section |= std::ranges::any_of(
                variables, [&](const btf_var_secinfo& each) { return each.type == static_cast<std::uint32_t>(id); });
        }
        if (!in_section) return true;
    }
    return false;
}

}  // namespace

Result<bpf_object*> open_elf(std::span<const std::byte> elf, const bpf_object_open_opts& options) {
    constexpr std::string_view no_object = "this is no BPF object: ";
    if (const auto wrong = malformed_part(elf)) return fail(EINVAL, std::string(no_object) + *wrong);
    const LibbpfMessages messages;
    bpf_object* object = bpf_object__open_mem(elf.data(), elf.size(), &options);
    // libbpf hands its error numbers on as pointers, and takes for an object what is beyond the range of errno values:
    // some of its steps return numbers that a malformed object gave them. No pointer is an int.
    if (const auto value = reinterpret_cast<std::intptr_t>(object); value <= std::numeric_limits<int>::max()) {
        const int error = object == nullptr && errno != 0 ? errno : EINVAL;
        const bool host_is_short = error == EMFILE || error == ENFILE || error == ENOMEM;
        const std::string what(host_is_short ? "open the BPF object: " : no_object);
        return fail(plain_errno(error), messages.explain(what + error_text(error)));
    }
    if (has_false_struct_ops(object)) {
        bpf_object__close(object);
        return fail(EINVAL, std::string(no_object) + "a map of type struct_ops is in none of its sections");
    }
    return object;
}

}  // namespace wasm_bpf::bpf
