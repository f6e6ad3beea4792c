#pragma once
// The seam between the core and a Wasm engine. The core knows nothing else of an engine than this file.

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::engine {

// A Wasm value of a known type.
union Value {
    std::int32_t i32;
    std::int64_t i64;
    float f32;
    double f64;
};

inline constexpr std::size_t max_parameters = 16;

// A host function: arguments in `values`, its result, if any, in values[0] afterwards. An error ends the guest.
using HostFunction = Result<> (*)(void* context, std::span<Value> values);

// Signature: a letter a parameter, a colon, the result's letter or none; 'i' for i32, 'I' for i64, 'f' for f32, 'F' for
// f64.
struct HostImport {
    std::string_view module;
    std::string_view name;
    std::string_view signature;
    HostFunction call;
};

// A host function that stands before the engine's own one of the same name (WASI's): it returns false to pass the call
// on.
using ShadowFunction = Result<bool> (*)(void* context, std::span<Value> values);
struct ShadowImport {
    std::string_view module;
    std::string_view name;
    std::string_view signature;
    ShadowFunction call;
};

// A host function of the embedder's, which holds what it needs. What its calls share is its own to guard.
struct OwnImport {
    std::string module;
    std::string name;
    std::string signature;
    std::function<Result<>(std::span<Value> values)> call;
};

struct Directory {
    std::string host_path;
    std::string guest_path;
    enum class Access { read_only, read_write } access = Access::read_write;
};

// What a guest sees through WASI.
struct WasiOptions {
    std::vector<std::string> arguments;  // the first is the program's name
    std::vector<std::pair<std::string, std::string>> environment;
    std::vector<Directory> directories;
};

struct InstanceOptions {
    WasiOptions wasi;
    std::uint64_t memory_limit_bytes = 0;  // of linear memory; 0: what wasm32 allows, 4 GiB
    void* context = nullptr;               // handed to every host function
    std::vector<HostImport> imports;
    std::vector<ShadowImport> shadows;        // of modules: components have WASI's own
    std::vector<OwnImport> own_imports = {};  // of modules: what components import has types of its own
    // For components: the module whose imports their interfaces are made of, whether the guest is asked to stop, what
    // writes all of its standard output (1) or error (2) and gives 0 or an errno, or an error that ends the guest, and
    // a file descriptor that is readable while the guest has to pass its checkpoint, also from within waits of WASI's.
    std::string_view interface_module;
    std::function<bool()> stop_requested;
    std::function<Result<int>(int fd, std::span<const std::byte> bytes)> write_output;
    int interrupt_fd = -1;
    // Called on the guest's thread at a safe point soon after Engine::interrupt(); an error ends the guest.
    std::function<Result<>()> checkpoint;
    // Where the engine tells any thread how long a module's linear memory is; must outlive the instance's run.
    std::atomic<std::uint64_t>* memory_bytes = nullptr;
};

// How a guest ended. Without an error it called exit or returned.
struct Ending {
    int exit_code = 0;
    std::optional<Error> error;
    std::vector<std::string> stack;             // innermost frame first: function names where the module has them
    std::optional<std::uint64_t> fault_offset;  // the guest address whose access trapped, where the engine knows it
};

// Of a guest: a core module, with WASI preview 1, or a component, with WASI preview 2.
enum class ModuleKind { module, component };

// A compiled module or component. Immutable; may be instantiated many times and shared by threads.
class Module {
public:
    virtual ~Module() = default;
    [[nodiscard]] virtual ModuleKind kind() const { return ModuleKind::module; }
    // Whether a component imports the interface, as "wasm-bpf:bpf/lifecycle", in whatever version.
    [[nodiscard]] virtual bool imports_interface(std::string_view) const { return false; }
    // Whether a module exports something of that name.
    [[nodiscard]] virtual bool exports(std::string_view) const { return false; }
    // The bytes that Engine::load_compiled takes.
    [[nodiscard]] virtual Result<std::vector<std::byte>> serialize() const = 0;
};

// One running guest. Used by one thread at a time.
class Instance {
public:
    virtual ~Instance() = default;
    // Makes the memory and tables, runs the module's start function where it has one, then the exported function
    // without parameters (`_start`; a component's is `run` of wasi:cli/run, whatever the name; empty: none) to its end.
    // To be called once. Kind bad_module where the memory is over the limit.
    [[nodiscard]] virtual Ending run(std::string_view export_name) = 0;
    // The type of an exported function. ENOENT where there is none of that name. An engine may not know (ENOTSUP): then
    // it has no call() either.
    [[nodiscard]] virtual Result<std::string> export_signature(std::string_view) const {
        return fail(ENOTSUP, "this engine calls no exports by their name");
    }
    // Calls an exported function of that type: its arguments in `values`, its result, if any, in values[0] afterwards.
    // After run(), or from within a host function, whence an error must be returned as it is: the guest is ending.
    [[nodiscard]] virtual Result<> call(std::string_view name, std::span<Value>) {
        return std::unexpected(export_signature(name).error());
    }
    // How the guest ended, where a call() outside of run() ended it.
    [[nodiscard]] virtual std::optional<Ending> take_ending() { return std::nullopt; }
    // From within a host function (or the checkpoint, see below): calls entry `index` of the exported
    // `__indirect_function_table`. An error of a kind other than `failed` must be returned from there as it is: the
    // guest is ending.
    [[nodiscard]] virtual Result<std::int32_t> call_table(std::uint32_t index,
                                                          std::span<const std::int32_t, 3> arguments) = 0;
    // The same for a named export.
    [[nodiscard]] virtual Result<std::int32_t> call_export(std::string_view name,
                                                           std::span<const std::int32_t> arguments) = 0;
    // Whether the two may be called from within the checkpoint, with the guest in the midst of its own code.
    [[nodiscard]] virtual bool can_call_at_checkpoints() const { return false; }
    // The exported `memory` as it is now; empty where there is none. Calls into the guest may make it longer. For a
    // component, the memory in which its calls lay down what they hand over: its own is unknown to the host.
    [[nodiscard]] virtual std::span<std::byte> memory() const = 0;
};

// Thread-safe. Must outlive its modules and instances.
class Engine {
public:
    virtual ~Engine() = default;
    [[nodiscard]] virtual std::string version() const = 0;
    // Whether it knows components; else compile() refuses them.
    [[nodiscard]] virtual bool runs_components() const { return false; }
    // Whether a guest's memory stays where it is while it grows, on whole pages of the host: windows can lie in it.
    [[nodiscard]] virtual bool keeps_memory_in_place() const { return true; }
    // What the bytes say that they are; whether they are valid is another question.
    [[nodiscard]] static ModuleKind kind_of(std::span<const std::byte> wasm) {
        // https://webassembly.github.io/component-model: the header's layer field.
        return wasm.size() >= 8 && wasm[6] == std::byte{1} ? ModuleKind::component : ModuleKind::module;
    }
    // Kind bad_module where `wasm` is none, with the place of the fault.
    [[nodiscard]] virtual Result<std::unique_ptr<Module>> compile(std::span<const std::byte> wasm) = 0;
    // Takes back what serialize() gave, of that kind. The bytes must be trusted: they are native code.
    [[nodiscard]] virtual Result<std::unique_ptr<Module>> load_compiled(std::span<const std::byte> compiled,
                                                                        ModuleKind kind) = 0;
    // Nothing of the guest runs yet. Kind bad_module where an import is unknown or has another signature.
    [[nodiscard]] virtual Result<std::unique_ptr<Instance>> instantiate(const Module& module,
                                                                        InstanceOptions options) = 0;
    // Makes every running guest pass its checkpoint soon. May be called from any thread and from a signal handler.
    virtual void interrupt() noexcept = 0;
};

}  // namespace wasm_bpf::engine
