#pragma once
// libbpf's opening of a BPF object file, guarded against what a hostile one makes of it.

#include <cstddef>
#include <span>

#include "wasm_bpf/error.hpp"

struct bpf_object;
struct bpf_object_open_opts;

namespace wasm_bpf::bpf {

// An object to be closed by bpf_object__close(). EINVAL or libbpf's own errno value, with the reason.
[[nodiscard]] Result<bpf_object*> open_elf(std::span<const std::byte> elf, const bpf_object_open_opts& options);

}  // namespace wasm_bpf::bpf
