#include "toolchain/sources.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> cpp_extensions = {".cpp", ".cc", ".cxx"};

bool is_bpf_source(const fs::path& path) { return path.filename().string().ends_with(".bpf.c"); }

bool is_source(const fs::path& path) { return path.extension() == ".c" || is_cpp(path); }

Result<std::vector<fs::path>> list_folder(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        if (is_source(entry->path())) files.push_back(entry->path());
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("read \"{}\"", folder.string())));
    std::ranges::sort(files);
    return files;
}

// The guest's source that goes with x.bpf.c, or nothing.
fs::path guest_source_of(const fs::path& base) {
    if (const fs::path c = base.string() + ".c"; fs::exists(c)) return c;
    for (const std::string_view extension : cpp_extensions)
        if (fs::path cpp = base.string() + std::string(extension); fs::exists(cpp)) return cpp;
    return {};
}

// "folder/x" -> "folder/x.bpf.c" and "folder/x.c", where there is no file of the very name.
std::vector<fs::path> with_names_resolved(const std::vector<fs::path>& named) {
    std::vector<fs::path> files;
    for (const fs::path& name : named) {
        const fs::path bpf = name.string() + ".bpf.c";
        const fs::path guest = guest_source_of(name);
        if (is_source(name) || fs::exists(name) || !fs::exists(bpf) || guest.empty())
            files.push_back(name);
        else
            files.insert(files.end(), {bpf, guest});
    }
    return files;
}

Result<> check_files(const std::vector<fs::path>& files) {
    std::set<std::string> names;
    for (const fs::path& file : files) {
        if (!is_source(file))
            return fail(EINVAL, fmt::format("\"{}\" is no source: name .bpf.c, .c and .cpp files, one folder, or "
                                            "FOLDER/x for its x.bpf.c and x.c",
                                            file.string()));
        if (!fs::exists(file)) return std::unexpected(errno_error(ENOENT, fmt::format("\"{}\"", file.string())));
        const std::string name = stem(file).string() + (is_bpf_source(file) ? ".bpf" : "");
        if (!names.insert(name).second)
            return fail(EINVAL, fmt::format("two sources are named \"{}\": rename one", file.filename().string()));
    }
    return {};
}

// Each with a guest source of its own: they are several programs, which no one module can be.
Result<> check_one_program(const Sources& sources, const fs::path& folder) {
    std::vector<std::string> programs;
    for (const fs::path& bpf : sources.bpf)
        if (!guest_source_of(bpf.parent_path() / stem(bpf)).empty()) programs.push_back(stem(bpf));
    if (programs.size() < 2) return {};
    return fail(EINVAL, fmt::format("\"{}\" holds several programs ({}): name one, as \"{}\", or the files of one",
                                    folder.string(), fmt::join(programs, ", "), (folder / programs.front()).string()));
}

// A folder, even where it is written with a slash at its end, or as ".".
std::string folder_name(const fs::path& folder) {
    std::error_code ignored;
    return fs::canonical(folder, ignored).filename();
}

}  // namespace

bool is_cpp(const fs::path& source) {
    return std::ranges::find(cpp_extensions, source.extension().string()) != cpp_extensions.end();
}

fs::path stem(const fs::path& source) { return is_bpf_source(source) ? source.stem().stem() : source.stem(); }

Result<Sources> find_sources(const std::vector<fs::path>& named) {
    std::vector<fs::path> files = with_names_resolved(named);
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
    if (files.empty())
        return fail(EINVAL, fmt::format("no .c or .cpp file in \"{}\": name the folder of the sources", place));
    if (sources.guest.empty()) {
        const fs::path& first = sources.bpf.front();
        return fail(ENOENT, fmt::format("no guest source: write \"{}\", the program that loads \"{}\"{}",
                                        (first.parent_path() / stem(first)).string() + ".c", first.filename().string(),
                                        is_folder ? "" : ", and name it too"));
    }
    if (is_folder)
        if (const Result<> one = check_one_program(sources, named.front()); !one) return std::unexpected(one.error());
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

Result<Sources> find_package(const std::vector<fs::path>& named) {
    Sources sources;
    const auto is_manifest_there = [&](const skeleton::Language& language) {
        return !language.manifest.empty() && named.size() == 1 &&
               fs::is_regular_file(named.front() / language.manifest);
    };
    const auto languages = skeleton::languages();
    const auto found = std::ranges::find_if(languages, is_manifest_there);
    if (found == languages.end()) return sources;
    for (const fs::path& folder :
         {named.front(), named.front() / "src", named.front() / "src/bpf", named.front() / "bpf"}) {
        if (!fs::is_directory(folder)) continue;
        const Result<std::vector<fs::path>> listed = list_folder(folder);
        if (!listed) return std::unexpected(listed.error());
        std::ranges::copy_if(*listed, std::back_inserter(sources.bpf), is_bpf_source);
    }
    if (const Result<> fine = check_files(sources.bpf); !fine) return std::unexpected(fine.error());
    const std::string name = sources.bpf.size() == 1 ? stem(sources.bpf.front()).string() : folder_name(named.front());
    sources.guest = named;
    sources.default_output = named.front() / (name + ".wasm");
    sources.language = &*found;
    return sources;
}

}  // namespace wasm_bpf::toolchain
