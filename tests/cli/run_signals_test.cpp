// Signals to a guest on the C SDK, as a user sends them to a tool (tests/guests/v1/signals), and to guests that know
// nothing of signals.

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <optional>

#include <gtest/gtest.h>

#include "cli/run_guests.hpp"

namespace wasm_bpf::test {
namespace {

// A run of that guest, with input that does not end, ready for a signal.
class Tool {
public:
    explicit Tool(const std::string& place, const std::string& options = "", const std::string& before = "exec") {
        const std::string fifo = folder_.path() / "input";
        EXPECT_EQ(mkfifo(fifo.c_str(), 0600), 0);
        const std::string line = before + " " TEST_COMMAND " run --no-cache " + options + " \"$0\" \"$1\" 0<>\"$2\"";
        command_.emplace(std::vector<std::string>{"/bin/sh", "-c", line,
                                                  std::string(TEST_GUEST_DIR) + "/v1/signals.wasm", place, fifo});
        EXPECT_TRUE(command_->wait_for_output("ready\n")) << command_->error();
    }
    Command& operator*() { return *command_; }
    Command* operator->() { return &*command_; }
    void write_input(std::string_view text) const { std::ofstream(folder_.path() / "input") << text << std::flush; }
    void expect_last_line(int signal) {
        EXPECT_EQ(command_->wait(), 0) << command_->error();
        EXPECT_TRUE(command_->output().ends_with(fmt::format("last line after signal {}\n", signal)))
            << command_->output();
        EXPECT_EQ(command_->error(), "");
    }

private:
    Folder folder_;
    std::optional<Command> command_;
};

struct Place {
    const char* name;
    int signal;
};
class GuestSignals : public testing::TestWithParam<Place> {};

TEST_P(GuestSignals, RunTheHandlerAndTheToolPrintsItsLastLine) {
    Tool tool(GetParam().name);
    EXPECT_TRUE(tool->signal_until(GetParam().signal, "last line"));
    tool.expect_last_line(GetParam().signal);
}

INSTANTIATE_TEST_SUITE_P(
    All, GuestSignals,
    testing::Values(Place{"sleep", SIGINT}, Place{"nanosleep", SIGTERM}, Place{"usleep", SIGINT},
                    Place{"pause", SIGHUP}, Place{"poll", SIGINT}, Place{"select", SIGTERM}, Place{"read", SIGINT},
                    Place{"computation", SIGINT}, Place{"computation", SIGTERM}, Place{"computation", SIGQUIT},
                    Place{"computation", SIGUSR1}, Place{"sleep", SIGUSR2}, Place{"sleep", SIGALRM},
                    Place{"sleep", SIGWINCH}, Place{"wait", SIGINT}, Place{"wait", SIGTERM}),
    [](const auto& tested) { return fmt::format("{}_{}", tested.param.name, sigabbrev_np(tested.param.signal)); });

TEST(RunGuestSignals, ReadsGoOnAfterAHandlerOfSignal) {
    Tool tool("restarted_read");
    tool->signal(SIGINT);
    tool.write_input("x");
    tool.expect_last_line(SIGINT);
}

TEST(RunGuestSignals, OneAfterAnotherRunsTheHandlerAgain) {
    Tool tool("in_spite_of_it");
    tool->signal(SIGINT);
    ASSERT_TRUE(tool->wait_for_output("signal 1\n"));
    tool->signal(SIGINT);
    ASSERT_TRUE(tool->wait_for_output("signal 2\n"));
    tool->signal(SIGTERM);
    tool.expect_last_line(SIGTERM);
}

TEST(RunGuestSignals, IgnoredOnesDoNothing) {
    Tool tool("ignoring");
    for (int i = 0; i < 3; i++) tool->signal(SIGINT);
    tool.write_input("x");
    EXPECT_TRUE(tool->signal_until(SIGTERM, "last line"));
    tool.expect_last_line(SIGTERM);
}

TEST(RunGuestSignals, DefaultActionEndsTheGuest) {
    Tool tool("by_default");
    tool->signal(SIGINT);
    EXPECT_EQ(tool->wait(), 128 + SIGINT);
    EXPECT_EQ(tool->error(), "");
}

TEST(RunGuestSignals, ThatTheProcessIgnoresFromTheStartAreIgnored) {
    Tool tool("inherited_action", "", "trap '' HUP; exec");
    tool->signal(SIGHUP);
    EXPECT_TRUE(tool->signal_until(SIGTERM, "last line"));
    tool.expect_last_line(SIGTERM);
}

TEST(RunGuestSignals, HandlerThatNeverEndsIsEndedByTimeout) {
    for (const char* handler : {"looping_handler", "sleeping_handler"}) {
        Tool tool(handler, "--timeout 1");
        tool->signal(SIGINT);
        ASSERT_TRUE(tool->wait_for_output("in the handler\n")) << tool->error();
        tool->signal(SIGINT);  // waits: it is blocked while its handler runs
        EXPECT_EQ(tool->wait(), 124);
        EXPECT_EQ(tool->error(), "wasm-bpf: ended by --timeout after 1 s\n");
    }
}

TEST(RunGuestSignals, HandlerThatNeverEndsIsInterruptedByAnotherSignal) {
    Tool tool("looping_handler_of_one");
    tool->signal(SIGINT);
    ASSERT_TRUE(tool->wait_for_output("in the handler\n")) << tool->error();
    tool->signal(SIGQUIT);
    EXPECT_EQ(tool->wait(), 128 + SIGQUIT);
}

struct Fatal {
    const char* name;
    int exit_code;
    const char* error;
};
class HostileHandler : public testing::TestWithParam<Fatal> {};

TEST_P(HostileHandler, EndsTheGuestAlone) {
    Tool tool(GetParam().name);
    tool->signal(SIGINT);
    EXPECT_EQ(tool->wait(), GetParam().exit_code);
    EXPECT_NE(tool->error().find(GetParam().error), std::string::npos) << tool->error();
}

INSTANTIATE_TEST_SUITE_P(All, HostileHandler,
                         testing::Values(Fatal{"trapping_handler", 134, "the guest trapped: unreachable"},
                                         Fatal{"trapping_handler_in_sleep", 134, "the guest trapped: unreachable"},
                                         Fatal{"leaving_handler", 40 + SIGINT, ""},
                                         Fatal{"leaving_handler_in_sleep", 40 + SIGINT, ""},
                                         Fatal{"recursive_handler", 134, "the guest trapped: stack overflow"}),
                         [](const auto& tested) { return tested.param.name; });

// A module that asks for a handler of SIGINT itself and says so.
std::string module_with(const Folder& folder, std::string_view handler, std::uint32_t function = 0) {
    return folder.write("handler.wasm", wat(fmt::format(R"((module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasm_bpf_v1" "signal_action" (func $action (param i32 i32 i64 i32) (result i32)))
        (import "wasm_bpf_v1" "signal_raise" (func $raise (param i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "\40\00\00\00\06\00\00\00") (data (i32.const 64) "ready\n")
        (global $handled (mut i32) (i32.const 0))
        {}
        (func (export "_start")
            (if (call $action (i32.const 2) (i32.const 2) (i64.const 0) (i32.const {})) (then unreachable))
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 512)))
            (loop $l (br_if $l (i32.eqz (global.get $handled)))))))",
                                                        handler, function)));
}

