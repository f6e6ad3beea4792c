// `wasm-bpf new`: every kind of project in every language builds, runs and passes its own test.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "run_guests.hpp"

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

struct Project {
    const char* kind;
    const char* language;
    const char* source;  // its extension
};

class NewProject : public testing::TestWithParam<Project> {};

std::string content(const fs::path& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST_P(NewProject, BuildsRunsAndPassesItsTest) {
    const Folder folder;
    const fs::path project = folder.path() / "my-tool";
    const Ran made({"new", project, "--kind", GetParam().kind, "--lang", GetParam().language});
    ASSERT_EQ(made.exit_code, 0) << made.error;
    const std::string language = GetParam().language;
    const bool is_package = language == "rust" || language == "go";
    for (const std::string file : {"my-tool.bpf.c", "my-tool.h", "README.md", "test.sh", GetParam().source}) {
        EXPECT_TRUE(fs::exists(project / file)) << file;
        EXPECT_EQ(content(project / file).find("newtool"), std::string::npos) << file;
    }
    EXPECT_EQ(fs::exists(project / "Cargo.toml"), language == "rust");
    EXPECT_EQ(fs::exists(project / "go.mod"), language == "go");
    EXPECT_EQ(fs::exists(project / "my-tool.c"), language == "c");
    std::vector<std::string> line{TEST_COMMAND, "build", project, "--bpf-cflags", "-Wall -Werror"};
    if (!is_package) line.insert(line.end(), {"--cflags", "-Wall -Wextra -Wno-unused-parameter -Werror"});
    const std::map<std::string, std::string> environment{{"WASM_BPF", TEST_COMMAND}, {"WASM_BPF_GO", TEST_GO}};
    Command build(line, environment);
    // A package's standard library may have to be compiled first.
    ASSERT_EQ(build.wait(std::chrono::seconds(is_package ? 600 : 60)), 0) << build.error();
    EXPECT_EQ(build.error().find("warning"), std::string::npos) << build.error();

    const Ran check({"check", project / "my-tool.wasm"});
    if (std::string(GetParam().kind) == "security" &&
        check.output.find("cannot patch its own text") != std::string::npos) {
        // tests/vm/cases/new_security.sh runs it.
        EXPECT_EQ(check.exit_code, 1);
        return;
    }
    EXPECT_EQ(check.exit_code, 0) << check.output;
    Command test({project / "test.sh"}, environment);
    EXPECT_EQ(test.wait(std::chrono::seconds(is_package ? 110 : 60)), 0) << test.output() << test.error();
    EXPECT_NE(test.output().find("PASSED\n"), std::string::npos) << test.output() << test.error();
}

INSTANTIATE_TEST_SUITE_P(
    Each, NewProject,
    testing::Values(Project{"tracing", "c", "my-tool.c"}, Project{"tracing", "c++", "my-tool.cpp"},
                    Project{"network", "c", "my-tool.c"}, Project{"network", "c++", "my-tool.cpp"},
                    Project{"security", "c", "my-tool.c"}, Project{"security", "c++", "my-tool.cpp"},
                    Project{"profile", "c", "my-tool.c"}, Project{"profile", "c++", "my-tool.cpp"},
                    Project{"tracing", "rust", "src/main.rs"}, Project{"network", "rust", "src/main.rs"},
                    Project{"security", "rust", "src/main.rs"}, Project{"profile", "rust", "src/main.rs"},
                    Project{"tracing", "go", "main.go"}, Project{"network", "go", "main.go"},
                    Project{"security", "go", "main.go"}, Project{"profile", "go", "main.go"}),
    [](const auto& info) {
        const std::string language = info.param.language;
        return fmt::format("{}_{}", info.param.kind, language == "c++" ? "cpp" : language);
    });

TEST(NewProjectErrors, RefusesWhatCannotBe) {
    const Folder folder;
    const std::string there = folder.write("there", "");
    const struct {
        std::vector<std::string> arguments;
        std::string message;
    } refusals[] = {
        {{there}, "\"" + there + "\" is there already: name a new folder"},
        {{folder.path() / "7"}, "\"7\" is no name for a tool"},
        {{folder.path() / "x y"}, "\"x y\" is no name for a tool"},
        {{folder.path() / "x", "--kind", "none"}, "no kind \"none\": name one of network, profile, security, tracing"},
        {{folder.path() / "x", "--lang", "basic"}, "no language \"basic\": name c, c++, rust or go"},
    };
    for (const auto& [arguments, message] : refusals) {
        std::vector<std::string> all{"new"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        const Ran ran(all);
        EXPECT_EQ(ran.exit_code, 125) << message;
        EXPECT_NE(ran.error.find("wasm-bpf new: " + message), std::string::npos) << ran.error;
    }
    EXPECT_FALSE(fs::exists(folder.path() / "x"));
}

}  // namespace
}  // namespace wasm_bpf::test
