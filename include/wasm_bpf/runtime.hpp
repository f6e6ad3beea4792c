#pragma once
// Compiles the modules and components that guests are made of.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "wasm_bpf/error.hpp"
#include "wasm_bpf/export.hpp"
#include "wasm_bpf/log.hpp"

namespace wasm_bpf {

struct RuntimeOptions {
    // Where compiled modules and what the kernel's types said are kept; none: $WASM_BPF_CACHE, $XDG_CACHE_HOME/wasm-bpf
    // or ~/.cache/wasm-bpf; an empty path: nothing is kept. A folder that others could write to is not used.
    std::optional<std::filesystem::path> cache_folder{};
    // Guests get the kernel's own memory in theirs: events cost no copy. That takes a handler of SIGSEGV and SIGBUS,
    // which passes on what is not its own to the one that was there before; it is installed by the first runtime and
    // stays. (The engine has one too, which cannot be left out.)
    bool windows = true;
    // Modules are compiled on a thread for each CPU, which the process has from then on; false: on the caller's alone.
    bool compile_in_parallel = true;
    // What a person should know of the runtime itself. Called on the thread of whoever calls; null: it is not said.
    LogSink log{};
};

// A compiled module or component. A value: copies share the code, and so do all guests made of it. Thread-safe. Keeps
// what it needs of its runtime alive.
class WASM_BPF_API Module {
public:
    // As given, or the file's name without folders and ".wasm".
    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] bool is_component() const;

    struct WASM_BPF_LOCAL Impl;

private:
    friend class Runtime;
    friend class Guest;
    explicit Module(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
    std::shared_ptr<const Impl> impl_;
};

// The engine and its caches: one is enough for a process. Thread-safe. Guests and modules may outlive it.
class WASM_BPF_API Runtime {
public:
    // Also removes what earlier processes of this user left attached when they were killed (docs/embedding.md).
    static Result<Runtime> create(RuntimeOptions options = {});

    // Kind bad_module where `wasm` is none, with the place of the fault. The bytes are not needed afterwards.
    [[nodiscard]] Result<Module> compile(std::span<const std::byte> wasm, std::string name) const;
    // The same of a file.
    [[nodiscard]] Result<Module> compile_file(const std::filesystem::path& path) const;

    // As "0.1.0".
    static std::string version();

    struct WASM_BPF_LOCAL Impl;

private:
    explicit Runtime(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
    std::shared_ptr<Impl> impl_;
};

}  // namespace wasm_bpf
