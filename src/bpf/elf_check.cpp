#include "bpf/elf_check.hpp"

#include <bpf/btf.h>
#include <gelf.h>
#include <libelf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/btf_check.hpp"
#include "bpf/instructions.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr std::uint8_t load_64_bit = BPF_LD | BPF_IMM | BPF_DW;  // takes two instructions

class Check {
public:
    explicit Check(Elf* file) : file_(file) {}

    std::optional<std::string> run() {
        GElf_Ehdr header{};
        if (elf_kind(file_) != ELF_K_ELF || !gelf_getehdr(file_, &header)) return std::nullopt;  // libbpf says so
        if (header.e_machine != EM_BPF && header.e_machine != EM_NONE)
            return "it is an ELF file for a processor: programs for the kernel are compiled by clang -target bpf";
        std::size_t count = 0;
        if (elf_getshdrstrndx(file_, &names_) != 0 || elf_getshdrnum(file_, &count) != 0 ||
            !elf_rawdata(elf_getscn(file_, names_), nullptr))
            return "its table of sections is missing or malformed: is the file cut off?";
        // Places of instructions that are the second half of a load, for each section of code.
        second_halves_.resize(count);
        for (std::size_t index = 1; index < count && !wrong_; index++) read_code(index);
        for (std::size_t index = 1; index < count && !wrong_; index++) check_symbols(index);
        for (std::size_t index = 1; index < count && !wrong_; index++) check_relocations(index);
        for (std::size_t index = 1; index < count && !wrong_; index++) check_core_relocations(index);
        for (std::size_t index = 1; index < count && !wrong_; index++) check_types(index, count);
        return wrong_;
    }

private:
    struct Section {
        GElf_Shdr header{};
        const Elf_Data* data = nullptr;
        std::string name;
    };

    // Nothing where the section has no content in the file.
    std::optional<Section> section(std::size_t index) {
        Elf_Scn* found = elf_getscn(file_, index);
        Section result;
        if (!found || !gelf_getshdr(found, &result.header) || result.header.sh_type == SHT_NOBITS) return std::nullopt;
        const char* name = elf_strptr(file_, names_, result.header.sh_name);
        result.name = printable(name ? name : "");
        result.data = elf_getdata(found, nullptr);
        if (!result.data || (result.data->d_size > 0 && !result.data->d_buf)) return std::nullopt;
        return result;
    }

    template <typename... Arguments>
    void wrong(const Section& section, fmt::format_string<Arguments...> text, Arguments&&... arguments) {
        wrong_ =
            fmt::format("section \"{}\": {}", section.name, fmt::format(text, std::forward<Arguments>(arguments)...));
    }

    void check_types(std::size_t index, std::size_t count) {
        const auto found = section(index);
        if (!found || found->name != BTF_ELF_SEC) return;
        const std::unique_ptr<btf, void (*)(btf*)> types(
            btf__new(found->data->d_buf, static_cast<std::uint32_t>(found->data->d_size)), btf__free);
        if (!types) return;  // libbpf says why
        if (const auto unsound = unsound_types(types.get())) return wrong(*found, "{}", *unsound);
        check_struct_ops(types.get(), count);
    }

    // libbpf copies each struct_ops from where BTF, or else its symbol, has it in its section, without asking whether
    // it is all inside (init_struct_ops_maps).
    void check_struct_ops(const btf* types, std::size_t count) {
        for (std::uint32_t id = 1; !wrong_ && id < btf__type_cnt(types); id++) {
            const btf_type* data_section = btf__type_by_id(types, id);
            const char* name = btf_is_datasec(data_section) ? btf__name_by_offset(types, data_section->name_off) : "";
            if (!name || std::string_view(name).find(".struct_ops") == std::string_view::npos) continue;
            for (std::size_t other = 1; other < count; other++) {
                const auto content = section(other);
                if (content && content->name == name) check_variables(*content, other, count, types, data_section);
            }
        }
    }

