#pragma once
// One guest in Wasmtime.

#include <wasmtime.h>

#include <deque>
#include <utility>

#include "engine/engine.hpp"
#include "engine/wasmtime/handles.hpp"
#include "engine/wasmtime/linear_memory.hpp"
#include "engine/wasmtime/table_caller.hpp"

namespace wasm_bpf::engine {

class WasmtimeInstance final : public Instance {
public:
    explicit WasmtimeInstance(InstanceOptions options) : options_(std::move(options)) {}

    // To be called once, before anything else. Nothing of the guest runs yet.
    Result<> link(wasm_engine_t* engine, const wasmtime_module_t* module);

    Ending run(std::string_view export_name) override;
    Result<std::string> export_signature(std::string_view name) const override;
    Result<> call(std::string_view name, std::span<Value> values) override;
    std::optional<Ending> take_ending() override { return std::exchange(pending_, std::nullopt); }
    Result<std::int32_t> call_table(std::uint32_t index, std::span<const std::int32_t, 3> arguments) override;
    Result<std::int32_t> call_export(std::string_view name, std::span<const std::int32_t> arguments) override;
    bool can_call_at_checkpoints() const override { return true; }
    std::span<std::byte> memory() const override;

private:
    struct BoundImport {
        WasmtimeInstance* instance;
        HostFunction call;
    };
    struct BoundOwn {
        WasmtimeInstance* instance;
        const OwnImport* import;
    };
    struct BoundShadow {
        WasmtimeInstance* instance;
        ShadowFunction call;
        wasmtime_func_t own;  // the engine's function behind it
        std::size_t slots;
        wasmtime_func_t forward{};  // calls it on behalf of the guest; made when first needed
    };

    static wasm_trap_t* enter_host(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* slots, std::size_t count);
    static wasm_trap_t* enter_own(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* slots, std::size_t count);
    static wasm_trap_t* enter_shadow(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* slots,
                                     std::size_t count);
    static wasm_trap_t* enter_exit(void* env, wasmtime_caller_t*, wasmtime_val_raw_t* slots, std::size_t count);
    static wasmtime_error_t* pass_checkpoint(wasmtime_context_t*, void* env, std::uint64_t* delta,
                                             wasmtime_update_deadline_kind_t* kind);

    Result<> set_wasi();
    Result<> define_imports();
    Result<> define(std::string_view module, std::string_view name, std::string_view signature,
                    wasmtime_func_unchecked_callback_t call, void* env);
    // Makes every shadow's `forward`, from within a call of `caller`.
    Result<> make_forwarders(wasmtime_caller_t* caller);
    // Has the next interrupt pass the checkpoint.
    void await_interrupt();
    // Makes the instance, which runs its start function.
    std::optional<Ending> start();
    // Finds the memory of a caller whose start function still runs; later it is known.
    void find_memory(wasmtime_caller_t* caller);
    // How the guest ended, from what unwound it and from what was remembered.
    Ending end_of(wasmtime_error_t* error, wasm_trap_t* trap);
    // Remembers how the guest ends (the first cause wins) and makes the trap that unwinds it.
    wasm_trap_t* end_guest(Error error);
    Result<std::int32_t> call_integers(const wasmtime_func_t& function, std::span<const std::int32_t> arguments);
    // An export of the guest; none while its start function runs.
    std::optional<wasmtime_extern_t> find_export(std::string_view name) const;
    // Whether it takes and returns nothing.
    bool is_plain(const wasmtime_func_t& function) const;
    bool takes_integers(const wasmtime_func_t& function, std::size_t parameters);

    InstanceOptions options_;
    wasm_engine_t* engine_ = nullptr;
    OwnedStore store_;
    OwnedLinker linker_;
    OwnedReady ready_;
    wasmtime_context_t* context_ = nullptr;
    std::optional<wasmtime_instance_t> instance_;  // none until the start function returned
    LinearMemory* memory_ = nullptr;               // owned by the store
    std::deque<BoundImport> imports_;
    std::deque<BoundOwn> own_imports_;
    std::deque<BoundShadow> shadows_;
    bool can_forward_ = false;
    std::optional<TableCaller> table_caller_;  // made by the first call
    wasmtime_func_t checked_function_{};       // the last one whose type was checked
    std::size_t checked_parameters_ = 0;
    std::optional<Ending> pending_;
};

}  // namespace wasm_bpf::engine
