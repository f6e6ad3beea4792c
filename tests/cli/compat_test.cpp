// tests/compat/run, which compares guests with native programs of the same sources: that it finds tools of ours the
// same, and that it finds a difference.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/folder.hpp"
#include "support/command.hpp"

namespace wasm_bpf::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class Compat : public testing::Test {
protected:
    struct Outcome {
        int exit_code;
        std::string table;
    };

    Outcome compare(const fs::path& tools, const std::vector<std::string>& more) {
        std::vector<std::string> line = {std::string(TEST_SOURCE_DIR) + "/tests/compat/run",
                                         tools,
                                         "--command",
                                         TEST_COMMAND,
                                         "--libbpf",
                                         TEST_LIBBPF,
                                         "--seconds",
                                         "1",
                                         "--output",
                                         folder_.path() / "made"};
        line.insert(line.end(), more.begin(), more.end());
        Command command(line, {{"PYTHONDONTWRITEBYTECODE", "1"}});
        const int exit_code = command.wait(100s);
        return {exit_code, command.output() + command.error()};
    }

    // A tool that prints `header`, then numbers of switched tasks, and ends by itself.
    void write_tool(const std::string& name, const std::string& main) {
        std::ofstream(folder_.path() / (name + ".bpf.c")) << R"(#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
long switches;
SEC("tp/sched/sched_switch") int on_switch(void *context) { __sync_fetch_and_add(&switches, 1); return 0; }
char LICENSE[] SEC("license") = "GPL";
)";
        std::ofstream(folder_.path() / (name + ".c")) << R"(#include <stdio.h>
#include <unistd.h>
#include <bpf/libbpf.h>
#include ")" + name + R"(.skel.h"
#ifdef __wasm__
enum { IS_GUEST = 1 };
#else
enum { IS_GUEST = 0 };
#endif
int main(void) {
    struct )" + name + R"(_bpf *tool = )" + name + R"(_bpf__open_and_load();
    if (!tool || )" + name + R"(_bpf__attach(tool)) return 1;
    while (tool->bss->switches < 10) usleep(1000);
)" + main + "\n}\n";
    }

    Folder folder_;
};

TEST_F(Compat, ToolsOfOursDoTheSame) {
    const Outcome found =
        compare(fs::path(TEST_EXAMPLES_DIR) / "tools",
                {"sigwatch", "tcpconn", "--arguments", "sigwatch=--help", "--arguments", "sigwatch=-n"});
    EXPECT_EQ(found.exit_code, 0) << found.table;
    EXPECT_NE(found.table.find("3 rows: 3 compiled natively, 3 as guests; 3 ran natively, 3 did the same as guests"),
              std::string::npos)
        << found.table;
}

TEST_F(Compat, DifferencesAreFound) {
    write_tool("same", "puts(\"PID COMMAND\"); return 3;");
    write_tool("header", "puts(IS_GUEST ? \"TID COMMAND\" : \"PID COMMAND\"); return 0;");
    write_tool("lines", "for (int i = 0; i < 9; i++) if (IS_GUEST) puts(\"1 a\"); else puts(\"1 2\"); return 0;");
    write_tool("ending", "puts(\"PID COMMAND\"); return IS_GUEST;");
    write_tool("broken", "return no_such_variable;");
    const Outcome found = compare(folder_.path(), {});
    EXPECT_EQ(found.exit_code, 1) << found.table;
    for (const char* row : {"ending  yes     yes    yes  no    exit code 0, guest 1",
                            "header  yes     yes    yes  no    header: 'PID COMMAND', guest 'TID COMMAND'",
                            "lines   yes     yes    yes  no    only natively: lines like '# #'",
                            "same    yes     yes    no   yes", "broken  no      -      -    -"})
        EXPECT_NE(found.table.find(row), std::string::npos) << row << '\n' << found.table;
}

}  // namespace
}  // namespace wasm_bpf::test
