#include "engine/wasmtime/table_caller.hpp"

#include <cerrno>

#include "engine/wasmtime/handles.hpp"

namespace wasm_bpf::engine {
namespace {

constexpr std::uint8_t i32 = 0x7f;
// clang-format off
constexpr std::uint8_t caller_module[] = {
    0x00, 'a', 's', 'm', 1, 0, 0, 0,
    // types: 0: (i32 i32 i32) -> i32; 1: (i32 i32 i32 i32) -> i32
    1, 16, 2, 0x60, 3, i32, i32, i32, 1, i32, 0x60, 4, i32, i32, i32, i32, 1, i32,
    // import "" "": (table 0 funcref)
    2, 7, 1, 0, 0, 0x01, 0x70, 0x00, 0,
    // function 0: type 1
    3, 2, 1, 1,
    // export "": function 0
    7, 4, 1, 0, 0x00, 0,
    // code: local.get 0, 1, 2, 3; call_indirect (type 0)
    10, 15, 1, 13, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0x20, 3, 0x11, 0, 0, 0x0b,
    // function 0 is named "callback" in stack traces
    0, 18, 4, 'n', 'a', 'm', 'e', 1, 11, 1, 0, 8, 'c', 'a', 'l', 'l', 'b', 'a', 'c', 'k',
};
// clang-format on

}  // namespace

Result<TableCaller> TableCaller::link(wasm_engine_t* engine, wasmtime_context_t* context,
                                      const wasmtime_table_t& table) {
    const auto failed = [](const OwnedError& error) {
        return fail(EINVAL, "call the guest's table: " + text_of(error.get()));
    };
    wasmtime_module_t* compiled = nullptr;
    if (OwnedError error(wasmtime_module_new(engine, caller_module, sizeof(caller_module), &compiled)); error)
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
