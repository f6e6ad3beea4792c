#include "bpf/object_code.hpp"

#include <bpf/btf.h>
#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "bpf/instructions.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr std::uint8_t load_64_bit = BPF_LD | BPF_IMM | BPF_DW;
constexpr std::uint8_t call = BPF_JMP | BPF_CALL;

// The table in .BTF.ext that one pair of header fields describes (linux/btf.h has no such struct; libbpf's
// btf_ext_header): the size of a record, and for each section its name, a count and the records.
class ExtensionTable {
public:
    ExtensionTable(std::span<const std::byte> extension, std::size_t field) : bytes_(extension) {
        constexpr std::size_t header_length_at = 4;
        // An older header is shorter: its later tables are not there.
        if (number(header_length_at) < field + 8) return;
        place_ = std::uint64_t{number(header_length_at)} + number(field);
        end_ = std::min<std::uint64_t>(bytes_.size(), place_ + number(field + 4));
        record_size_ = number(place_);
        place_ += sizeof(std::uint32_t);
    }

    // `visit(section's name in the strings of BTF, the record's place)`.
    void each_record(std::size_t least_size, const std::function<void(std::uint32_t, std::uint64_t)>& visit) {
        if (record_size_ < least_size) return;
        while (place_ + 8 <= end_) {
            const std::uint32_t section = number(place_);
            const std::uint32_t count = number(place_ + 4);
            place_ += 8;
            for (std::uint32_t i = 0; i < count && place_ + record_size_ <= end_; i++, place_ += record_size_)
                visit(section, place_);
        }
    }

    [[nodiscard]] std::uint32_t number(std::uint64_t place) const {
        std::uint32_t value = 0;
        if (place + sizeof value <= bytes_.size()) std::memcpy(&value, bytes_.data() + place, sizeof value);
        return value;
    }

private:
    std::span<const std::byte> bytes_;
    std::uint64_t place_ = 0, end_ = 0;
    std::uint32_t record_size_ = 0;
};

class Reader {
public:
    Reader(Elf* file, const btf* types, ObjectCode& result) : file_(file), types_(types), result_(result) {}

    bool run() {
        std::size_t count = 0;
        if (elf_getshdrstrndx(file_, &names_) != 0 || elf_getshdrnum(file_, &count) != 0) return false;
        read_externs();
        for (std::size_t index = 1; index < count; index++) read_symbols(index);
        std::ranges::sort(result_.functions, {}, place);
        for (std::size_t index = 1; index < count; index++) read_relocations(index);
        for (CodeFunction& function : result_.functions) add_near_calls(function);
        for (std::size_t index = 1; index < count; index++) read_extension(index);
        return true;
    }

private:
    struct Section {
        GElf_Shdr header{};
        Elf_Data* data = nullptr;
        std::string name;
    };

    std::optional<Section> section(std::size_t index) {
        Elf_Scn* found = elf_getscn(file_, index);
        Section result;
        if (!found || !gelf_getshdr(found, &result.header) || result.header.sh_type == SHT_NOBITS) return std::nullopt;
        const char* name = elf_strptr(file_, names_, result.header.sh_name);
        result.name = name ? name : "";
        result.data = elf_getdata(found, nullptr);
        if (!result.data || !result.data->d_buf) return std::nullopt;
        return result;
    }

