#include "bpf/vmlinux_header.hpp"

#include <bpf/btf.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <memory>

#include "bpf/btf_file.hpp"

namespace wasm_bpf::bpf {
namespace {

void append(void* text, const char* format, va_list arguments) {
    std::array<char, 1024> buffer;
    va_list again;
    va_copy(again, arguments);
    const int length = std::vsnprintf(buffer.data(), buffer.size(), format, arguments);
    if (length > 0 && static_cast<std::size_t>(length) < buffer.size()) {
        static_cast<std::string*>(text)->append(buffer.data(), static_cast<std::size_t>(length));
    } else if (length > 0) {
        std::string longer(static_cast<std::size_t>(length) + 1, '\0');
        std::vsnprintf(longer.data(), longer.size(), format, again);
        static_cast<std::string*>(text)->append(longer, 0, static_cast<std::size_t>(length));
    }
    va_end(again);
}

// Every field access becomes a CO-RE relocation, unless the program says otherwise.
constexpr const char* opening =
    "#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\n#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
    "#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)\n#endif\n\n";
constexpr const char* closing = "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n#pragma clang attribute pop\n#endif\n\n#endif\n";

}  // namespace

Result<std::string> vmlinux_header(const std::filesystem::path& file) {
    const Result<BtfFile> opened = open_btf_file(file);
    if (!opened) return std::unexpected(opened.error());
    const btf* btf = opened->btf.get();
    std::string text = opening;
    const std::unique_ptr<btf_dump, decltype(&btf_dump__free)> dump(btf_dump__new(btf, append, &text, nullptr),
                                                                    &btf_dump__free);
    if (!dump) return std::unexpected(errno_error(errno, "print the BTF as C"));
    for (std::uint32_t id = 1; id < btf__type_cnt(btf); ++id)
        if (const int error = btf_dump__dump_type(dump.get(), id); error != 0)
            return std::unexpected(errno_error(-error, "print the BTF as C"));
    return text + closing;
}

}  // namespace wasm_bpf::bpf
