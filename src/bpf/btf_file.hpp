#pragma once
// BTF out of a file: raw, or in a section of an ELF file.

#include <bpf/btf.h>

#include <filesystem>
#include <memory>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

struct FreeBtf {
    void operator()(btf* btf) const { btf__free(btf); }
};
using BtfPointer = std::unique_ptr<btf, FreeBtf>;

struct BtfFile {
    BtfPointer base;  // what a kernel module's BTF stands on; it outlives btf
    BtfPointer btf;
};

// Of the running kernel where the name is empty. A module's (in /sys/kernel/btf) comes with the kernel's under it.
[[nodiscard]] Result<BtfFile> open_btf_file(const std::filesystem::path& file);

}  // namespace wasm_bpf::bpf
