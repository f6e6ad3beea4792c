#pragma once
// Components from files, put together: for `compose` and `run --plug`.

#include <filesystem>
#include <string>
#include <vector>

#include "component_file/component_tools.hpp"
#include "runtime/file.hpp"

namespace wasm_bpf::cli {

// Opened plugs, which are read once.
class Plugs {
public:
    // Errors: as of a module that cannot be opened.
    static Result<Plugs> open(const std::vector<std::string>& paths);
    [[nodiscard]] bool empty() const { return files_.empty(); }

    // As component_file::compose().
    [[nodiscard]] Result<std::string> plugged_into(const std::string& socket_name, std::span<const std::byte> socket,
                                                   component_file::Missing missing) const;

private:
    std::vector<std::string> names_;
    std::vector<runtime::FileContent> files_;
};

}  // namespace wasm_bpf::cli
