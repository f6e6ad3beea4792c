// What the libraries export is what the headers declare, and nothing else.

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "engine/folder.hpp"
#include "support/command.hpp"

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
    const Folder folder;
    fs::copy_file(file, folder.path() / "copy");
    return folder.read("copy");
}

// Every match of the expression's first group.
std::set<std::string> found(const std::string& text, const std::string& expression) {
    const std::regex regex(expression);
    std::set<std::string> names;
    for (auto match = std::sregex_iterator(text.begin(), text.end(), regex); match != std::sregex_iterator(); ++match)
        names.insert((*match)[1]);
    return names;
}

std::set<std::string> functions_of_c() {
    return found(content(fs::path(TEST_SOURCE_DIR) / "include/wasm_bpf.h"), "\nWASM_BPF_API [^;(]*?(wasm_bpf_\\w+)\\(");
}

// Classes and functions of the C++ API.
std::set<std::string> names_of_cpp() {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(fs::path(TEST_SOURCE_DIR) / "include/wasm_bpf"))
        names.merge(found(content(entry.path()), "\n[^#\n]*WASM_BPF_API (?:[\\w:]+ )*(\\w+)(?: \\{|\\()"));
    return names;
}

std::string symbols(const std::vector<std::string>& options, const std::string& library) {
    std::vector<std::string> command{"nm", "--defined-only", "--demangle"};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(library);
    Command nm(command);
    EXPECT_EQ(nm.wait(), 0) << nm.error();
    return nm.output();
}

void check(const std::string& exported) {
    EXPECT_EQ(found(exported, " T (wasm_bpf_\\w+)"), functions_of_c());
    const std::set<std::string> cpp = found(exported, " [A-Z] wasm_bpf::(\\w+)");
    EXPECT_EQ(cpp, names_of_cpp());
    for (const std::string& line : found(exported, "([^\n]+)\n")) {
        if (line.find(" A WASM_BPF_") != line.npos || line.ends_with(":")) continue;
        EXPECT_TRUE(std::regex_search(line, std::regex(" T wasm_bpf(_|::(?!.*::Impl\\b))"))) << line;
    }
}

TEST(SharedLibrary, ExportsWhatTheHeadersDeclare) {
    const std::string exported = symbols({"--dynamic"}, TEST_SHARED_LIBRARY);
    check(std::regex_replace(exported, std::regex("@@[A-Z_0-9.]+"), ""));
    EXPECT_EQ(found(exported, "(wasm_bpf_\\w+@@WASM_BPF_0\\.1)\n").size(), functions_of_c().size());
    EXPECT_NE(exported.find("wasm_bpf::Guest::start()@@WASM_BPF_CPP_0.1"), exported.npos);
}

TEST(SharedLibrary, NeedsNothingButSystemLibraries) {
    Command readelf({"readelf", "-d", TEST_SHARED_LIBRARY});
    EXPECT_EQ(readelf.wait(), 0);
    EXPECT_EQ(found(readelf.output(), "\\(SONAME\\)[^\\[]*\\[([^\\]]+)\\]"), std::set<std::string>{"libwasm_bpf.so.0"});
    for (const std::string& needed : found(readelf.output(), "\\(NEEDED\\)[^\\[]*\\[([^\\].]+)"))
        EXPECT_TRUE(std::set<std::string>(
                        {"libelf", "libz", "libstdc++", "libm", "libgcc_s", "libc", "libfmt", "ld-linux-x86-64"})
                        .contains(needed))
            << needed;
}

#ifdef TEST_STATIC_LIBRARY
TEST(StaticLibrary, KeepsTheRestToItself) { check(symbols({"--extern-only"}, TEST_STATIC_LIBRARY)); }
#endif

}  // namespace
}  // namespace wasm_bpf::test
