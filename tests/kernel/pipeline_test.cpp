// examples/pipeline: three components in three languages, as one file and put together when they are run.

#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/folder.hpp"
#include "support/command.hpp"

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

std::string built(const std::string& name) { return std::string(TEST_GUEST_DIR) + "/pipeline/" + name + ".wasm"; }

// The source last, where it is plugged into.
std::vector<std::string> plugged(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"run", "--plug", built("formatter"), "--plug", built("aggregator")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(built("source"));
    return arguments;
}
std::vector<std::string> composed(std::vector<std::string> more = {}) {
    more.insert(more.begin(), "run");
    more.push_back(built("pipeline"));
    return more;
}

// A program of a name that nothing else on this machine has.
class Program {
public:
    explicit Program(const std::string& name) {
        std::string folder = (fs::temp_directory_path() / "wasm_bpf_pipeline.XXXXXX").string();
        folder_ = mkdtemp(folder.data());
        fs::copy_file("/bin/true", folder_ / name);
        path_ = folder_ / name;
    }
    ~Program() { fs::remove_all(folder_); }
    void run(int times) const {
        for (int i = 0; i < times; i++) EXPECT_EQ(Command({path_}).wait(), 0);
    }

private:
    fs::path folder_, path_;
};

// The longest interval: what was counted comes when the guest is asked to stop.
std::vector<std::string> until_stopped(std::vector<std::string> arguments) {
    arguments.emplace_back("86400");
    return arguments;
}

void expect_counts(Command& pipeline) {
    ASSERT_TRUE(pipeline.wait_for_output("Programs started")) << pipeline.error();
    const Program often("pipe-often"), once("pipe-once");
    often.run(7);
    once.run(1);
    Command({"/bin/sh", "-c", ":"}).wait();
    pipeline.signal(SIGINT);
    EXPECT_EQ(pipeline.wait(), 0) << pipeline.error();
    const std::string& output = pipeline.output();
    const std::size_t first = output.find("       7        7 pipe-often\n");
    const std::size_t second = output.find("       1        1 pipe-once\n");
    EXPECT_NE(first, output.npos) << output;
    EXPECT_NE(second, output.npos) << output;
    EXPECT_LT(first, second) << "the most frequent comes first:\n" << output;
    EXPECT_FALSE(std::regex_search(output, std::regex(" sh\n"))) << "a shell's start was not dropped:\n" << output;
}

TEST(Pipeline, CountsEveryStartAsOneFile) {
    Command pipeline(wasm_bpf(until_stopped(composed())));
    expect_counts(pipeline);
}

TEST(Pipeline, CountsTheSameWhenItIsPutTogetherAtTheStart) {
    Command pipeline(wasm_bpf(until_stopped(plugged())));
    expect_counts(pipeline);
}

TEST(Pipeline, PrintsWhenAnIntervalIsOver) {
    std::vector<std::string> arguments = composed();
    arguments.emplace_back("1");
    Command pipeline(wasm_bpf(arguments));
    ASSERT_TRUE(pipeline.wait_for_output("Programs started")) << pipeline.error();
    Program("pipe-soon").run(3);
    EXPECT_TRUE(pipeline.wait_for_output(" pipe-soon\n")) << pipeline.output() << pipeline.error();
    pipeline.signal(SIGINT);
    EXPECT_EQ(pipeline.wait(), 0) << pipeline.error();
}

TEST(Pipeline, AnIntervalThatIsNoneIsRefused) {
    for (const char* interval : {"0", "-1", "86401", "1s", ""}) {
        std::vector<std::string> arguments = composed();
        arguments.emplace_back(interval);
        Command pipeline(wasm_bpf(arguments));
        EXPECT_EQ(pipeline.wait(), 1) << interval;
        EXPECT_TRUE(pipeline.error().starts_with("Usage: pipeline [SECONDS")) << interval << ": " << pipeline.error();
        EXPECT_EQ(pipeline.output(), "") << interval;
    }
}