void expect_end(const std::string& module, int exit_code, const std::string& error) {
    Command command(wasm_bpf({"--no-cache", module}));
    ASSERT_TRUE(command.wait_for_output("ready")) << command.error();
    command.signal(SIGINT);
    EXPECT_EQ(command.wait(), exit_code);
    EXPECT_NE(command.error().find(error), std::string::npos) << command.error();
}

TEST(RunGuestSignals, HandlerMayBeAnExport) {
    const Folder folder;
    expect_end(module_with(folder, R"((func (export "wasm_bpf_signal") (param i32) (result i32)
        (global.set $handled (local.get 0)) (i32.const 0)))"),
               0, "");
}

TEST(RunGuestSignals, HandlerMayBeInTheTable) {
    const Folder folder;
    const std::string_view function = R"((table (export "__indirect_function_table") 2 funcref) (elem (i32.const 1) $f)
        (func $f (param i32 i32 i32) (result i32) (global.set $handled (local.get 0)) (i32.const 0)))";
    expect_end(module_with(folder, function, 1), 0, "");
}

TEST(RunGuestSignals, HandlerThatIsNoneEndsTheGuestWithTheReason) {
    const Folder folder;
    expect_end(module_with(folder, ""), 134, "handle signal 2: the module exports no function \"wasm_bpf_signal\"");
    expect_end(module_with(folder, R"((func (export "wasm_bpf_signal") (param i64) (result i32) (i32.const 0)))"), 134,
               "handle signal 2: the callback is not a function of 1 i32 that returns i32");
    expect_end(module_with(folder, R"((global (export "wasm_bpf_signal") i32 (i32.const 0)))"), 134,
               "exports no function");
    expect_end(module_with(folder, "", 7), 134, "handle signal 2: the module does not export its table");
    const std::string table = R"((table (export "__indirect_function_table") 2 funcref) (elem (i32.const 1) $f)
        (func $f (param i64)))";
    expect_end(module_with(folder, table, 0x7fffffff), 134, "the guest trapped");
    expect_end(module_with(folder, table, 1), 134, "the guest trapped");
}

TEST(RunGuestSignals, BrokenPipeIsTheGuestsToHandle) {
    Command ignored({"/bin/bash", "-c",
                     TEST_COMMAND " run --no-cache \"$0\" broken_pipe_ignored | head -1; echo ${PIPESTATUS[0]}",
                     std::string(TEST_GUEST_DIR) + "/v1/signals.wasm"});
    EXPECT_EQ(ignored.wait(), 0);
    EXPECT_EQ(ignored.output(), "ready\n7\n");
}

}  // namespace
}  // namespace wasm_bpf::test