    void read_symbols(std::size_t index) {
        const auto table = section(index);
        if (!table || table->header.sh_type != SHT_SYMTAB) return;
        GElf_Sym symbol{};
        for (int i = 0; gelf_getsym(table->data, i, &symbol); i++) {
            const char* name = elf_strptr(file_, table->header.sh_link, symbol.st_name);
            if (!name || *name == '\0') continue;
            if (symbol.st_shndx == SHN_UNDEF) add_extern(name, GELF_ST_BIND(symbol.st_info) == STB_WEAK);
            if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC) add_function(symbol, name);
        }
    }

    void add_function(const GElf_Sym& symbol, const char* name) {
        const auto code = section(symbol.st_shndx);
        if (!code || !(code->header.sh_flags & SHF_EXECINSTR)) return;
        const std::size_t size = code->data->d_size;
        if (symbol.st_value > size || symbol.st_size > size - symbol.st_value) return;
        CodeFunction function{.name = name, .section = code->name, .start = symbol.st_value / sizeof(bpf_insn)};
        function.code.resize(symbol.st_size / sizeof(bpf_insn));
        if (!function.code.empty())
            std::memcpy(function.code.data(), static_cast<const std::byte*>(code->data->d_buf) + symbol.st_value,
                        function.code.size() * sizeof(bpf_insn));
        result_.functions.push_back(std::move(function));
    }

    // What BTF says of the names that the object declares and does not define.
    void read_externs() {
        std::set<std::uint32_t> settings;
        for (std::uint32_t id = 1; types_ && id < btf__type_cnt(types_); id++) {
            const btf_type* type = btf__type_by_id(types_, id);
            if (!btf_is_datasec(type) || text(type->name_off) != ".kconfig") continue;
            for (const btf_var_secinfo& each : std::span(btf_var_secinfos(type), btf_vlen(type)))
                settings.insert(each.type);
        }
        for (std::uint32_t id = 1; types_ && id < btf__type_cnt(types_); id++) {
            const btf_type* type = btf__type_by_id(types_, id);
            const bool function = btf_is_func(type) && btf_vlen(type) == BTF_FUNC_EXTERN;
            const bool variable = btf_is_var(type) && btf_var(type)->linkage == BTF_VAR_GLOBAL_EXTERN;
            if (!function && !variable) continue;
            const std::string name = text(type->name_off);
            const auto kind = function                ? ExternSymbol::Kind::function
                              : settings.contains(id) ? ExternSymbol::Kind::setting
                                                      : ExternSymbol::Kind::variable;
            declared_[name] = {kind, std::string(essential_name(name)), false, variable && !is_void(type->type)};
        }
    }

    void add_extern(const std::string& name, bool weak) {
        const auto declared = declared_.find(name);
        if (declared == declared_.end() || extern_symbols_.contains(name)) return;
        extern_symbols_[name] = result_.externs.size();
        result_.externs.push_back(declared->second);
        result_.externs.back().weak = weak;
    }

    [[nodiscard]] bool is_void(std::uint32_t id) const {
        const btf_type* type = btf__type_by_id(types_, id);
        for (int steps = 0; type && steps < 64 && (btf_is_mod(type) || btf_is_typedef(type)); steps++)
            type = btf__type_by_id(types_, type->type);
        return !type || btf_is_void(type);
    }

    CodeFunction* function_at(const std::string& section_name, std::size_t instruction) {
        auto found = std::ranges::upper_bound(result_.functions,
                                              std::pair<const std::string&, std::size_t>(section_name, instruction),
                                              std::ranges::less(), place);
        if (found == result_.functions.begin()) return nullptr;
        --found;
        const bool inside = found->section == section_name && instruction - found->start < found->code.size();
        return inside ? &*found : nullptr;
    }

    static std::pair<const std::string&, std::size_t> place(const CodeFunction& function) {
        return {function.section, function.start};
    }

    void read_relocations(std::size_t index) {
        const auto table = section(index);
        if (!table || table->header.sh_type != SHT_REL) return;
        const auto code = section(table->header.sh_info);
        const auto symbols = section(table->header.sh_link);
        if (!code || !symbols || !(code->header.sh_flags & SHF_EXECINSTR)) return;
        GElf_Rel relocation{};
        for (int i = 0; gelf_getrel(table->data, i, &relocation); i++) {
            const std::size_t instruction = relocation.r_offset / sizeof(bpf_insn);
            CodeFunction* function = function_at(code->name, instruction);
            GElf_Sym symbol{};
            if (!function || !gelf_getsym(symbols->data, static_cast<int>(GELF_R_SYM(relocation.r_info)), &symbol))
                continue;
            relocate(*function, instruction - function->start, symbol, symbols->header.sh_link);
        }
    }

    // libbpf.c: bpf_program__record_reloc, and bpf_object__reloc_code for where a call goes.
    void relocate(CodeFunction& function, std::size_t at, const GElf_Sym& symbol, std::size_t strings) {
        const bpf_insn& instruction = function.code[at];
        const bool is_call = instruction.code == call;
        if (!is_call && instruction.code != load_64_bit) return;
        if (symbol.st_shndx == SHN_UNDEF) {
            const char* name = elf_strptr(file_, strings, symbol.st_name);
            const auto known = extern_symbols_.find(name ? name : "");
            if (known != extern_symbols_.end())
                function.externs[at] = known->second;
            else
                function.addresses.insert(at);
            return;
        }
        const auto target = section(symbol.st_shndx);
        const auto offset = static_cast<std::int64_t>(symbol.st_value / sizeof(bpf_insn)) +
                            (is_call ? instruction.imm + 1 : instruction.imm / static_cast<int>(sizeof(bpf_insn)));
        if (target && (target->header.sh_flags & SHF_EXECINSTR) && offset >= 0)
            add_call(function, at, target->name, static_cast<std::size_t>(offset));
        if (!is_call) function.addresses.insert(at);
    }

    void add_call(CodeFunction& function, std::size_t at, const std::string& section_name, std::size_t instruction) {
        if (const CodeFunction* callee = function_at(section_name, instruction))
            function.calls[at] = static_cast<std::size_t>(callee - result_.functions.data());
    }

    // Calls inside one section need no relocation.
    void add_near_calls(CodeFunction& function) {
        for (std::size_t at = 0; at < function.code.size(); at++) {
            const bpf_insn& instruction = function.code[at];
            if (instruction.code == load_64_bit) at++;
            if (instruction.code != call || instruction.src_reg != BPF_PSEUDO_CALL) continue;
            if (function.calls.contains(at) || function.externs.contains(at)) continue;
            const auto target = static_cast<std::int64_t>(function.start + at) + instruction.imm + 1;
            if (target >= 0) add_call(function, at, function.section, static_cast<std::size_t>(target));
        }
    }

    void read_extension(std::size_t index) {
        const auto found = section(index);
        if (!found || found->name != ".BTF.ext" || !types_) return;
        const std::span bytes(static_cast<const std::byte*>(found->data->d_buf), found->data->d_size);
        constexpr std::size_t line_field = 16, core_field = 24;
        ExtensionTable relocations(bytes, core_field);
        // struct bpf_core_relo: instruction, type, path, kind.
        relocations.each_record(16, [&](std::uint32_t section_name, std::uint64_t at) {
            const std::size_t instruction = relocations.number(at) / sizeof(bpf_insn);
            if (CodeFunction* function = function_at(text(section_name), instruction))
                function->core[instruction - function->start] = {
                    relocations.number(at + 4), relocations.number(at + 12), text(relocations.number(at + 8))};
        });
        // struct bpf_line_info: instruction, file, line, number.
        ExtensionTable lines(bytes, line_field);
        std::map<std::uint32_t, std::size_t> files;
        lines.each_record(16, [&](std::uint32_t, std::uint64_t at) { files[lines.number(at + 4)]++; });
        std::size_t most = 0;
        for (const auto& [file, count] : files) {
            const std::string name = std::filesystem::path(text(file)).filename();
            if (count <= most || name.ends_with(".h")) continue;
            most = count;
            result_.source = name;
        }
    }

    [[nodiscard]] std::string text(std::uint32_t offset) const {
        const char* found = btf__str_by_offset(types_, offset);
        return found ? found : "";
    }

    Elf* file_;
    const btf* types_;
    ObjectCode& result_;
    std::size_t names_ = 0;
    std::map<std::string, ExternSymbol> declared_;       // by their symbols, which have flavors
    std::map<std::string, std::size_t> extern_symbols_;  // index in ObjectCode::externs
};

}  // namespace

