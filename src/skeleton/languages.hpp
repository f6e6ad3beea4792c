#pragma once
// The languages of guests, one row each: what `gen`, `new` and `build` do for them.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "bpf/describe.hpp"

namespace wasm_bpf::skeleton {

struct SkeletonInput {
    const bpf::ObjectDescription& object;
    std::span<const std::byte> elf;
    std::string object_file;   // its name, for languages whose compilers embed files
    std::string package = {};  // of Go; empty: main
};

struct Language {
    std::string_view name;             // as --lang takes it: "c++"
    std::string_view source;           // the guest's source in a new project, with "newtool" for its name
    std::string_view template_folder;  // in sdk/templates/KIND: what is there for this language alone; empty: nothing
    std::string_view manifest;         // the file by which `build` knows a folder of this language; empty: none
    std::string_view skeleton_suffix;  // of the file that `build` makes of NAME.bpf.c
    bpf::DescribedTypes described;     // what its skeletons declare
    std::string (*skeleton)(const SkeletonInput& input);
    std::string_view bpf_heading = "";                                    // of BPF programs in a new project
    std::string (*types)(const bpf::ObjectDescription& types) = nullptr;  // prints types alone; null: not for this one

    [[nodiscard]] std::string skeleton_file(const std::string& name) const {
        return name + std::string(skeleton_suffix);
    }
};

[[nodiscard]] std::span<const Language> languages();
// Null where there is none of that name.
[[nodiscard]] const Language* find_language(std::string_view name);
// "c, c++ or rust": of all, or of those that `gen types` knows.
[[nodiscard]] std::string language_names();
[[nodiscard]] std::string type_language_names();

}  // namespace wasm_bpf::skeleton
