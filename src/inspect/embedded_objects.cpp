#include "inspect/embedded_objects.hpp"

#include <elf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <optional>

#include <fmt/format.h>

namespace wasm_bpf::inspect {
namespace {

constexpr std::size_t most_objects = 256;
constexpr std::uint64_t most_memory = 256 << 20;
// Optimizers leave out zeros at a segment's end: the last bytes of a table of sections are such.
constexpr std::size_t zeros_after = sizeof(Elf64_Shdr);

std::unexpected<Error> bad(std::string text) { return fail(EINVAL, std::move(text), ErrorKind::bad_module); }

template <typename T>
std::optional<T> read(std::span<const std::byte> bytes, std::uint64_t offset) {
    if (offset > bytes.size() || sizeof(T) > bytes.size() - offset) return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

// Whether it begins as a BPF object does; anything may hold the four bytes that mark an ELF file.
bool is_bpf_header(const Elf64_Ehdr& header) {
    return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
           header.e_ident[EI_DATA] == ELFDATA2LSB && header.e_type == ET_REL && header.e_machine == EM_BPF &&
           header.e_shentsize == sizeof(Elf64_Shdr);
}

// How long the object at the beginning of `bytes` is: up to the end of its last section, or of the table of them.
// Nothing where it does not end within.
std::optional<std::uint64_t> elf_size(std::span<const std::byte> bytes, const Elf64_Ehdr& header) {
    std::uint64_t end = sizeof header;
    const auto extend = [&](std::uint64_t offset, std::uint64_t size) {
        if (offset > bytes.size() || size > bytes.size() - offset) return false;
        end = std::max(end, offset + size);
        return true;
    };
    const auto first = read<Elf64_Shdr>(bytes, header.e_shoff);
    if (!first) return std::nullopt;
    // The ELF format: more sections than the header's field can say are counted in the first one's size.
    const std::uint64_t count = header.e_shnum != 0 ? header.e_shnum : first->sh_size;
    if (count > bytes.size() / sizeof(Elf64_Shdr) || !extend(header.e_shoff, count * sizeof(Elf64_Shdr)))
        return std::nullopt;
    for (std::uint64_t i = 0; i < count; i++) {
        const auto section = read<Elf64_Shdr>(bytes, header.e_shoff + i * sizeof(Elf64_Shdr));
        if (!section) return std::nullopt;
        if (i == 0 || section->sh_type == SHT_NOBITS || section->sh_type == SHT_NULL) continue;
        if (!extend(section->sh_offset, section->sh_size)) return std::nullopt;
    }
    return end;
}

Result<> scan(std::span<const std::byte> bytes, std::uint64_t start, std::vector<EmbeddedObject>& found) {
    const auto* const mark = reinterpret_cast<const std::byte*>(ELFMAG);
    const std::boyer_moore_horspool_searcher searcher(mark, mark + SELFMAG);
    for (auto at = bytes.begin(); (at = std::search(at, bytes.end(), searcher)) != bytes.end();) {
        const auto rest = bytes.subspan(static_cast<std::size_t>(at - bytes.begin()));
        const auto header = read<Elf64_Ehdr>(rest, 0);
        if (!header || !is_bpf_header(*header)) {
            at += SELFMAG;
            continue;
        }
        const std::uint64_t offset = start + static_cast<std::uint64_t>(at - bytes.begin());
        const auto size = elf_size(rest, *header);
        if (!size) return bad(fmt::format("the BPF object at {:#x} of its memory is cut off or malformed", offset));
        if (found.size() == most_objects) return bad(fmt::format("it has more than {} BPF objects", most_objects));
        found.push_back({offset, {rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(*size)}});
        at += static_cast<std::ptrdiff_t>(*size);
    }
    return {};
}

// The guest's memory as it is when it starts: optimizers cut one array of bytes into several segments at its zeros.
Result<std::vector<std::byte>> initial_memory(const WasmModule& module) {
    constexpr std::uint64_t page_size = 65536;
    const std::uint64_t pages = module.memories.empty() ? 0 : module.memories.front().minimum_pages;
    std::uint64_t end = 0;
    for (const DataSegment& segment : module.data) {
        if (!segment.offset) continue;
        if (*segment.offset > most_memory || segment.bytes.size() > most_memory - *segment.offset)
            return bad(fmt::format("its data reaches beyond {} MB", most_memory >> 20));
        end = std::max(end, *segment.offset + segment.bytes.size());
    }
    // Imported memory may be larger than what is asked for; that of the guest's own begins with so many pages.
    if (!module.memories.empty() && !module.memories.front().imported && end > pages * page_size)
        return bad("its data lies outside of its memory");
    std::vector<std::byte> memory(end == 0 ? 0 : end + zeros_after);
    for (const DataSegment& segment : module.data)
        if (segment.offset)
            std::ranges::copy(segment.bytes, memory.begin() + static_cast<std::ptrdiff_t>(*segment.offset));
    return memory;
}

}  // namespace

Result<std::vector<EmbeddedObject>> find_objects(const WasmModule& module) {
    const auto memory = initial_memory(module);
    if (!memory) return std::unexpected(memory.error());
    std::vector<EmbeddedObject> found;
    if (auto scanned = scan(*memory, 0, found); !scanned) return std::unexpected(std::move(scanned).error());
    for (const DataSegment& segment : module.data)
        if (!segment.offset)
            if (auto scanned = scan(segment.bytes, 0, found); !scanned)
                return std::unexpected(std::move(scanned).error());
    return found;
}

}  // namespace wasm_bpf::inspect
