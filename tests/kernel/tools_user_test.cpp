// The tools of examples/tools that trace programs, native and as guests at once.

#include <pty.h>
#include <termios.h>

#include <filesystem>

#include "child_process.hpp"
#include "tool_pair.hpp"

// What the tools are attached to: functions in this program's dynamic symbol table, and a tracepoint. It is an
// instruction with a note that says where it is and where its arguments are (systemtap's sys/sdt.h, version 3; no
// semaphore).
extern "C" {
__attribute__((noinline, visibility("default"))) int tools_test_function(int value) {
    asm volatile("" : "+r"(value));
    return value + 1;
}

__attribute__((noinline, visibility("default"))) void tools_test_tracepoint(int number, const char* text) {
    asm volatile(
        "990: nop\n"
        ".pushsection .note.stapsdt,\"\",\"note\"\n"
        ".balign 4\n"
        ".4byte 992f-991f, 994f-993f, 3\n"
        "991: .asciz \"stapsdt\"\n"
        "992: .balign 4\n"
        "993: .8byte 990b\n"
        ".8byte _.stapsdt.base\n"
        ".8byte 0\n"
        ".asciz \"tools_test\"\n"
        ".asciz \"passed\"\n"
        ".asciz \"-4@%%edi 8@%%rsi -4@$-42\"\n"
        "994: .balign 4\n"
        ".popsection\n"
        ".ifndef _.stapsdt.base\n"
        ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"
        ".weak _.stapsdt.base\n"
        ".hidden _.stapsdt.base\n"
        "_.stapsdt.base: .space 1\n"
        ".size _.stapsdt.base, 1\n"
        ".popsection\n"
        ".endif\n" ::"D"(number),
        "S"(text));
}
}

namespace wasm_bpf::test {
namespace {

const std::string pid = std::to_string(getpid());

std::string this_program() { return std::filesystem::read_symlink("/proc/self/exe"); }

TEST(Tools, FunclatMeasuresEachCall) {
    ToolPair tools("funclat", {"--path", this_program(), "--func", "tools_test_function", "--pid=" + pid, "-u"});
    tools.expect_output("Ctrl-C");
    for (int i = 0; i < 300; i++) tools_test_function(i);
    tools.interrupt();
    tools.expect_same("calls,", R"(\d+ micro)");
    tools.expect_line("^tools_test_function: 300 calls, [0-9]+ microseconds on average$");
    tools.expect_same("microseconds : ");
}

TEST(Tools, FunclatPrintsAtIntervals) {
    ToolPair tools("funclat", {"-P", this_program(), "-F", "tools_test_function", "-T", "1", "2"});
    tools.expect_output("Ctrl-C");
    tools_test_function(1);
    tools.expect_ends(0);
    tools.expect_same("calls,", R"(\d+ nano)");
    tools.expect_same("^..:..:..$");
}

TEST(Tools, FunclatSaysWhatIsMissing) {
    ToolPair absent("funclat", {"-P", this_program(), "-F", "no_such_function"});
    absent.expect_ends(1);
    EXPECT_NE(absent.guest().error().find("funclat: cannot attach to no_such_function in " + this_program()),
              std::string::npos)
        << absent.guest().error();
    ToolPair unsaid("funclat", {"-P", this_program()});
    unsaid.expect_ends(64);
    EXPECT_EQ(said(unsaid.native().error(), "funclat"), said(unsaid.guest().error(), "funclat"));
}

TEST(Tools, UsdtwatchPrintsArguments) {
    ToolPair tools("usdtwatch", {"-n", "2", "-s", "1", "-p", pid, this_program(), "tools_test:passed"});
    tools.expect_output("ARGUMENTS");
    tools_test_tracepoint(7, "seven");
    tools_test_tracepoint(-8, "eight");
    tools.expect_ends(0);
    tools.expect_same();
    tools.expect_line("^" + pid + " .* 7 \"seven\" -42$");
    tools.expect_line("^" + pid + " .* -8 \"eight\" -42$");
}

// A shell with a terminal of its own.
class Shell {
public:
    Shell() {
        int terminal = -1;
        pid_ = forkpty(&terminal, nullptr, nullptr, nullptr);
        if (pid_ == 0) {
            execl("/bin/bash", "bash", "--norc", "--noprofile", "-i", nullptr);
            _exit(127);
        }
        terminal_.reset(terminal);
        fcntl(terminal, F_SETFD, FD_CLOEXEC);
    }
    Shell(const Shell&) = delete;
    Shell& operator=(const Shell&) = delete;
    ~Shell() {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }

    void type(const std::string& text) const {
        EXPECT_EQ(write(terminal_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }

    [[nodiscard]] int pid() const { return pid_; }

private:
    int pid_ = -1;
    bpf::Fd terminal_;
};

TEST(Tools, ShellwatchPrintsTypedLines) {
    const Shell shell;
    ToolPair tools("shellwatch", {"-p", std::to_string(shell.pid())});
    tools.expect_output("LINE");
    // The shell may be in readline() already, and this call of it go unseen.
    shell.type("\necho typed by the test\n");
    tools.expect_output("typed by the test");
    tools.interrupt();
    tools.expect_same("^TIME|typed");
    tools.expect_line("^..:..:.. " + std::to_string(shell.pid()) + " .* bash +echo typed by the test$");
}

}  // namespace
}  // namespace wasm_bpf::test
