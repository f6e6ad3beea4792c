#include "runtime/grants.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>

#include <fmt/format.h>

namespace wasm_bpf::runtime {
namespace {

// HOST[::GUEST][:ro]
Result<engine::Directory> directory_of(std::string text) {
    engine::Directory directory;
    if (text.ends_with(":ro")) {
        directory.access = engine::Directory::Access::read_only;
        text.resize(text.size() - 3);
    }
    const auto colons = text.find("::");
    directory.host_path = text.substr(0, colons);
    directory.guest_path = colons != text.npos ? text.substr(colons + 2) : directory.host_path;
    if (auto checked = check_directory(directory.host_path); !checked)
        return std::unexpected(std::move(checked).error());
    return directory;
}

}  // namespace

Result<> check_directory(const std::string& path) {
    struct stat status;
    if (stat(path.c_str(), &status) != 0) return std::unexpected(errno_error(errno, fmt::format("directory {}", path)));
    if (!S_ISDIR(status.st_mode)) return fail(ENOTDIR, fmt::format("directory {}: not a directory", path));
    return {};
}

Result<engine::WasiOptions> granted_by(const policy::Policy& policy) {
    engine::WasiOptions wasi;
    for (const std::string& text : policy.grants(policy::RuleId::environment)) {
        const auto equals = text.find('=');
        if (equals != text.npos)
            wasi.environment.emplace_back(text.substr(0, equals), text.substr(equals + 1));
        else if (const char* value = std::getenv(text.c_str()))
            wasi.environment.emplace_back(text, value);
        else
            return fail(EINVAL,
                        fmt::format("environment variable {}: not set here; give it a value: {}=VALUE", text, text));
    }
    for (const std::string& text : policy.grants(policy::RuleId::directories)) {
        auto directory = directory_of(text);
        if (!directory) return std::unexpected(std::move(directory).error());
        wasi.directories.push_back(std::move(*directory));
    }
    return wasi;
}

}  // namespace wasm_bpf::runtime
