#pragma once
// BTF that a module carries for kernels that have none: custom sections named wasm_bpf.btf, one for all kernels for
// which it comes out the same (docs/decisions/0007-carried-btf.md has the format).

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::wasm_file {

inline constexpr std::string_view carried_btf_section = "wasm_bpf.btf";

struct CarriedBtf {
    std::string release;             // of the kernel it is of, as uname -r says it
    std::string machine;             // as uname -m
    std::span<const std::byte> btf;  // raw; not looked at
    [[nodiscard]] bool same_kernel(const CarriedBtf& other) const {
        return release == other.release && machine == other.machine;
    }
};

// By the content of one such section, which must outlive the result. EINVAL, of kind bad_module, with what is wrong and
// where; `start` is where the content is in the file.
[[nodiscard]] Result<std::vector<CarriedBtf>> read_carried_btf(std::span<const std::byte> content,
                                                               std::size_t start = 0);

// All that a module carries; nothing else in it is looked at. Errors as above; `module` must outlive the result.
[[nodiscard]] Result<std::vector<CarriedBtf>> carried_btfs(std::span<const std::byte> module);

// The module with these besides; what it carried for the same kernels is gone. Errors as above; EINVAL too where a
// release or a machine is no word of at most 64 bytes.
[[nodiscard]] Result<std::vector<std::byte>> with_carried_btfs(std::span<const std::byte> module,
                                                               std::span<const CarriedBtf> added);

// "5.4.0-91-generic (x86_64), 5.10.0-8-amd64 (x86_64)": as many as a person reads, and how many more.
[[nodiscard]] std::string kernels_text(std::span<const CarriedBtf> carried);

}  // namespace wasm_bpf::wasm_file
