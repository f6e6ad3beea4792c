// The SDK of guests in Rust, by guests that check themselves (tests/guests/rust): with windows and with copies.

#include <signal.h>

#include <gtest/gtest.h>

#include "kernel/served_metrics.hpp"
#include "support/command.hpp"
#include "support/network_namespace.hpp"

namespace wasm_bpf::test {
namespace {

using Options = std::vector<std::string>;

class Rust : public testing::TestWithParam<Options> {
protected:
    static void expect_passes(const std::string& name, Options more = {}) {
        Options line = {"run"};
        line.insert(line.end(), GetParam().begin(), GetParam().end());
        line.insert(line.end(), {"--env", GetParam().empty() ? "WINDOWS=yes" : "WINDOWS=no"});
        line.insert(line.end(), more.begin(), more.end());
        line.push_back(std::string(TEST_GUEST_DIR) + "/rust/" + name + ".wasm");
        Command guest(wasm_bpf(line));
        EXPECT_EQ(guest.wait(std::chrono::seconds(90)), 0) << guest.output() << guest.error();
        EXPECT_TRUE(guest.output().ends_with("passed\n")) << guest.output();
    }
};

INSTANTIATE_TEST_SUITE_P(, Rust, testing::Values(Options{}, Options{"--no-windows"}),
                         [](const auto& tested) { return tested.param.empty() ? "Windows" : "Copies"; });

TEST_P(Rust, CrateHasMapsProgramsLinksAndRings) {
    enter_own_network_namespace();
    expect_passes("sdk", {"--dir", "/proc"});
}

TEST_P(Rust, SkeletonPlacesEveryMemberWhereBpfHasIt) { expect_passes("layout"); }
TEST_P(Rust, MemoryStaysFlatOverTenMillionEvents) { expect_passes("flat", {"--dir", "/proc"}); }

TEST_P(Rust, MetricsAreReadWhereTheyLie) {
    Options line = {"run"};
    line.insert(line.end(), GetParam().begin(), GetParam().end());
    line.insert(line.end(), {"--metrics", "0", std::string(TEST_GUEST_DIR) + "/rust/sdk.wasm", "metrics"});
    Command guest(wasm_bpf(line));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    const std::string text = expect_metrics(guest, "wasm_bpf_events_total{guest=\"sdk\"} 5\n",
                                            {
                                                "# HELP rust_counter_total A counter.\n",
                                                "rust_counter_total{guest=\"sdk\"} 42\n",
                                                "rust_delay_seconds{guest=\"sdk\",of=\"rust\"} -0.5\n",
                                                "rust_seen_total{guest=\"sdk\",key=\"1\",last=\"1\"} 10\n",
                                                "rust_seen_total{guest=\"sdk\",key=\"2\",last=\"2\"} 20\n",
                                                "rust_sizes_bucket{guest=\"sdk\",le=\"1.0\"} 2\n",
                                                "rust_sizes_bucket{guest=\"sdk\",le=\"2.5\"} 4\n",
                                                "rust_sizes_bucket{guest=\"sdk\",le=\"+Inf\"} 7\n",
                                                "rust_sizes_sum{guest=\"sdk\"} 42\n",
                                                "rust_powers_bucket{guest=\"sdk\",le=\"3.0\"} 4\n",
                                                "rust_powers_bucket{guest=\"sdk\",le=\"7.0\"} 4\n",
                                                "rust_powers_bucket{guest=\"sdk\",le=\"+Inf\"} 7\n",
                                                "rust_last{guest=\"sdk\"} 2\n",
                                                "rust_slots_bucket{guest=\"sdk\",le=\"4.0\"} 0\n",
                                            });
    EXPECT_EQ(text.find("rust_dropped"), text.npos) << text;
    guest.signal(SIGKILL);
}

}  // namespace
}  // namespace wasm_bpf::test
