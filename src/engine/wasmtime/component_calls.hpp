#pragma once
// What deps/src/host offers: a component linked with WASI preview 2 and wasm-bpf's interfaces, and run. The layouts are
// those of deps/src/host/run.rs and calls.rs.

#include <wasmtime.h>
#include <wasmtime/component/component.h>

#include <cstddef>
#include <cstdint>

#include "engine/engine.hpp"

namespace wasm_bpf::engine {

struct ComponentText {
    const char* data;
    std::size_t size;
};

struct ComponentDirectory {
    ComponentText host_path;
    ComponentText guest_path;
    bool writable;
};

struct ComponentCallbacks {
    void* context;
    // The number of an import that takes so many parameters; -1 for none.
    std::int32_t (*resolve)(void* context, const char* name, std::size_t size, std::size_t parameters);
    // Arguments in `values`, its result in values[0] afterwards; false: the guest has to end.
    bool (*call)(void* context, std::uint32_t import, Value* values);
    bool (*checkpoint)(void* context);
    bool (*stop_requested)(void* context);
    // To standard output or error, all of it: 0, an errno, or -1: the guest has to end.
    std::int32_t (*write)(void* context, std::int32_t fd, const std::byte* bytes, std::size_t size);
    std::byte* staging;
    std::size_t staging_size;
    std::int32_t interrupt_fd;
};

struct ComponentOptions {
    const ComponentText* arguments;
    std::size_t arguments_count;
    const ComponentText* environment;  // names and values by turns
    std::size_t environment_count;
    const ComponentDirectory* directories;
    std::size_t directories_count;
    std::uint64_t memory_limit;
    ComponentCallbacks callbacks;
};

// How it ended; nothing is called where a callback said that the guest has to end while it waited.
struct ComponentEnding {
    void* context;
    void (*exited)(void* context, std::int32_t code);
    void (*trapped)(void* context, std::int32_t trap, const char* text, std::size_t size);
    void (*refused)(void* context, const char* text, std::size_t size);
    void (*frame)(void* context, const char* text, std::size_t size);
};

struct LinkedComponent;

extern "C" {
wasmtime_error_t* wasm_bpf_component_link(const wasm_engine_t* engine, const wasmtime_component_t* component,
                                          const ComponentOptions* options, LinkedComponent** result);
void wasm_bpf_component_run(LinkedComponent* linked, const ComponentEnding* ending);
void wasm_bpf_component_delete(LinkedComponent* linked);
bool wasm_bpf_component_imports(const wasm_engine_t* engine, const wasmtime_component_t* component, const char* name,
                                std::size_t size);
}

}  // namespace wasm_bpf::engine
