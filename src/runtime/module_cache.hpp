#pragma once
// Compiled modules on disk, so that the second start does not compile.

#include <filesystem>
#include <memory>
#include <span>

#include "bpf/fd.hpp"
#include "engine/engine.hpp"

namespace wasm_bpf::runtime {

// A folder that only its owner, who is this process's effective user, can write. An entry holds the module's bytes
// beside the compiled code and is used only where they are the same, byte for byte; it is made whole under another name
// first. Thread-safe, and safe between processes.
class ModuleCache {
public:
    // Makes the folder (0700) where it is missing. EPERM where others could write to it: native code is run from there.
    static Result<ModuleCache> open(const std::filesystem::path& folder);

    // The folder for this user: $WASM_BPF_CACHE, $XDG_CACHE_HOME/wasm-bpf or ~/.cache/wasm-bpf, and `modules` in it.
    // Empty where there is no home.
    static std::filesystem::path default_folder();

    // The compiled module from the cache; else compiled and kept. Only compiling fails; a broken entry is replaced, and
    // a full disk means that nothing is kept.
    Result<std::unique_ptr<engine::Module>> compile(engine::Engine& engine, std::span<const std::byte> wasm) const;

private:
    explicit ModuleCache(bpf::Fd folder) : folder_(std::move(folder)) {}
    bpf::Fd folder_;  // what was checked stays what is used, whatever is renamed
};

}  // namespace wasm_bpf::runtime
