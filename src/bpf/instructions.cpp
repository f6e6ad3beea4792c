#include "bpf/instructions.hpp"

#include <gelf.h>
#include <libelf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <cstring>
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

std::vector<std::uint32_t> subprogram_helpers(std::span<const std::byte> elf) {
    elf_version(EV_CURRENT);
    // libelf takes the image as writable, and reads it only.
    auto* image = reinterpret_cast<char*>(const_cast<std::byte*>(elf.data()));
    const std::unique_ptr<Elf, int (*)(Elf*)> file(elf_memory(image, elf.size()), elf_end);
    std::size_t names = 0;
    if (!file || elf_getshdrstrndx(file.get(), &names) != 0) return {};
    std::vector<std::uint32_t> helpers;
    for (Elf_Scn* section = elf_nextscn(file.get(), nullptr); section; section = elf_nextscn(file.get(), section)) {
        GElf_Shdr header{};
        if (!gelf_getshdr(section, &header) || !(header.sh_flags & SHF_EXECINSTR)) continue;
        const char* name = elf_strptr(file.get(), names, header.sh_name);
        const Elf_Data* data = elf_getdata(section, nullptr);
        if (!name || std::string_view(name) != ".text" || !data || !data->d_buf) continue;
        std::vector<bpf_insn> instructions(data->d_size / sizeof(bpf_insn));
        if (instructions.empty()) continue;
        std::memcpy(instructions.data(), data->d_buf, instructions.size() * sizeof(bpf_insn));
        helpers = merge(helpers, called_helpers(instructions));
    }
    return helpers;
}

std::vector<std::uint32_t> merge(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
    std::vector<std::uint32_t> both;
    std::ranges::set_union(a, b, std::back_inserter(both));
    return both;
}

}  // namespace wasm_bpf::bpf
