// Exit codes and the messages that go with them.

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "cli/run_guests.hpp"

namespace wasm_bpf::test {
namespace {

TEST(RunEnding, ExitCodeIsTheGuests) {
    const Folder folder;
    for (const int code : {0, 1, 3, 126, 255})
        EXPECT_EQ(Ran({write_module(folder, fmt::format("(call $exit (i32.const {}))", code))}).exit_code, code);
}

TEST(RunEnding, TrapShowsTheStack) {
    const Folder folder;
    const std::string module = folder.write("trap.wasm", wat(R"((module (memory (export "memory") 1)
        (func $divide (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
        (func $main (drop (call $divide (i32.const 0)))) (func $_start (export "_start") (call $main))))"));
    const Ran run({module});
    EXPECT_EQ(run.exit_code, 134);
    EXPECT_EQ(run.error,
              "wasm-bpf: the guest trapped: integer division by zero\nWasm stack, innermost function first:\n"
              "   0: divide\n   1: main\n   2: _start\n");
}

TEST(RunEnding, WhatCannotBeRunIsNamedInOneLine) {
    const Folder folder;
    const std::string directory = folder.path();
    const std::string secret = write_module(folder, "", "", "secret.wasm");
    const auto refused = [](const std::string& module, std::vector<std::string> parts) {
        const Ran run({module});
        EXPECT_EQ(run.exit_code, 123) << module;
        parts.push_back(module);
        EXPECT_TRUE(is_line_with(run.error, parts)) << run.error;
        EXPECT_EQ(run.output, "");
    };
    refused(folder.path() / "missing.wasm", {"No such file"});
    refused(directory, {"directory"});
    refused(folder.write("empty.wasm", std::string_view()), {"empty"});
    refused(folder.write("text.wasm", std::string_view("#!/bin/sh\n")), {"not a Wasm module"});
    refused("/bin/true", {"ELF"});
    refused(folder.write(
                "import.wasm",
                wat(R"((module (import "env" "fork" (func)) (memory (export "memory") 1) (func (export "_start"))))")),
            {"env", "fork"});
    refused(folder.write("library.wasm", wat(R"((module (memory (export "memory") 1)))")), {"_start", "command"});
    const auto whole = wat(module_text(""));
    refused(folder.write("cut.wasm", std::span(whole).first(whole.size() / 2)), {"not a Wasm module"});
}

TEST(RunEnding, UnreadableModuleIsNamed) {
    const Folder folder;
    const std::string module = write_module(folder, "");
    chmod(folder.path().c_str(), 0755);
    chmod(module.c_str(), 0);
    std::vector<std::string> line = wasm_bpf({"--no-cache", module});
    if (geteuid() == 0) line.insert(line.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    Command command(line);
    EXPECT_EQ(command.wait(), 123);
    EXPECT_TRUE(is_line_with(command.error(), {module, "Permission denied"})) << command.error();
}

TEST(RunEnding, TimeoutEndsLoopSleepAndRead) {
    const Folder folder;
    for (const auto guest : {loop, sleep}) {
        const Ran run({"--timeout", "0.2", write_module(folder, guest, "ready")});
        EXPECT_EQ(run.exit_code, 124);
        EXPECT_EQ(run.output, "ready");
        EXPECT_EQ(run.error, "wasm-bpf: ended by --timeout after 0.2 s\n");
    }
}

TEST(RunEnding, TimeoutEndsAStartFunction) {
    const Folder folder;
    const Ran run({"--timeout", "0.2", folder.write("start.wasm", wat(R"((module (memory (export "memory") 1)
        (func $begin (loop $l (br $l))) (start $begin) (func (export "_start"))))"))});
    EXPECT_EQ(run.exit_code, 124);
}

TEST(RunEnding, TimeoutLeavesAFasterGuestAlone) {
    const Folder folder;
    EXPECT_EQ(Ran({"--timeout", "100", write_module(folder, "(call $exit (i32.const 5))")}).exit_code, 5);
}

struct Signalled {
    int signal;
    std::string_view guest;
    const char* name;
};
class RunSignals : public testing::TestWithParam<Signalled> {};

TEST_P(RunSignals, EndTheGuestAndTellByTheExitCode) {
    const Folder folder;
    const std::string fifo = folder.path() / "input";
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    Command command({"/bin/sh", "-c", "exec " TEST_COMMAND " --no-cache \"$0\" 0<>\"$1\"",
                     write_module(folder, GetParam().guest, "ready"), fifo});
    ASSERT_TRUE(command.wait_for_output("ready")) << command.error();
    command.signal(GetParam().signal);
    EXPECT_EQ(command.wait(), 128 + GetParam().signal);
    EXPECT_EQ(command.error(), "");
}

INSTANTIATE_TEST_SUITE_P(All, RunSignals,
                         testing::Values(Signalled{SIGINT, loop, "InterruptInALoop"},
                                         Signalled{SIGINT, sleep, "InterruptInASleep"},
                                         Signalled{SIGINT, read_input, "InterruptInARead"},
                                         Signalled{SIGTERM, loop, "TerminateInALoop"},
                                         Signalled{SIGHUP, sleep, "HangUpInASleep"}),
                         [](const auto& tested) { return tested.param.name; });

TEST(RunOutput, ThatNobodyReadsEndsTheGuestQuietly) {
    const Folder folder;
    const std::string module = write_module(folder, "(loop $l (call $say) (br $l))", "line\n");
    Command command({"/bin/bash", "-c", TEST_COMMAND " --no-cache \"$0\" | head -1; echo ${PIPESTATUS[0]}", module});
    EXPECT_EQ(command.wait(), 0);
    EXPECT_EQ(command.output(), "line\n141\n");
    EXPECT_EQ(command.error(), "");
}

TEST(RunOutput, OfAnExampleInAPipeIsNotHeldBack) {
    const Folder folder;
    Command command(wasm_bpf({"--no-cache", write_module(folder, sleep, "now")}));
    EXPECT_TRUE(command.wait_for_output("now"));
}

}  // namespace
}  // namespace wasm_bpf::test
