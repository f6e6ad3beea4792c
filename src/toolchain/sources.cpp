#include "toolchain/sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string>
#include <system_error>

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

bool is_bpf_source(const fs::path& path) { return path.filename().string().ends_with(".bpf.c"); }

Result<std::vector<fs::path>> list_folder(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().extension() == ".c") files.push_back(entry->path());
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("read \"{}\"", folder.string())));
    std::ranges::sort(files);
    return files;
}

Result<> check_files(const std::vector<fs::path>& files) {
    std::set<std::string> names;
    for (const fs::path& file : files) {
        const std::string name = file.filename();
        if (file.extension() != ".c")
            return fail(EINVAL,
                        fmt::format("\"{}\" is no C source: name .bpf.c and .c files, or one folder", file.string()));
        if (!fs::exists(file)) return std::unexpected(errno_error(ENOENT, fmt::format("\"{}\"", file.string())));
        if (!names.insert(name).second)
            return fail(EINVAL, fmt::format("two sources are named \"{}\": rename one", name));
    }
    return {};
}

// A folder, even where it is written with a slash at its end, or as ".".
std::string folder_name(const fs::path& folder) {
    std::error_code ignored;
    return fs::canonical(folder, ignored).filename();
}

}  // namespace

fs::path stem(const fs::path& source) {
    const std::string name = source.filename();
    return name.substr(0, name.size() - (is_bpf_source(source) ? 6 : 2));
}

Result<Sources> find_sources(const std::vector<fs::path>& named) {
    std::vector<fs::path> files = named;
    const bool is_folder = named.size() == 1 && fs::is_directory(named.front());
    if (is_folder) {
        Result<std::vector<fs::path>> listed = list_folder(named.front());
        if (!listed) return std::unexpected(listed.error());
        files = std::move(*listed);
    }
    if (const Result<> fine = check_files(files); !fine) return std::unexpected(fine.error());

    Sources sources;
    for (const fs::path& file : files) (is_bpf_source(file) ? sources.bpf : sources.guest).push_back(file);
    const std::string place = is_folder ? named.front().string() : "the files named";
    if (files.empty()) return fail(EINVAL, fmt::format("no .c file in \"{}\": name the folder of the sources", place));
    if (sources.guest.empty()) {
        const fs::path& first = sources.bpf.front();
        return fail(ENOENT, fmt::format("no guest source: write \"{}\", the program that loads \"{}\"{}",
                                        (first.parent_path() / stem(first)).string() + ".c", first.filename().string(),
                                        is_folder ? "" : ", and name it too"));
    }
    for (const fs::path& source : sources.bpf)
        if (const fs::path header = source.parent_path() / (stem(source).string() + ".skel.h"); fs::exists(header))
            return fail(EEXIST,
                        fmt::format("\"{}\" hides the skeleton that the build makes: remove it", header.string()));
    const std::string name = sources.bpf.size() == 1 ? stem(sources.bpf.front()).string()
                             : is_folder             ? folder_name(named.front())
                                                     : stem(sources.guest.front()).string();
    sources.default_output = (is_folder ? named.front() : files.front().parent_path()) / (name + ".wasm");
    return sources;
}

}  // namespace wasm_bpf::toolchain
