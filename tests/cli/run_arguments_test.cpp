// How the command line becomes what the guest sees.

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "cli/run_guests.hpp"

namespace wasm_bpf::test {
namespace {

std::string terminated(std::initializer_list<std::string> texts) {
    std::string all;
    for (const std::string& text : texts) all.append(text).push_back('\0');
    return all;
}

TEST(RunArguments, AfterTheModuleAreTheGuests) {
    const Folder folder;
    const std::string module = write_module(folder, print_arguments);
    for (const std::vector<std::string>& arguments :
         std::vector<std::vector<std::string>>{{},
                                               {"-h"},
                                               {"--help"},
                                               {"--version"},
                                               {"--"},
                                               {"--", "-x"},
                                               {"run", "build"},
                                               {"-p", "1", "--timeout", "2"},
                                               {"", " ", "a b"},
                                               {"--memory=1"},
                                               {"-"},
                                               {"--no-cache", "--no-cache"}}) {
        std::string expected = terminated({module});
        for (const std::string& argument : arguments) expected += terminated({argument});
        std::vector<std::string> line{module};
        line.insert(line.end(), arguments.begin(), arguments.end());
        const Ran shortest(line);
        EXPECT_EQ(shortest.output, expected) << shortest.error;
        EXPECT_EQ(shortest.exit_code, 0);
        line.insert(line.begin(), {"run", "--timeout", "20"});
        const Ran with_options(line);
        EXPECT_EQ(with_options.output, expected) << with_options.error;
    }
}

TEST(RunArguments, OptionsBeforeTheModuleNeedNoSubcommand) {
    const Folder folder;
    const std::string module = write_module(folder, print_arguments);
    EXPECT_EQ(Ran({"--timeout=20", module, "x"}).output, terminated({module, "x"}));
    EXPECT_EQ(Ran({"--no-cache", module}).output, terminated({module}));
}

TEST(RunArguments, ModuleNamedAsASubcommandRunsByItsPath) {
    const Folder folder;
    write_module(folder, print_arguments, "", "build");
    Command command({"/bin/sh", "-c", "cd " + folder.path().string() + " && exec " TEST_COMMAND " ./build x"});
    EXPECT_EQ(command.wait(), 0) << command.error();
    EXPECT_EQ(command.output(), terminated({"./build", "x"}));
}

TEST(RunArguments, HelpAndVersionAreForAll) {
    for (const std::vector<std::string>& line : std::vector<std::vector<std::string>>{
             {"--help"}, {"-h"}, {"run", "--help"}, {"run", "-h"}, {"build", "--help"}, {"gen", "--help"}}) {
        const Ran help(line);
        EXPECT_EQ(help.exit_code, 0) << line.front();
        EXPECT_TRUE(help.output.starts_with("Usage: wasm-bpf") ||
                    help.output.find("\nUsage: wasm-bpf") != std::string::npos)
            << help.output;
        EXPECT_EQ(help.error, "");
    }
    for (const std::vector<std::string>& line :
         {std::vector<std::string>{"--version"}, {"run", "--version"}, {"build", "--version"}, {"gen", "--version"}}) {
        const Ran version(line);
        EXPECT_EQ(version.exit_code, 0);
        for (const char* part : {"wasm-bpf 0.", "Wasmtime 48.", "libbpf 1.7"})
            EXPECT_NE(version.output.find(part), std::string::npos) << version.output;
    }
}

TEST(RunArguments, WrongUsageIsExplained) {
    const Folder folder;
    const std::string module = write_module(folder, "");
    const auto wrong = [&](std::vector<std::string> line, const char* part) {
        const Ran run(std::move(line));
        EXPECT_EQ(run.exit_code, 125) << part;
        EXPECT_TRUE(is_line_with(run.error, {part})) << run.error;
        EXPECT_EQ(run.output, "");
    };
    const Ran nothing({});
    EXPECT_EQ(nothing.exit_code, 125);
    EXPECT_NE(nothing.error.find("Usage: wasm-bpf"), std::string::npos) << nothing.error;
    wrong({"run"}, "MODULE");
    wrong({"--timeout", "1"}, "MODULE");
    wrong({"--nonsense", module}, "--nonsense");
    wrong({"run", "-x", module}, "-x");
    wrong({"--timeout", "soon", module}, "--timeout");
    wrong({"--timeout", "0", module}, "--timeout");
    wrong({"--timeout", "nan", module}, "--timeout");
    wrong({"--timeout=-1", module}, "--timeout");
    wrong({"--memory", "lots", module}, "--memory");
    wrong({"--memory", "0", module}, "--memory");
    wrong({"--btf", "/nonexistent", module}, "--btf");
    wrong({"--allow", "nonsense", module}, "there is no rule");
    wrong({"--dir", "/nonexistent", module}, "/nonexistent");
    wrong({"--dir", module, module}, "not a directory");
    wrong({"--env", "WASM_BPF_TEST_UNSET", module}, "WASM_BPF_TEST_UNSET=VALUE");
}

TEST(RunEnvironment, IsOnlyWhatIsNamed) {
    const Folder folder;
    const std::string module = write_module(folder, print_environment);
    EXPECT_EQ(Ran({module}, {{"SECRET", "s"}}).output, "");
    EXPECT_EQ(
        Ran({"--env", "A=b=c", "--env", "FROM_HERE", "--env=EMPTY=", module}, {{"FROM_HERE", "h"}, {"SECRET", "s"}})
            .output,
        terminated({"A=b=c", "FROM_HERE=h", "EMPTY="}));
}

// Opens "file" in the first directory for reading, or a new one for writing, and exits with the result.
constexpr std::string_view open_file =
    R"((call $exit (call $path_open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 4)
    (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 512))))";
constexpr std::string_view write_file =
    R"((call $exit (call $path_open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const 4)
    (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 512))))";

TEST(RunDirectory, IsGivenReadWriteOrReadOnly) {
    const Folder folder, data;
    data.write("file", "x");
    const std::string reads = write_module(folder, open_file, "file", "reads.wasm");
    const std::string writes = write_module(folder, write_file, "new!", "writes.wasm");
    const std::string path = data.path();
    EXPECT_NE(Ran({reads}).exit_code, 0) << "none is given unasked";
    EXPECT_EQ(Ran({"--dir", path, reads}).exit_code, 0);
    EXPECT_EQ(Ran({"--dir", path + "::/data", reads}).exit_code, 0);
    EXPECT_EQ(Ran({"--dir", path + "::/data:ro", reads}).exit_code, 0);
    EXPECT_NE(Ran({"--dir", path + ":ro", writes}).exit_code, 0);
    EXPECT_FALSE(std::filesystem::exists(data.path() / "new!"));
    EXPECT_EQ(Ran({"--dir=" + path, writes}).exit_code, 0);
    EXPECT_TRUE(std::filesystem::exists(data.path() / "new!"));
}

TEST(RunMemory, IsLimited) {
    const Folder folder;
    const std::string module = write_module(
        folder, R"((if (i32.ne (memory.grow (i32.const 12)) (i32.const -1)) (then (call $exit (i32.const 1)))))");
    EXPECT_EQ(Ran({module}).exit_code, 1);
    EXPECT_EQ(Ran({"--memory", "1MB", module}).exit_code, 1);
    EXPECT_EQ(Ran({"--memory", "1023KB", module}).exit_code, 0);
    const Ran too_little({"--memory", "128KB", module});
    EXPECT_EQ(too_little.exit_code, 123);
    EXPECT_TRUE(is_line_with(too_little.error, {module, "memory", "--memory"})) << too_little.error;
}

}  // namespace
}  // namespace wasm_bpf::test
