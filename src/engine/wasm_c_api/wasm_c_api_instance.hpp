#pragma once
// One guest in an engine with wasm.h.

#include <wasm.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <utility>

#include "engine/engine.hpp"
#include "engine/wasm_c_api/handles.hpp"
#include "engine/wasm_c_api/module_shape.hpp"
#include "wasi/wasi.hpp"

namespace wasm_bpf::engine {

class WasmCApiModule final : public Module {
public:
    WasmCApiModule(OwnedSharedModule module, ModuleShape shape, std::vector<std::string> exports)
        : module_(std::move(module)), shape_(std::move(shape)), exports_(std::move(exports)) {}

    Result<std::vector<std::byte>> serialize() const override {
        return fail(EOPNOTSUPP, "this engine compiles nothing that could be kept");
    }

    bool exports(std::string_view name) const override { return std::ranges::find(exports_, name) != exports_.end(); }
    [[nodiscard]] const wasm_shared_module_t* get() const { return module_.get(); }
    [[nodiscard]] const ModuleShape& shape() const { return shape_; }

private:
    OwnedSharedModule module_;
    ModuleShape shape_;
    std::vector<std::string> exports_;
};

class WasmCApiInstance final : public Instance {
public:
    // `interrupts` counts the engine's, and outlives it.
    WasmCApiInstance(InstanceOptions options, const std::atomic<std::uint64_t>& interrupts)
        : options_(std::move(options)), interrupts_(interrupts), seen_interrupts_(interrupts.load()) {}

    // To be called once, before anything else. Nothing of the guest runs yet.
    Result<> link(wasm_engine_t* engine, const WasmCApiModule& module);

    Ending run(std::string_view export_name) override;
    Result<std::int32_t> call_table(std::uint32_t index, std::span<const std::int32_t, 3> arguments) override;
    Result<std::int32_t> call_export(std::string_view name, std::span<const std::int32_t> arguments) override;
    bool can_call_at_checkpoints() const override;
    Result<std::string> export_signature(std::string_view name) const override;
    Result<> call(std::string_view name, std::span<Value> values) override;
    std::optional<Ending> take_ending() override { return std::exchange(pending_, std::nullopt); }
    std::span<std::byte> memory() const override;

private:
    // What an import of the guest's is bound to: a function of the host's or of the embedder's; a shadow and the
    // function of WASI's behind it; or one of the two.
    struct Bound {
        WasmCApiInstance* instance = nullptr;
        HostFunction host = nullptr;
        const OwnImport* own = nullptr;
        ShadowFunction shadow = nullptr;
        const wasi::Function* wasi = nullptr;
        bool exits = false;  // it is proc_exit
        char result = 0;     // as in signatures
    };

    static wasm_trap_t* enter(void* env, const wasm_val_vec_t* arguments, wasm_val_vec_t* results);
    static bool pass_checkpoint(void* env);

    Result<> check_limits(const ModuleShape& shape) const;
    Result<> bind(const wasm_importtype_t* import);
    // The function behind a name, and its signature; empty where there is none.
    [[nodiscard]] std::string_view find_function(std::string_view module, std::string_view name, Bound& bound) const;
    Result<> call_bound(const Bound& bound, std::span<Value> values);
    std::optional<Ending> start();
    // Null where there is none of that name.
    [[nodiscard]] wasm_extern_t* find_export(std::string_view name) const;
    std::optional<Ending> run_plain(const wasm_func_t* function);
    // How the guest ended, from what unwound it and from what was remembered.
    Ending end_of(wasm_trap_t* trap);
    // Remembers how the guest ends (the first cause wins) and makes the trap that unwinds it.
    wasm_trap_t* end_guest(Error error);
    wasm_trap_t* trap(const char* text) const;
    // Null where there is none of that name.
    [[nodiscard]] const wasm_func_t* find_exported_function(std::string_view name) const;
    wasm_trap_t* enter_guest(const wasm_func_t* function, std::span<const wasm_val_t> arguments,
                             std::span<wasm_val_t> results);
    Result<std::int32_t> call_integers(const wasm_func_t* function, std::span<const std::int32_t> arguments);
    Result<> make_table_caller();

    InstanceOptions options_;
    const std::atomic<std::uint64_t>& interrupts_;
    std::uint64_t seen_interrupts_;
    wasi::Wasi wasi_{*this};
    OwnedStore store_;
    OwnedModule module_;
    std::deque<Bound> bound_;
    std::vector<OwnedFunction> imports_;  // in the module's order
    OwnedInstance instance_;
    ExportTypes export_types_;
    Externs exports_;
    wasm_memory_t* memory_ = nullptr;  // of exports_
    OwnedInstance table_caller_;       // made by the first call
    Externs table_caller_exports_;
    int depth_ = 0;  // of calls into the guest, one within another
    bool has_start_ = false;
    Result<> limits_;  // whether the module is within its own
    std::optional<Ending> pending_;
};

}  // namespace wasm_bpf::engine
