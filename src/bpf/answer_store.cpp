#include "bpf/answer_store.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "bpf/fd.hpp"

namespace wasm_bpf::bpf {
namespace {

// The build ID among the kernel's ELF notes; empty where it has none.
std::string_view build_id(std::string_view notes) {
    const auto padded = [](std::size_t size) { return (size + 3) & ~std::size_t{3}; };
    while (notes.size() >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr header;
        std::memcpy(&header, notes.data(), sizeof(header));
        const std::size_t content = sizeof(header) + padded(header.n_namesz);
        if (content > notes.size() || header.n_descsz > notes.size() - content) break;
        if (header.n_type == NT_GNU_BUILD_ID && notes.substr(sizeof(header), header.n_namesz).starts_with("GNU"))
            return notes.substr(content, header.n_descsz);
        notes.remove_prefix(std::min(notes.size(), content + padded(header.n_descsz)));
    }
    return {};
}

std::string read_kernel_identity() {
    const Fd file(::open("/sys/kernel/notes", O_RDONLY | O_CLOEXEC));
    char notes[4096];
    const ssize_t size = file.valid() ? ::read(file.get(), notes, sizeof(notes)) : -1;
    const std::string_view id = size > 0 ? build_id({notes, static_cast<std::size_t>(size)}) : std::string_view();
    struct stat types{};
    if (id.empty() || ::stat("/sys/kernel/btf/vmlinux", &types) != 0) return {};
    utsname names{};
    ::uname(&names);
    std::string identity =
        fmt::format("{} {} {} {} bytes ", names.release, names.version, names.machine, types.st_size);
    for (const char byte : id) identity += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return identity;
}

}  // namespace

const std::string& kernel_identity() {
    static const std::string identity = read_kernel_identity();  // a process lives on one kernel
    return identity;
}

}  // namespace wasm_bpf::bpf
