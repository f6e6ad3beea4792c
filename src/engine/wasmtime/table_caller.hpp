#pragma once
// Calls functions of a guest's table. Wasmtime's C API reads function references from a table only where it is built
// with garbage collection; a small module of ours that imports the table and calls through it does without, and lets
// Wasm itself check the index and the function's type.

#include <wasmtime.h>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::engine {

class TableCaller {
public:
    // The parameters of the functions that it calls, all i32, as their result is.
    static constexpr std::size_t parameters = 3;

    // `table` is of a guest in the store of `context`; the caller lives as long as that store.
    static Result<TableCaller> link(wasm_engine_t* engine, wasmtime_context_t* context, const wasmtime_table_t& table);

    // Of type (parameters…, index) -> i32. Traps where the table has no such function.
    [[nodiscard]] const wasmtime_func_t& function() const { return function_; }

private:
    explicit TableCaller(const wasmtime_func_t& function) : function_(function) {}
    wasmtime_func_t function_;
};

}  // namespace wasm_bpf::engine
