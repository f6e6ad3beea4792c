#pragma once
// What a component's file holds: what it asks for and gives, and the modules and components within.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::inspect {

struct Contents;

// A core module within, as a module of its own is read.
struct ModuleInside {
    std::string name;  // "module 2" where the file has none
    std::unique_ptr<Contents> contents;
};

struct ComponentContents {
    std::string name;  // of one within another: "component 2" where the file has none; else empty
    std::size_t size_bytes = 0;
    std::vector<std::string> imports;       // "wasi:cli/stdout@0.2.12"
    std::vector<std::string> type_imports;  // of types alone: they ask for nothing
    std::vector<std::string> exports;
    std::string wit;  // its world and the interfaces that are neither WASI's nor ours; empty of one within that cannot
                      // stand alone
    std::vector<ModuleInside> modules;
    std::vector<ComponentContents> components;
};

// EINVAL, of kind bad_module, with what and where, for what is malformed. `bytes` must outlive the result.
[[nodiscard]] Result<ComponentContents> read_component_contents(std::span<const std::byte> bytes);

}  // namespace wasm_bpf::inspect