    void check_variables(const Section& content, std::size_t index, std::size_t count, const btf* types,
                         const btf_type* data_section) {
        const std::uint64_t size = content.data->d_size;
        for (const btf_var_secinfo& place : std::span(btf_var_secinfos(data_section), btf_vlen(data_section))) {
            const btf_type* variable = btf__type_by_id(types, place.type);
            const char* name = variable ? btf__name_by_offset(types, variable->name_off) : nullptr;
            const std::int64_t bytes = variable && btf_is_var(variable) ? btf__resolve_size(types, variable->type) : -1;
            if (!name || bytes < 0 || place.offset + static_cast<std::uint64_t>(bytes) > size ||
                !symbol_fits(name, index, count, size, static_cast<std::uint64_t>(bytes)))
                return wrong(content, "\"{}\" is not all inside", printable(name ? name : ""));
            if (!members_fit(types, btf__resolve_type(types, variable->type)))
                return wrong(content, "the type of \"{}\" has members that are not all inside", printable(name));
        }
    }

    // libbpf reads and writes members of a struct_ops by their offsets (bpf_object__collect_st_ops_relos,
    // bpf_map__init_kern_struct_ops), in a copy of the type's size.
    static bool members_fit(const btf* types, int id) {
        const btf_type* type = id > 0 ? btf__type_by_id(types, static_cast<std::uint32_t>(id)) : nullptr;
        if (!type || !btf_is_struct(type)) return true;
        return std::ranges::all_of(std::span(btf_members(type), btf_vlen(type)), [&](const btf_member& member) {
            const std::int64_t size = btf__resolve_size(types, member.type);
            // With a bitfield's width in it, as libbpf has it, which takes none.
            return size >= 0 && member.offset / 8 + static_cast<std::uint64_t>(size) <= type->size;
        });
    }

    // Whether every symbol of that name in the section has so many bytes there.
    bool symbol_fits(std::string_view name, std::size_t section_index, std::size_t count, std::uint64_t size,
                     std::uint64_t bytes) {
        for (std::size_t index = 1; index < count; index++) {
            const auto table = section(index);
            if (!table || table->header.sh_type != SHT_SYMTAB) continue;
            GElf_Sym symbol{};
            for (int i = 0; gelf_getsym(const_cast<Elf_Data*>(table->data), i, &symbol); i++) {
                const char* text = elf_strptr(file_, table->header.sh_link, symbol.st_name);
                if (symbol.st_shndx != section_index || !text || text != name) continue;
                if (symbol.st_value > size || bytes > size - symbol.st_value) return false;
            }
        }
        return true;
    }

    // libbpf forgets memory where a CO-RE relocation is between two instructions (bpf_object__relocate_core).
    void check_core_relocations(std::size_t index) {
        const auto found = section(index);
        if (!found || found->name != ".BTF.ext") return;
        const auto* bytes = static_cast<const std::byte*>(found->data->d_buf);
        const std::size_t size = found->data->d_size;
        const auto number = [&](std::uint64_t offset) -> std::uint32_t {
            std::uint32_t value = 0;
            if (offset + sizeof(value) <= size) std::memcpy(&value, bytes + offset, sizeof(value));
            return value;
        };
        // struct btf_ext_header: magic and version, its own length, then offset and length of three parts.
        constexpr std::uint64_t length_at = 4, relocations_at = 24;
        if ((number(0) & 0xffff) == 0x9feb) return wrong(*found, "it is of another byte order");
        if (number(length_at) < relocations_at + 8) return;  // none
        std::uint64_t place = std::uint64_t{number(length_at)} + number(relocations_at);
        const std::uint64_t end = std::min<std::uint64_t>(size, place + number(relocations_at + 4));
        const std::uint32_t record = number(place);
        if (record < sizeof(std::uint32_t)) return;  // libbpf refuses it
        for (place += sizeof(record); place + 8 <= end;) {
            const std::uint64_t records = number(place + 4);
            place += 8;
            for (std::uint64_t i = 0; i < records && place + record <= end; i++, place += record)
                if (number(place) % sizeof(bpf_insn) != 0)
                    return wrong(*found, "relocation {} is between two instructions", i);
        }
    }

