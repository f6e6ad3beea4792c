#pragma once
// What a component's build has beside a module's: bindings of its world, the BPF object's bytes, and the encoding.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "component_file/component_tools.hpp"
#include "toolchain/step.hpp"

namespace wasm_bpf::toolchain {

struct ComponentOptions {
    std::filesystem::path wit = {};  // folder; empty: "wit" beside the sources, where it is there
    std::string world = {};          // empty: the only one there
};

// The folder of the world that a build of sources in `folder` has; its `folder` is empty where there is none and none
// need be. `package`: our own package of WIT.
[[nodiscard]] Result<component_file::WitSource> find_wit(const ComponentOptions& options,
                                                         const std::filesystem::path& folder,
                                                         const std::filesystem::path& package);

struct Bindings {
    std::filesystem::path source;                 // to be compiled
    std::filesystem::path types;                  // an object file, to be linked
    std::vector<std::filesystem::path> wit = {};  // what was read
};

// Writes the world's bindings for C into `folder`. A file that would be the same is left as it is.
[[nodiscard]] BuildResult<Bindings> write_bindings(const component_file::WitSource& world,
                                                   const std::filesystem::path& folder);

// A header for C and C++ with the object's bytes: NAME_object, and their number NAME_object_size.
[[nodiscard]] std::string object_header(const std::string& name, std::span<const std::byte> object);

// "x.wasm" from the core module: a command where that exports `_start`. Where it has no world's types yet, those of
// `world` are put in.
[[nodiscard]] BuildResult<> encode_component(const std::filesystem::path& core, const std::filesystem::path& output,
                                             const component_file::WitSource& world, StepRunner& runner);

}  // namespace wasm_bpf::toolchain