std::size_t ObjectCode::find(const std::string& section, const std::string& name) const {
    const auto found = std::ranges::find_if(
        functions, [&](const CodeFunction& each) { return each.section == section && each.name == name; });
    return static_cast<std::size_t>(found - functions.begin());
}

std::set<std::size_t> ObjectCode::called_from(std::size_t function) const {
    std::set<std::size_t> reached;
    std::vector<std::size_t> left;
    if (function < functions.size()) left.push_back(function);
    while (!left.empty()) {
        const std::size_t next = left.back();
        left.pop_back();
        if (!reached.insert(next).second) continue;
        for (const auto& [at, callee] : functions[next].calls) left.push_back(callee);
    }
    return reached;
}

Result<ObjectCode> read_code(std::span<const std::byte> elf, const btf* types) {
    elf_version(EV_CURRENT);
    // libelf takes the image as writable, and reads it only.
    auto* image = reinterpret_cast<char*>(const_cast<std::byte*>(elf.data()));
    const std::unique_ptr<Elf, int (*)(Elf*)> file(elf_memory(image, elf.size()), elf_end);
    ObjectCode result;
    if (!file || !Reader(file.get(), types, result).run()) return fail(EINVAL, "this is no ELF file");
    return result;
}

}  // namespace wasm_bpf::bpf
