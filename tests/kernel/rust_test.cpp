// The SDK of guests in Rust, by guests that check themselves (tests/guests/rust): with windows and with copies.

#include <gtest/gtest.h>

#include "support/command.hpp"

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

TEST_P(Rust, CrateHasMapsProgramsLinksAndRings) { expect_passes("sdk", {"--dir", "/proc"}); }
TEST_P(Rust, SkeletonPlacesEveryMemberWhereBpfHasIt) { expect_passes("layout"); }
TEST_P(Rust, MemoryStaysFlatOverTenMillionEvents) { expect_passes("flat", {"--dir", "/proc"}); }

}  // namespace
}  // namespace wasm_bpf::test
