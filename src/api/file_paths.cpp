#include "api/file_paths.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>

namespace wasm_bpf {

std::optional<std::string> link_target(const std::string& path) {
    char target[PATH_MAX];
    const ssize_t size = ::readlink(path.c_str(), target, sizeof(target));
    if (size < 0) return std::nullopt;
    return std::string(target, static_cast<std::size_t>(size));
}

std::optional<std::string> real_path(const std::string& path) {
    const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
    if (!real) return std::nullopt;
    return real.get();
}

std::optional<std::string> absolute_path(const std::string& path) {
    if (path.starts_with('/')) return path;
    const std::unique_ptr<char, void (*)(void*)> here(::getcwd(nullptr, 0), std::free);
    if (!here) return std::nullopt;
    return std::string(here.get()) + '/' + path;
}

bool make_folders(const std::string& path) {
    if (path.empty()) return true;
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        if (::mkdir(path.substr(0, end).c_str(), 0777) != 0 && errno != EEXIST) return false;
        if (end == path.npos) return true;
    }
}

}  // namespace wasm_bpf
