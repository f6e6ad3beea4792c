// Signals that find a guest in libbpf's calls. Where else they do: tests/cli/run_signals_test.cpp.

#include <signal.h>

#include <gtest/gtest.h>

#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

// It ends itself by SIGKILL, with an alarm running.
TEST(V1Signals, AreLinux) {
    Command guest(v1_guest("signals"));
    EXPECT_EQ(guest.wait(), 128 + SIGKILL) << guest.output() << guest.error();
    EXPECT_EQ(guest.error(), "");
}

struct Place {
    const char* name;
    int signal;
    const char* option;
};
class V1SignalPlaces : public testing::TestWithParam<Place> {};

TEST_P(V1SignalPlaces, RunTheHandlerAndTheToolPrintsItsLastLine) {
    const std::string option = GetParam().option;
    Command guest(
        v1_guest("signals", {GetParam().name}, option.empty() ? std::vector<std::string>{} : std::vector{option}));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    EXPECT_TRUE(guest.signal_until(GetParam().signal, "last line"));
    EXPECT_EQ(guest.wait(), 0) << guest.error();
    EXPECT_EQ(guest.output(), "ready\nlast line after signal " + std::to_string(GetParam().signal) + "\n");
    EXPECT_EQ(guest.error(), "");
}

INSTANTIATE_TEST_SUITE_P(All, V1SignalPlaces,
                         testing::Values(Place{"ring_buffer_poll", SIGINT, ""},
                                         Place{"ring_buffer_poll", SIGTERM, "--no-windows"},
                                         Place{"perf_buffer_poll", SIGINT, ""},
                                         Place{"perf_buffer_poll", SIGTERM, "--no-windows"},
                                         Place{"callback", SIGINT, ""}, Place{"test_run", SIGINT, ""},
                                         Place{"loop", SIGINT, ""}, Place{"loop", SIGTERM, ""}),
                         [](const auto& tested) {
                             return std::string(tested.param.name) + "_" + sigabbrev_np(tested.param.signal) +
                                    (*tested.param.option != 0 ? "_copies" : "");
                         });

}  // namespace
}  // namespace wasm_bpf::test
