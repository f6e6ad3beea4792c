// Programs' settings, logs and runs on the running kernel.

#include <linux/bpf.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "bpf/fd.hpp"
#include "bpf/fixture.hpp"

namespace wasm_bpf::bpf::test {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

TEST(BpfProgram, KeepsTheVerifiersLogWhereOneWasAskedFor) {
    auto object = open_object("long_log");
    ASSERT_TRUE(object->find_program("silent")->set_log_level(1));
    ASSERT_TRUE(object->load());
    EXPECT_TRUE(contains(object->find_program("silent")->log(), "processed "));
    EXPECT_EQ(object->find_program("talkative")->log(), "");
}

TEST(BpfProgram, KeepsTheLogOfTheProgramThatWasRefused) {
    auto object = open_object("refused");
    ASSERT_FALSE(object->load());
    EXPECT_TRUE(contains(object->find_program("reads_behind")->log(), "invalid access to map value"));
}

TEST(BpfProgram, LogsAreBounded) {
    auto object = open_object("long_log");
    ASSERT_TRUE(object->find_program("talkative")->set_log_level(2));
    const auto loaded = object->load();
    ASSERT_FALSE(loaded) << object->find_program("talkative")->log().size();
    EXPECT_EQ(loaded.error().errno_code, ENOSPC);
    EXPECT_TRUE(contains(loaded.error().message, "the verifier's log of program \"talkative\" does not fit in 16 MB"))
        << loaded.error().message;
    EXPECT_GT(object->find_program("talkative")->log().size(), 15U << 20);
    EXPECT_LE(object->find_program("talkative")->log().size(), 16U << 20);
}

TEST(BpfProgram, RefusesTypesThatDoNotExist) {
    auto object = open_object("maps");
    Program& program = *object->find_program("add_limit");
    const auto set = program.set_type(__MAX_BPF_PROG_TYPE);
    ASSERT_FALSE(set);
    EXPECT_TRUE(contains(set.error().message, "of program \"add_limit\"")) << set.error().message;
    EXPECT_FALSE(program.set_expected_attach_type(__MAX_BPF_ATTACH_TYPE));
    EXPECT_EQ(program.id(), 0U);
    ASSERT_TRUE(object->load());
    EXPECT_NE(program.id(), 0U);
    EXPECT_EQ(program.set_interface(1).error().errno_code, EBUSY);
    EXPECT_EQ(program.set_attach_target(0, "schedule").error().errno_code, EBUSY);
}

// A run that takes minutes.
TestRun long_run(std::span<const std::byte> packet, int stop_fd) {
    TestRun run;
    run.data_in = packet;
    run.repeat = 0xffffffff;
    run.stop_fd = stop_fd;
    return run;
}

TEST(BpfProgram, ALongRunEndsWhenItIsStopped) {
    const auto object = load_object("attach");
    const Fd stop(::eventfd(0, EFD_CLOEXEC));
    const std::array<std::byte, 64> packet{};
    TestRun run = long_run(packet, stop.get());
    std::jthread stopper([&] {
        const std::uint64_t one = 1;
        EXPECT_EQ(::write(stop.get(), &one, sizeof(one)), static_cast<ssize_t>(sizeof(one)));
    });
    const auto ran = object->find_program("on_xdp")->test_run(run);
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().kind, ErrorKind::stopped) << ran.error().message;
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG | __WALL), -1) << "a process was left";
}

TEST(BpfProgram, ARepeatedRunSeesOnePacket) {
    const auto object = load_object("attach");
    const Fd stop(::eventfd(0, EFD_CLOEXEC));
    const std::array<std::byte, 64> packet{};
    TestRun run;
    run.data_in = packet;
    run.repeat = 1000;
    run.stop_fd = stop.get();
    const auto ran = object->find_program("on_xdp")->test_run(run);
    ASSERT_TRUE(ran) << ran.error().message;
    EXPECT_EQ(run.return_value, 2U);  // XDP_PASS
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG | __WALL), -1) << "a process was left";

    TestRun bad = run;
    bad.data_in = {};
    EXPECT_EQ(object->find_program("on_xdp")->test_run(bad).error().errno_code, EINVAL);
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
