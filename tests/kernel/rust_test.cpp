// The SDK of guests in Rust, by guests that check themselves (tests/guests/rust): with windows and with copies.

#include <signal.h>

#include <gtest/gtest.h>

#include "support/command.hpp"
#include "support/http_get.hpp"
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
    const auto begin = guest.error().find("http://");
    ASSERT_NE(begin, std::string::npos) << guest.error();
    const std::string url = guest.error().substr(begin, guest.error().find('\n', begin) - begin);
    const std::string last = "wasm_bpf_events_total{guest=\"sdk\"} 5\n";
    // Without windows numbers are copied when the guest waits, which it is about to do.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    std::string text = http_body(url);
    while (text.find(last) == text.npos && std::chrono::steady_clock::now() < deadline) text = http_body(url);
    for (const std::string& part : {
             last,
             std::string("# HELP rust_counter_total A counter.\n"),
             std::string("rust_counter_total{guest=\"sdk\"} 42\n"),
             std::string("rust_delay_seconds{guest=\"sdk\",of=\"rust\"} -0.5\n"),
             std::string("rust_seen_total{guest=\"sdk\",key=\"1\",last=\"1\"} 10\n"),
             std::string("rust_seen_total{guest=\"sdk\",key=\"2\",last=\"2\"} 20\n"),
             std::string("rust_last{guest=\"sdk\"} 2\n"),
             std::string("rust_slots_bucket{guest=\"sdk\",le=\"4.0\"} 0\n"),
         })
        EXPECT_NE(text.find(part), text.npos) << part << "is not in:\n" << text;
    EXPECT_EQ(text.find("rust_dropped"), text.npos) << text;
    guest.signal(SIGKILL);
}

}  // namespace
}  // namespace wasm_bpf::test
