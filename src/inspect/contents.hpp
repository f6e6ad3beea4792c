#pragma once
// What a file for this command holds: a Wasm module or component with its BPF objects, or one BPF object alone.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bpf/object_facts.hpp"
#include "inspect/component_contents.hpp"
#include "inspect/wasm_module.hpp"
#include "wasm_bpf/error.hpp"
#include "wasm_file/carried_btf.hpp"

namespace wasm_bpf::inspect {

struct ObjectContents {
    std::optional<std::uint64_t> offset;  // in the guest's memory; nothing for a file of its own
    std::vector<std::byte> elf;
    bpf::ObjectFacts facts;
};

struct Part {
    std::string name;
    std::size_t size_bytes = 0;
};

struct Contents {
    std::size_t size_bytes = 0;
    std::optional<WasmModule> module;            // of these two one or, where the file is a BPF object, none
    std::optional<ComponentContents> component;  // the objects and the BTF of its modules are in those
    std::vector<ObjectContents> objects;
    std::vector<Part> parts;                          // of a module: by size, the largest first
    std::vector<WasmImport> unknown_imports;          // that this host does not have
    std::vector<wasm_file::CarriedBtf> carried_btfs;  // of the module's bytes
};

// EINVAL, of kind bad_module, with what and where, for anything else and for what is malformed. `bytes` must outlive
// the result.
[[nodiscard]] Result<Contents> read_contents(std::span<const std::byte> bytes);

// The file itself or, of a component, the core modules within, at any depth.
[[nodiscard]] std::vector<const Contents*> modules_of(const Contents& contents);
[[nodiscard]] std::vector<const Contents*> modules_of(const ComponentContents& component);

}  // namespace wasm_bpf::inspect
