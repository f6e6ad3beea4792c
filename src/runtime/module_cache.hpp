#pragma once
// Compiled modules on disk, so that the second start does not compile.

#include <memory>

#include "engine/engine.hpp"
#include "runtime/cache_folder.hpp"

namespace wasm_bpf::runtime {

// The compiled module from the cache; else compiled and kept. Only compiling fails; a broken entry is replaced, and a
// full disk means that nothing is kept.
[[nodiscard]] Result<std::unique_ptr<engine::Module>> compile_or_look_up(engine::Engine& engine,
                                                                         std::span<const std::byte> wasm,
                                                                         const CacheFolder& cache);

}  // namespace wasm_bpf::runtime
