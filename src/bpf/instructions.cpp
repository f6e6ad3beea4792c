#include "bpf/instructions.hpp"

#include <bpf/btf.h>
#include <gelf.h>
#include <libelf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <iterator>
#include <memory>
#include <set>
#include <string_view>

namespace wasm_bpf::bpf {

std::vector<std::uint32_t> called_helpers(std::span<const bpf_insn> instructions) {
    // A call with another source register is one of a subprogram or of a kfunc.
    constexpr std::uint8_t helper_call = BPF_JMP | BPF_CALL;
    std::set<std::uint32_t> helpers;
    for (std::size_t i = 0; i < instructions.size(); ++i) {
        const bpf_insn& instruction = instructions[i];
        if (instruction.code == helper_call && instruction.src_reg == 0)
            helpers.insert(static_cast<std::uint32_t>(instruction.imm));
        // The second half of a 64-bit load is data.
        if (instruction.code == (BPF_LD | BPF_IMM | BPF_DW)) ++i;
    }
    return {helpers.begin(), helpers.end()};
}

void each_section(std::span<const std::byte> elf, std::string_view wanted,
                  const std::function<void(std::span<const std::byte>)>& visit) {
    elf_version(EV_CURRENT);
    // libelf takes the image as writable, and reads it only.
    auto* image = reinterpret_cast<char*>(const_cast<std::byte*>(elf.data()));
    const std::unique_ptr<Elf, int (*)(Elf*)> file(elf_memory(image, elf.size()), elf_end);
    std::size_t names = 0;
    if (!file || elf_getshdrstrndx(file.get(), &names) != 0) return;
    for (Elf_Scn* section = elf_nextscn(file.get(), nullptr); section; section = elf_nextscn(file.get(), section)) {
        GElf_Shdr header{};
        if (!gelf_getshdr(section, &header)) continue;
        const char* name = elf_strptr(file.get(), names, header.sh_name);
        if (!name || name != wanted) continue;
        // As libbpf reads it: not converted.
        const Elf_Data* data = elf_rawdata(section, nullptr);
        if (data && data->d_buf && data->d_size > 0) visit({static_cast<const std::byte*>(data->d_buf), data->d_size});
    }
}

namespace {

std::vector<bpf_insn> instructions_of(std::span<const std::byte> data) {
    std::vector<bpf_insn> instructions(data.size() / sizeof(bpf_insn));
    if (!instructions.empty()) std::memcpy(instructions.data(), data.data(), instructions.size() * sizeof(bpf_insn));
    return instructions;
}

constexpr std::string_view subprogram_section = ".text";

}  // namespace

std::string_view essential_name(std::string_view name) {
    for (std::size_t i = name.size(); i-- > 1;)
        if (i + 3 < name.size() && name.substr(i, 3) == "___" && name[i - 1] != '_' && name[i + 3] != '_')
            return name.substr(0, i);
    return name;
}

std::vector<std::uint32_t> subprogram_helpers(std::span<const std::byte> elf) {
    std::vector<std::uint32_t> helpers;
    each_section(elf, subprogram_section, [&](std::span<const std::byte> data) {
        helpers = merge(helpers, called_helpers(instructions_of(data)));
    });
    return helpers;
}

std::ptrdiff_t find_raw_number(std::span<const bpf_insn> instructions) {
    for (std::size_t i = 0; i < instructions.size(); ++i) {
        const bpf_insn& instruction = instructions[i];
        const bool kernel_function =
            instruction.code == (BPF_JMP | BPF_CALL) && instruction.src_reg == BPF_PSEUDO_KFUNC_CALL;
        const bool load = instruction.code == (BPF_LD | BPF_IMM | BPF_DW);
        if (kernel_function || (load && instruction.src_reg != 0)) return static_cast<std::ptrdiff_t>(i);
    }
    return -1;
}

std::vector<std::string> declared_kfuncs(std::span<const std::byte> elf) {
    std::vector<std::string> names;
    each_section(elf, BTF_ELF_SEC, [&](std::span<const std::byte> data) {
        const std::unique_ptr<btf, void (*)(btf*)> types(btf__new(data.data(), static_cast<std::uint32_t>(data.size())),
                                                         btf__free);
        if (!types) return;
        for (std::uint32_t id = 1; id < btf__type_cnt(types.get()); ++id) {
            const btf_type* type = btf__type_by_id(types.get(), id);
            if (!btf_is_func(type) || btf_vlen(type) != BTF_FUNC_EXTERN) continue;
            if (const char* name = btf__name_by_offset(types.get(), type->name_off))
                names.emplace_back(essential_name(name));
        }
    });
    return names;
}

std::vector<std::uint32_t> merge(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
    std::vector<std::uint32_t> both;
    std::ranges::set_union(a, b, std::back_inserter(both));
    return both;
}

}  // namespace wasm_bpf::bpf
