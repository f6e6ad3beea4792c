#pragma once
// What the sections of a Wasm module say, read without compiling it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::inspect {

struct WasmImport {
    std::string module, name;
    std::string kind;  // "func", "table", "memory", "global", "tag"
};

struct WasmExport {
    std::string name;
    std::string kind;
};

struct WasmMemory {
    std::uint64_t minimum_pages = 0;
    std::optional<std::uint64_t> maximum_pages;
    bool imported = false;
};

struct DataSegment {
    std::optional<std::uint64_t> offset;  // in the memory; nothing where the module itself copies it, or names no place
    std::span<const std::byte> bytes;     // of the module's
};

struct WasmSection {
    std::string name;  // "code"; of a custom section its own, as "name" or ".debug_info"
    bool custom = false;
    std::size_t size_bytes = 0;            // with its header
    std::span<const std::byte> content{};  // of a custom section, behind its name
    std::size_t content_start = 0;         // where that is in the file
};

struct WasmModule {
    std::vector<WasmImport> imports;
    std::vector<WasmExport> exports;
    std::vector<WasmMemory> memories;
    std::vector<DataSegment> data;
    std::vector<WasmSection> sections;  // in the module's order
    std::size_t function_count = 0;     // its own, without imports
};

// EINVAL, of kind bad_module, with what and where, for what is malformed. Function bodies are not looked at.
[[nodiscard]] Result<WasmModule> read_wasm(std::span<const std::byte> bytes);

}  // namespace wasm_bpf::inspect