TEST(Pipeline, OneComponentCannotTouchAnothersMemory) {
    for (std::vector<std::string> arguments : {composed(), plugged()}) {
        arguments.emplace_back("--isolation");
        Command pipeline(wasm_bpf(arguments));
        EXPECT_EQ(pipeline.wait(), 0) << pipeline.error();
        const std::regex lines(
            "source:     address ([0-9]+) holds 42\n"
            "aggregator: wrote 7 at address ([0-9]+), and read 7 there\n"
            "source:     address ([0-9]+) holds 42\n");
        std::smatch found;
        ASSERT_TRUE(std::regex_match(pipeline.output(), found, lines)) << pipeline.output();
        EXPECT_EQ(found[1], found[2]);
        EXPECT_EQ(found[1], found[3]);
    }
}

TEST(Pipeline, ThePolicyIsTheWholes) {
    for (const auto& arguments :
         {composed({"--deny", "programs=tracepoint"}), plugged({"--deny", "programs=tracepoint"})}) {
        Command pipeline(wasm_bpf(arguments));
        EXPECT_EQ(pipeline.wait(), 122);
        EXPECT_NE(pipeline.error().find("programs"), std::string::npos) << pipeline.error();
        EXPECT_EQ(pipeline.output().find("Programs started"), std::string::npos) << pipeline.output();
    }
}

TEST(Pipeline, TheMemoryLimitIsForAllTogether) {
    // Each of the three could have so much: the source alone begins with more than half of it.
    Command pipeline(wasm_bpf(composed({"--memory", "2MB"})));
    EXPECT_EQ(pipeline.wait(), 123) << pipeline.output();
    EXPECT_NE(pipeline.error().find("memory"), std::string::npos) << pipeline.error();
}

// What the command asks of the kernel's bpf(), as strace sees it; the rest in the run's own streams.
struct Traced {
    explicit Traced(std::vector<std::string> arguments) {
        const Folder folder;
        const std::string trace = folder.path() / "trace";
        arguments.insert(arguments.begin(), TEST_COMMAND);
        arguments.insert(arguments.begin(), {"strace", "-f", "-o", trace, "-e", "trace=bpf"});
        Command command(std::move(arguments));
        exit_code = command.wait();
        output = command.output();
        error = command.error();
        std::ifstream file(trace);
        calls = {std::istreambuf_iterator(file), {}};
    }
    [[nodiscard]] bool called(std::string_view text) const { return calls.find(text) != calls.npos; }

    int exit_code;
    std::string output, error, calls;
};

TEST(Pipeline, WithoutAPlugNothingIsLoaded) {
    const Traced lacking({"run", "--plug", built("aggregator"), built("source")});
    EXPECT_EQ(lacking.exit_code, 123);
    EXPECT_EQ(lacking.output, "");
    EXPECT_TRUE(lacking.error.starts_with("wasm-bpf: ")) << lacking.error;
    EXPECT_EQ(lacking.error.find('\n'), lacking.error.size() - 1) << "not one line: " << lacking.error;
    EXPECT_NE(lacking.error.find("source.wasm imports example:pipeline/format@0.1.0"), std::string::npos)
        << lacking.error;
    EXPECT_TRUE(lacking.called("+++ exited with 123 +++")) << "strace saw nothing";
    for (const char* call : {"BPF_PROG_LOAD", "BPF_MAP_CREATE", "BPF_BTF_LOAD"})
        EXPECT_FALSE(lacking.called(call)) << lacking.calls;
    // With it, strace sees what is loaded; nothing is attached, so that it ends.
    const Traced whole(plugged({"--deny", "attach.kinds=tracepoint"}));
    EXPECT_EQ(whole.exit_code, 122) << whole.error;
    EXPECT_TRUE(whole.called("prog_name=\"handle_exec\"")) << whole.calls;
    EXPECT_TRUE(whole.called("map_name=\"events\"")) << whole.calls;
}

}  // namespace
}  // namespace wasm_bpf::test