    void read_code(std::size_t index) {
        const auto code = section(index);
        if (!code || code->header.sh_type != SHT_PROGBITS || !(code->header.sh_flags & SHF_EXECINSTR)) return;
        if (code->data->d_size % sizeof(bpf_insn) != 0) return wrong(*code, "its size is not one of instructions");
        std::vector<bpf_insn> instructions(code->data->d_size / sizeof(bpf_insn));
        if (!instructions.empty()) std::memcpy(instructions.data(), code->data->d_buf, code->data->d_size);
        if (const std::ptrdiff_t place = find_raw_number(instructions); place >= 0)
            return wrong(*code, "instruction {} names a map or kernel function by number, without a relocation", place);
        auto& second_halves = second_halves_[index];
        second_halves.assign(instructions.size() + 1, false);
        for (std::size_t i = 0; i < instructions.size(); i++) {
            if (instructions[i].code != load_64_bit) continue;
            if (i + 1 == instructions.size() || instructions[i + 1].code != 0)
                return wrong(*code, "instruction {} loads 64 bits and has no second half", i);
            second_halves[++i] = true;
        }
    }

    // Whether an instruction of a section of code, or its end, is at `offset`.
    bool is_boundary(std::size_t section, std::uint64_t offset) const {
        const auto& second_halves = second_halves_[section];
        const std::uint64_t place = offset / sizeof(bpf_insn);
        return offset % sizeof(bpf_insn) == 0 && place < second_halves.size() && !second_halves[place];
    }

    void check_symbols(std::size_t index) {
        const auto table = section(index);
        if (!table || table->header.sh_type != SHT_SYMTAB) return;
        GElf_Sym symbol{};
        for (int i = 0; gelf_getsym(const_cast<Elf_Data*>(table->data), i, &symbol); i++) {
            if (symbol.st_shndx >= second_halves_.size() || second_halves_[symbol.st_shndx].empty()) continue;
            if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC) continue;
            if (symbol.st_value + symbol.st_size < symbol.st_value || !is_boundary(symbol.st_shndx, symbol.st_value) ||
                !is_boundary(symbol.st_shndx, symbol.st_value + symbol.st_size))
                return wrong(*table, "function {} does not begin and end with whole instructions", i);
        }
    }

    void check_relocations(std::size_t index) {
        const auto table = section(index);
        if (!table || table->header.sh_type != SHT_REL) return;
        const std::size_t code = table->header.sh_info;
        if (code >= second_halves_.size() || second_halves_[code].empty()) return;
        GElf_Rel relocation{};
        for (int i = 0; gelf_getrel(const_cast<Elf_Data*>(table->data), i, &relocation); i++)
            if (!is_boundary(code, relocation.r_offset) ||
                relocation.r_offset / sizeof(bpf_insn) + 1 >= second_halves_[code].size())
                return wrong(*table, "relocation {} is of no instruction", i);
    }

    Elf* file_;
    std::size_t names_ = 0;
    std::vector<std::vector<bool>> second_halves_;
    std::optional<std::string> wrong_;
};

}  // namespace

std::optional<std::string> malformed_part(std::span<const std::byte> elf) {
    elf_version(EV_CURRENT);
    // libelf takes the image as writable, and reads it only.
    auto* image = reinterpret_cast<char*>(const_cast<std::byte*>(elf.data()));
    const std::unique_ptr<Elf, int (*)(Elf*)> file(elf_memory(image, elf.size()), elf_end);
    return file ? Check(file.get()).run() : std::nullopt;
}

}  // namespace wasm_bpf::bpf
