// The guests' <argp.h> against the GNU C library's: the same sources compiled for both say the same and end alike.

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "engine/folder.hpp"
#include "support/command.hpp"

namespace wasm_bpf::test {
namespace {

struct Ended {
    int exit_code;
    std::string output, error;
    bool operator==(const Ended&) const = default;
};

Ended run(std::vector<std::string> line) {
    Command command(std::move(line));
    const int exit_code = command.wait();
    return {exit_code, command.output(), command.error()};
}

std::vector<std::string> with_words(std::vector<std::string> line, const std::string& arguments) {
    std::istringstream words(arguments);
    for (std::string word; words >> word;) line.push_back(word);
    return line;
}

// A source compiled twice, under one name.
class Argp : public testing::Test {
protected:
    void compile(const std::string& name) {
        const std::string source = std::string(TEST_SOURCE_DIR) + "/tests/cli/argp/" + name + ".c";
        native_ = folder_.path() / "native" / name;
        guest_ = folder_.path() / "guest" / name;
        std::filesystem::create_directories(native_.parent_path());
        std::filesystem::create_directories(guest_.parent_path());
        const Ended native = run({"cc", "-w", source, "-o", native_});
        ASSERT_EQ(native.exit_code, 0) << native.error;
        const Ended guest = run(wasm_bpf({"build", source, "--cflags", "-w", "-o", guest_}));
        ASSERT_EQ(guest.exit_code, 0) << guest.error;
    }

    // Each line of arguments: the messages name the program by the path that it was started by, or by its name alone.
    void expect_alike(const std::vector<std::string>& lines) {
        for (const std::string& line : lines) {
            const Ended native = run(with_words({native_}, line));
            Ended guest = run(with_words(wasm_bpf({"run", guest_}), line));
            for (std::size_t at; (at = guest.error.find(guest_)) != std::string::npos;)
                guest.error.replace(at, guest_.string().size(), native_);
            EXPECT_EQ(guest.exit_code, native.exit_code) << line;
            EXPECT_EQ(guest.output, native.output) << line;
            EXPECT_EQ(guest.error, native.error) << line;
        }
    }

    Folder folder_;
    std::filesystem::path native_, guest_;
};

TEST_F(Argp, OptionsAreAsInGlibc) {
    compile("options");
    std::vector<std::string> lines;
    for (const char* flags : {"0", "2", "4", "8", "16", "32", "64", "96", "40"})
        for (const char* arguments : {"--help",
                                      "-?",
                                      "--usage",
                                      "--version",
                                      "-V",
                                      "--vers",
                                      "-q",
                                      "--zz",
                                      "--out=5",
                                      "--output",
                                      "--a",
                                      "-p",
                                      "--pid",
                                      "--apple",
                                      "--apple=3",
                                      "-x5",
                                      "-b",
                                      "-B",
                                      "-g",
                                      "-n",
                                      "--no-doc",
                                      "2",
                                      "1 2",
                                      "-r",
                                      "--a-rather-longop",
                                      "--pro",
                                      "--program-name=me -q",
                                      "--zout=3",
                                      "--pi=4",
                                      "-p4 -o -o5",
                                      "-bp4",
                                      "-p4b",
                                      "-pb 4",
                                      "1 -p4 1 -- -p 5",
                                      "1 1 1",
                                      "-p 5 1 -r 4 1",
                                      "1 1 -r4",
                                      "- 1 - --",
                                      "-- 1 1"})
            lines.push_back(std::string(flags) + " " + arguments);
    expect_alike(lines);
}

TEST_F(Argp, ChildrenAreAsInGlibc) {
    compile("children");
    expect_alike({"--help", "--usage", "filter --help", "filter --usage", "-?", "filter -?", "-p4 --calf=x -A -d 5",
                  "p c p", "i", "--in 5 -V", "-x", "p -P -- -P", "--version", "--q"});
}

}  // namespace
}  // namespace wasm_bpf::test
