#pragma once
// libbpf's opening of a BPF object file, guarded against what a hostile one makes of it.

#include <cstddef>
#include <expected>
#include <span>

struct bpf_object;
struct bpf_object_open_opts;

namespace wasm_bpf::bpf {

// An object to be closed by bpf_object__close(), or libbpf's error value (positive; may be no errno value).
[[nodiscard]] std::expected<bpf_object*, int> open_elf(std::span<const std::byte> elf,
                                                       const bpf_object_open_opts& options);

}  // namespace wasm_bpf::bpf
