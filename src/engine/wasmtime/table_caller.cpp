#include "engine/wasmtime/table_caller.hpp"

#include <cerrno>

#include "engine/table_caller_module.hpp"
#include "engine/wasmtime/handles.hpp"

namespace wasm_bpf::engine {
Result<TableCaller> TableCaller::link(wasm_engine_t* engine, wasmtime_context_t* context,
                                      const wasmtime_table_t& table) {
    const auto failed = [](const OwnedError& error) {
        return fail(EINVAL, "call the guest's table: " + text_of(error.get()));
    };
    wasmtime_module_t* compiled = nullptr;
    if (OwnedError error(wasmtime_module_new(engine, table_caller_module, sizeof(table_caller_module), &compiled));
        error)
        return failed(error);
    const OwnedModule module(compiled);
    wasmtime_extern_t import{};
    import.kind = WASMTIME_EXTERN_TABLE;
    import.of.table = table;
    wasmtime_instance_t instance;
    wasm_trap_t* trap = nullptr;
    OwnedError error(wasmtime_instance_new(context, module.get(), &import, 1, &instance, &trap));
    const OwnedTrap none(trap);  // it has no start function that could trap
    if (error) return failed(error);
    wasmtime_extern_t function;
    wasmtime_instance_export_get(context, &instance, "", 0, &function);
    return TableCaller(function.of.func);
}

}  // namespace wasm_bpf::engine
