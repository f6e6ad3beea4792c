#pragma once
// Putting into a module what its BPF objects need of the BTF of kernels that have none.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::toolchain {

// A file with a kernel's BTF, and whose it is.
struct KernelTypes {
    std::filesystem::path file;
    std::string release, machine;  // as uname says them
};

// Each text is FILE[::RELEASE[::MACHINE]], or a folder, which stands for every .btf file in it and below. What is not
// said is taken from the file's name (RELEASE.btf, vmlinux-RELEASE) and from the folders above (x86_64, arm64), else
// the machine is this one. EINVAL where a file's name says no release.
[[nodiscard]] Result<std::vector<KernelTypes>> find_kernel_types(const std::vector<std::string>& texts);

// The module with the trimmed BTF of these kernels for these BPF objects; as it was where they need none.
[[nodiscard]] Result<std::vector<std::byte>> carry_kernel_types(std::span<const std::byte> module,
                                                                std::span<const std::span<const std::byte>> objects,
                                                                std::span<const KernelTypes> kernels);
// The same of files.
[[nodiscard]] Result<std::string> carry_kernel_types(const std::filesystem::path& module,
                                                     const std::vector<std::filesystem::path>& objects,
                                                     std::span<const KernelTypes> kernels);

}  // namespace wasm_bpf::toolchain
