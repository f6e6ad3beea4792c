#include "toolchain/new_project.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <system_error>

#include "skeleton/c_types.hpp"
#include "skeleton/go_names.hpp"
#include "skeleton/languages.hpp"
#include "skeleton/rust_types.hpp"
#include "toolchain/step.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

// What the templates call the tool: a word of its own, so that they compile as they are.
constexpr std::string_view template_name = "newtool";
constexpr std::size_t longest_name = 40;

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size())
        text.replace(at, what.size(), by);
    return text;
}

// In identifiers the name is one; "newtool.SOURCE" is the source in the language chosen.
std::string in_the_name_of(std::string text, const std::string& name, const skeleton::Language& language) {
    const std::string from(template_name);
    text = replaced(std::move(text), from + "_bpf", skeleton::c_identifier(name) + "_bpf");
    text = replaced(std::move(text), from + ".SOURCE", language.source);
    const std::string stem = skeleton::go_stem(skeleton::c_identifier(name));
    text = replaced(std::move(text), "loadNewTool", skeleton::go_function("load", stem));
    text = replaced(std::move(text), "newTool", stem);
    text = replaced(std::move(text), "NewTool", skeleton::type_identifier(name));
    text = replaced(std::move(text), "new_tool", skeleton::c_identifier(name));
    return replaced(std::move(text), from, name);
}

bool is_tool_name(const std::string& name) {
    const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
    return !name.empty() && name.size() <= longest_name &&
           std::isalpha(static_cast<unsigned char>(name.front())) != 0 && std::ranges::all_of(name, fits);
}

// What is there for another language than the one chosen.
bool is_for_another(const fs::path& file, const skeleton::Language& language) {
    return std::ranges::any_of(skeleton::languages(), [&](const skeleton::Language& each) {
        return each.name != language.name &&
               (file.filename() == each.source ||
                (!each.template_folder.empty() && file.filename() == each.template_folder));
    });
}

// The files below `from`, put at the same places below `to`.
Result<> write_files(const fs::path& from, const fs::path& to, const std::string& name,
                     const skeleton::Language& language, std::vector<fs::path>& written) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(from, error)) {
        if (is_for_another(entry.path(), language)) continue;
        const std::string file_name = entry.path().filename();
        const fs::path file = to / replaced(file_name, template_name, name);
        if (entry.is_directory()) {
            const fs::path folder = file_name == language.template_folder ? to : file;
            fs::create_directories(folder, error);
            if (auto done = write_files(entry.path(), folder, name, language, written); !done) return done;
            continue;
        }
        const auto content = read_file(entry.path());
        if (!content) return std::unexpected(content.error());
        std::string text = in_the_name_of(*content, name, language);
        if (file_name.ends_with(".bpf.c")) text.insert(0, language.bpf_heading);
        if (auto done = write_file(file, text); !done) return done;
        fs::permissions(file, entry.status().permissions(), error);
        written.push_back(file);
    }
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("read \"{}\"", from.string())));
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
    const skeleton::Language* language = skeleton::find_language(project.language);
    if (language == nullptr)
        return fail(EINVAL, fmt::format("no language \"{}\": name {}", project.language, skeleton::language_names()));
    std::error_code error;
    if (fs::exists(project.folder, error))
        return fail(EEXIST, fmt::format("\"{}\" is there already: name a new folder", project.folder.string()));
    fs::create_directories(project.folder, error);
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("make \"{}\"", project.folder.string())));
    std::vector<fs::path> written;
    if (auto done = write_files(find_sdk()->templates / project.kind, project.folder, name, *language, written); !done)
        return std::unexpected(std::move(done).error());
    std::ranges::sort(written);
    return written;
}

}  // namespace wasm_bpf::toolchain
