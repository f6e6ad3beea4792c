#pragma once
// Whether BTF that is not of the kernel itself can be given to libbpf, which follows types without asking for an end.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

struct btf;

namespace wasm_bpf::bpf {

// What of it libbpf would not come back from: a type that is made of itself, or of types too deep in one another; a bit
// field that is in nothing of a size. Nothing where it is sound.
[[nodiscard]] std::optional<std::string> unsound_types(const btf* types);

// Raw BTF of a kernel out of a guest's hands. EINVAL, with the reason, where it is none or unsound.
[[nodiscard]] Result<> check_raw_btf(std::span<const std::byte> bytes);

// What a BTF file that a guest names holds, checked, where the guest cannot write to it any more (memory_file.hpp).
// The file's error, or EINVAL as above.
[[nodiscard]] Result<Fd> copy_checked_btf(const std::filesystem::path& file);

}  // namespace wasm_bpf::bpf
