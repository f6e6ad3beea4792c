// What may include what: libbpf is seen by src/bpf alone, Wasmtime by src/engine/wasmtime alone, wasm.h by the
// engines, and what is installed (include/) sees itself alone.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

// Who may include a header that matches: files whose path begins so.
struct Rule {
    std::regex header;
    std::vector<std::string> allowed;
};

const std::vector<Rule>& rules() {
    static const std::vector<Rule> all{
        {std::regex(R"(<bpf/.*>)"), {"src/bpf/"}},
        {std::regex(R"([<"](wasmtime(\.h|/)|wasi\.h).*)"), {"src/engine/wasmtime/"}},
        {std::regex(R"([<"]wasm\.h.*)"), {"src/engine/wasmtime/", "src/engine/wasm_c_api/"}},
        {std::regex(R"("engine/wasm_c_api/.*")"), {"src/engine/wasm_c_api/", "src/cli_min/"}},
        {std::regex(R"("wasi/.*")"), {"src/wasi/", "src/engine/wasm_c_api/"}},
        {std::regex(R"("engine/wasmtime/.*")"), {"src/engine/wasmtime/", "src/library/", "src/cli/"}},
        {std::regex(R"("library/.*")"), {"src/library/"}},
        {std::regex(R"("metrics/http/.*")"), {"src/metrics/http/", "src/library/", "src/cli/"}},
        {std::regex(R"("command/.*")"), {"src/command/", "src/cli/", "src/cli_min/"}},
        {std::regex(R"("cli/.*")"), {"src/cli/"}},
        {std::regex(R"("toolchain/.*")"), {"src/toolchain/", "src/cli/"}},
        {std::regex(R"("inspect/.*")"), {"src/inspect/", "src/cli/"}},
    };
    return all;
}

void check(const std::string& path, const std::string& line) {
    const std::string header = line.substr(line.find(' ') + 1);
    for (const Rule& rule : rules()) {
        const bool allowed =
            std::ranges::any_of(rule.allowed, [&](const std::string& folder) { return path.starts_with(folder); });
        EXPECT_TRUE(allowed || !std::regex_match(header, rule.header)) << path << ": " << line;
    }
}

TEST(Layering, InstalledHeadersIncludeNoOther) {
    const fs::path root = TEST_SOURCE_DIR;
    for (const auto& entry : fs::recursive_directory_iterator(root / "include")) {
        std::ifstream file(entry.path());
        for (std::string line; std::getline(file, line);)
            EXPECT_FALSE(line.starts_with("#include \"") && !line.starts_with("#include \"wasm_bpf/"))
                << entry.path() << ": " << line;
    }
}

TEST(Layering, IncludesFollowTheLayers) {
    const fs::path root = TEST_SOURCE_DIR;
    std::size_t includes = 0;
    for (const char* folder : {"src", "include"})
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const std::string extension = entry.path().extension();
            if (extension != ".cpp" && extension != ".hpp") continue;
            std::ifstream file(entry.path());
            for (std::string line; std::getline(file, line);) {
                if (!line.starts_with("#include ")) continue;
                check(fs::relative(entry.path(), root), line);
                includes++;
            }
        }
    EXPECT_GT(includes, 100u) << "the sources were not found";
}

}  // namespace
}  // namespace wasm_bpf::test
