#pragma once
// Making, joining and describing the files of components, by what deps/ builds of the component model's own crates.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::component_file {

// A folder of WIT, which may have its own folder deps.
struct WitSource {
    std::filesystem::path folder;
    std::string world;                            // empty: the only one of the folder's package
    std::vector<std::filesystem::path> packages;  // folders, taken where deps has no package of that name
};

struct NamedFile {
    std::string name;
    std::string content;
};

struct CBindings {
    std::string world;                           // its full name
    std::vector<NamedFile> files;                // WORLD.h, WORLD.c and WORLD_component_type.o, which holds the types
    std::vector<std::filesystem::path> sources;  // every WIT file that was read
};

// EINVAL, with the place and the line, where the WIT is wrong or has no such world.
[[nodiscard]] Result<CBindings> c_bindings(const WitSource& source);

// The core module with the world's types in it, as bindings' own object file would have brought them. Errors as above.
[[nodiscard]] Result<std::string> embed_world(std::span<const std::byte> module, const WitSource& source);

// A command is run from its export `_start`, as wasi:cli/run; a reactor is called by its world's exports.
enum class Model { command, reactor };

// The component of a core module that holds its world's types; WASI preview 1 becomes preview 2. EINVAL, of kind
// bad_module, where the module does not suit them.
[[nodiscard]] Result<std::string> encode(std::span<const std::byte> module, Model model);

struct Part {
    std::string name;  // for messages, and in the result's section of names
    std::span<const std::byte> bytes;
};

// Whether imports may be left that neither a plug nor this host has: to a later composition.
enum class Missing { refused, left_open };

// The socket with each of its imports given by the plug that exports it, and the plugs' imports likewise; what is
// imported of WASI and of wasm-bpf:bpf stays the whole's where no plug has it. EINVAL, of kind bad_module, one line,
// for an import that none or several export, another version or type of it, plugs that need each other in a circle, a
// plug that nothing imports, and what is no component.
[[nodiscard]] Result<std::string> compose(const Part& socket, const std::vector<Part>& plugs, Missing missing);

struct Description {
    std::vector<std::string> imports;       // "wasi:cli/stdout@0.2.12"
    std::vector<std::string> type_imports;  // of types alone: they ask for nothing
    std::vector<std::string> exports;
    std::string wit;  // the world, with the interfaces that are neither WASI's nor ours
};

// EINVAL, of kind bad_module, for what is no valid component. To be called after the sections of the component, and of
// all within, were found to lie inside of their files: it makes room for as much as a section says that it has.
[[nodiscard]] Result<Description> describe(std::span<const std::byte> component);

}  // namespace wasm_bpf::component_file
