#pragma once
// A new tool's folder, from the templates of the SDK (sdk/templates/KIND).

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::toolchain {

struct NewProject {
    std::filesystem::path folder;  // made here; its last part is the tool's name
    std::string kind;              // the template's folder
    std::string language;          // as skeleton/languages.hpp names it
};

// The kinds that there are templates for.
[[nodiscard]] Result<std::vector<std::string>> project_kinds();

// Makes the folder with the project's files, and returns their paths. EEXIST where the folder is there already; EINVAL
// for a name that is no name of a tool, a kind or a language that is not known.
[[nodiscard]] Result<std::vector<std::filesystem::path>> make_project(const NewProject& project);

}  // namespace wasm_bpf::toolchain
