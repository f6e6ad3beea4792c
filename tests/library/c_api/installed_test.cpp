// Programs of other projects, built with what is installed alone: by CMake, by pkg-config, in five languages.

#include <filesystem>

#include <gtest/gtest.h>

#include "engine/folder.hpp"
#include "support/command.hpp"

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

const std::string libraries = TEST_PREFIX "/" TEST_LIBDIR;
const fs::path embedding = fs::path(TEST_EXAMPLES_DIR) / "embedding";

// What finds the installed library, and nothing else of this build.
std::map<std::string, std::string> environment() {
    return {{"PKG_CONFIG_PATH", libraries + "/pkgconfig"}, {"LD_LIBRARY_PATH", libraries}};
}

// A command's standard output; it must succeed.
std::string run(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& added = {}) {
    auto variables = environment();
    for (const auto& [name, value] : added) variables[name] = value;
    Command command(arguments, variables);
    EXPECT_EQ(command.wait(std::chrono::minutes(9)), 0) << arguments[0] << ": " << command.output() << command.error();
    return command.output();
}

// A copy of an example, in which it is built.
class Embedding : public testing::Test {
protected:
    [[nodiscard]] std::string copy(const std::string& language) const {
        const fs::path to = folder_.path() / language;
        fs::copy(embedding / language, to, fs::copy_options::recursive);
        return to;
    }
    // Runs an agent with the plugin: each does the same.
    static void check(std::vector<std::string> agent, const std::map<std::string, std::string>& added = {}) {
        agent.push_back(embedding / "plugin/plugin.wasm");
        const std::string output = run(agent, added);
        std::size_t place = 0;
        for (const char* line : {"[plugin] watching\n", "[agent] programs started: some\n",
                                 "[agent] asked, it says: some\n", "[plugin] done\n", "[agent] ended: 0\n"}) {
            const std::size_t found = output.find(line, place);
            EXPECT_NE(found, output.npos) << line << "is missing, or not in this place:\n" << output;
            if (found != output.npos && std::string_view(line) != "[agent] programs started: some\n") place = found;
        }
    }

    const Folder folder_;
};

TEST_F(Embedding, InC) {
    const std::string folder = copy("c");
    run({"make", "-C", folder});
    check({folder + "/agent"});
}

#ifdef TEST_STATIC
TEST_F(Embedding, InCWithinTheProgram) {
    const std::string folder = copy("c");
    run({"make", "-C", folder, "STATIC=1"});
    check({folder + "/agent"}, {{"LD_LIBRARY_PATH", ""}});
}
#endif

TEST_F(Embedding, InCpp) {
    const std::string folder = copy("cpp");
    run({"cmake", "-S", folder, "-B", folder + "/build", "-DCMAKE_PREFIX_PATH=" TEST_PREFIX});
    run({"cmake", "--build", folder + "/build"});
    check({folder + "/build/agent"}, {{"LD_LIBRARY_PATH", ""}});
}

TEST_F(Embedding, InPython) { check({"python3", copy("python") + "/agent.py"}); }

TEST_F(Embedding, InGo) {
    const std::string folder = copy("go");
    run({TEST_GO, "build", "-C", folder, "-o", "agent"}, {{"CGO_ENABLED", "1"}, {"GOFLAGS", ""}, {"GOWORK", "off"}});
    check({folder + "/agent"});
}

TEST_F(Embedding, InRust) {
    const std::string folder = copy("rust");
    run({"cargo", "build", "--quiet", "--offline", "--manifest-path", folder + "/Cargo.toml", "--target-dir",
         folder + "/target"});
    check({folder + "/target/debug/agent"});
}

// A project in C alone takes either library by find_package().
TEST_F(Embedding, OfACProjectByFindPackage) {
    const std::string folder = copy("c");
    std::string lists =
        "cmake_minimum_required(VERSION 3.25)\nproject(agent LANGUAGES C)\nfind_package(wasm-bpf 0.1 REQUIRED)\n"
        "add_executable(agent agent.c)\ntarget_link_libraries(agent wasm-bpf::wasm_bpf)\n";
    std::vector<std::string> agents{"agent"};
#ifdef TEST_STATIC
    lists += "add_executable(whole agent.c)\ntarget_link_libraries(whole wasm-bpf::wasm_bpf_static)\n";
    agents.push_back("whole");
#endif
    folder_.write("c/CMakeLists.txt", lists);
    // Where the tree lies is found from where its files lie.
    const std::string moved = folder_.path() / "moved";
    fs::create_directory_symlink(TEST_PREFIX, moved);
    run({"cmake", "-S", folder, "-B", folder + "/build", "-DCMAKE_PREFIX_PATH=" + moved});
    run({"cmake", "--build", folder + "/build"});
    for (const std::string& agent : agents) check({folder + "/build/" + agent}, {{"LD_LIBRARY_PATH", ""}});
}

}  // namespace
}  // namespace wasm_bpf::test
