#include "cli/plugs.hpp"

namespace wasm_bpf::cli {

Result<Plugs> Plugs::open(const std::vector<std::string>& paths) {
    Plugs plugs;
    for (const std::string& path : paths) {
        auto file = runtime::FileContent::open(path);
        if (!file) return fail(file.error().errno_code, file.error().message, ErrorKind::bad_module);
        plugs.names_.push_back(path);
        plugs.files_.push_back(std::move(*file));
    }
    return plugs;
}

Result<std::string> Plugs::plugged_into(const std::string& socket_name, std::span<const std::byte> socket,
                                        component_file::Missing missing) const {
    std::vector<component_file::Part> parts;
    for (std::size_t i = 0; i < files_.size(); i++) parts.push_back({names_[i], files_[i].bytes()});
    return component_file::compose({socket_name, socket}, parts, missing);
}

}  // namespace wasm_bpf::cli
