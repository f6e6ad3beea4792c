#include "toolchain/new_project.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <system_error>

#include "skeleton/c_types.hpp"
#include "toolchain/step.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

// What the templates call the tool: a word of its own, so that they compile as they are.
constexpr std::string_view template_name = "newtool";
constexpr std::size_t longest_name = 40;

constexpr struct {
    std::string_view language, extension;
} languages[] = {{"c", ".c"}, {"c++", ".cpp"}};

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size())
        text.replace(at, what.size(), by);
    return text;
}

// In identifiers the name is one; "newtool.SOURCE" is the source in the language chosen.
std::string in_the_name_of(std::string text, const std::string& name, std::string_view extension) {
    const std::string from(template_name);
    text = replaced(std::move(text), from + "_bpf", skeleton::c_identifier(name) + "_bpf");
    text = replaced(std::move(text), from + ".SOURCE", fmt::format("{}{}", name, extension));
    return replaced(std::move(text), from, name);
}

bool is_tool_name(const std::string& name) {
    const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
    return !name.empty() && name.size() <= longest_name &&
           std::isalpha(static_cast<unsigned char>(name.front())) != 0 && std::ranges::all_of(name, fits);
}

// A source of another language than the one chosen.
bool is_for_another(const fs::path& file, std::string_view extension) {
    return std::ranges::any_of(languages, [&](const auto& each) {
        return each.extension != extension && file.filename() == fmt::format("{}{}", template_name, each.extension);
    });
}

Result<> write_project(const fs::path& templates, const NewProject& project, const std::string& name,
                       std::string_view extension, std::vector<fs::path>& written) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(templates, error)) {
        if (is_for_another(entry.path(), extension)) continue;
        const auto content = read_file(entry.path());
        if (!content) return std::unexpected(content.error());
        const fs::path file = project.folder / replaced(entry.path().filename(), template_name, name);
        if (auto done = write_file(file, in_the_name_of(*content, name, extension)); !done) return done;
        fs::permissions(file, entry.status().permissions(), error);
        written.push_back(file);
    }
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("read \"{}\"", templates.string())));
    std::ranges::sort(written);
    return {};
}

}  // namespace

Result<std::vector<std::string>> project_kinds() {
    const auto sdk = find_sdk();
    if (!sdk) return std::unexpected(sdk.error());
    std::vector<std::string> kinds;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(sdk->templates, error)) kinds.push_back(entry.path().filename());
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("read \"{}\"", sdk->templates.string())));
    std::ranges::sort(kinds);
    return kinds;
}

Result<std::vector<fs::path>> make_project(const NewProject& project) {
    const std::string name = project.folder.filename();
    if (!is_tool_name(name))
        return fail(EINVAL,
                    fmt::format("\"{}\" is no name for a tool: letters, digits, _ and -, a letter first, at most {}",
                                name, longest_name));
    const auto kinds = project_kinds();
    if (!kinds) return std::unexpected(kinds.error());
    if (std::ranges::count(*kinds, project.kind) == 0)
        return fail(EINVAL, fmt::format("no kind \"{}\": name one of {}", project.kind, fmt::join(*kinds, ", ")));
    const auto* language =
        std::ranges::find_if(languages, [&](const auto& each) { return each.language == project.language; });
    if (language == std::end(languages))
        return fail(EINVAL, fmt::format("no language \"{}\": name c or c++", project.language));
    std::error_code error;
    if (fs::exists(project.folder, error))
        return fail(EEXIST, fmt::format("\"{}\" is there already: name a new folder", project.folder.string()));
    fs::create_directories(project.folder, error);
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("make \"{}\"", project.folder.string())));
    std::vector<fs::path> written;
    if (auto done = write_project(find_sdk()->templates / project.kind, project, name, language->extension, written);
        !done)
        return std::unexpected(std::move(done).error());
    return written;
}

}  // namespace wasm_bpf::toolchain
