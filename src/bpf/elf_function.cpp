#include "bpf/elf_function.hpp"

#include <fcntl.h>
#include <gelf.h>

#include <cerrno>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/fd.hpp"

namespace wasm_bpf::bpf {
namespace {

struct Found {
    std::uint64_t offset;
    bool weak;
};

// The place in the file of a symbol's code; nothing where it is not in this file.
std::optional<std::uint64_t> place(Elf* elf, const GElf_Sym& symbol) {
    Elf_Scn* section = elf_getscn(elf, symbol.st_shndx);
    GElf_Shdr header;
    if (symbol.st_shndx == SHN_UNDEF || section == nullptr || gelf_getshdr(section, &header) == nullptr) return {};
    return symbol.st_value - header.sh_addr + header.sh_offset;
}

// Adds what one table of symbols knows of the name. False where it stands for several places.
bool look_up(Elf* elf, Elf_Scn* section, const GElf_Shdr& header, const std::string& name,
             std::optional<Found>& found) {
    Elf_Data* data = elf_getdata(section, nullptr);
    const std::size_t count = data != nullptr && header.sh_entsize != 0 ? header.sh_size / header.sh_entsize : 0;
    for (std::size_t i = 0; i < count; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) break;
        const int type = GELF_ST_TYPE(symbol.st_info);
        const char* text = elf_strptr(elf, header.sh_link, symbol.st_name);
        if (type != STT_FUNC || text == nullptr || name != text) continue;
        const auto offset = place(elf, symbol);
        if (!offset || (found && found->offset == *offset)) continue;
        const bool weak = GELF_ST_BIND(symbol.st_info) == STB_WEAK;
        if (found && !found->weak && !weak) return false;
        if (!found || found->weak) found = {*offset, weak};
    }
    return true;
}

}  // namespace

Result<std::uint64_t> function_offset(const std::string& file, const std::string& name) {
    const Fd opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!opened.valid()) return std::unexpected(errno_error(errno, "open \"" + printable(file) + "\""));
    elf_version(EV_CURRENT);
    const std::unique_ptr<Elf, int (*)(Elf*)> elf(elf_begin(opened.get(), ELF_C_READ_MMAP, nullptr), elf_end);
    if (!elf || elf_kind(elf.get()) != ELF_K_ELF)
        return fail(EINVAL, fmt::format("\"{}\" is no program and no library", printable(file)));
    std::optional<Found> found;
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf.get(), section)) != nullptr;) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == nullptr || (header.sh_type != SHT_DYNSYM && header.sh_type != SHT_SYMTAB))
            continue;
        if (!look_up(elf.get(), section, header, name, found))
            return fail(ESRCH, fmt::format("\"{}\" has several functions \"{}\"", printable(file), printable(name)));
    }
    if (!found) return fail(ENOENT, fmt::format("\"{}\" has no function \"{}\"", printable(file), printable(name)));
    return found->offset;
}

}  // namespace wasm_bpf::bpf
