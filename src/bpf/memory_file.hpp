#pragma once
// A file of our own, in memory: for bytes that libbpf takes by a path alone.

#include <cstddef>
#include <filesystem>
#include <span>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// Holds these bytes for as long as it is open. It can be read whatever privileges the process gives up.
[[nodiscard]] Result<Fd> make_memory_file(std::span<const std::byte> bytes);
// By which this process reads it, while it is open.
[[nodiscard]] std::filesystem::path path_of(const Fd& file);

}  // namespace wasm_bpf::bpf
