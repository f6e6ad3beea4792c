// The content of maps in guest memory: windows where the host has them, copies where it has none. The same cases.

#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

const std::vector<std::string> no_windows = {"--no-windows"};

TEST(MapWindows, AreTheKernelsOwnMemory) { expect_passes("map_windows"); }
TEST(MapWindows, AreCopiesWhereThereAreNone) { expect_passes("map_windows", {"copies"}, no_windows); }
TEST(MapWindows, ArenaPointersAreTheGuests) { expect_passes("arena"); }
TEST(MapWindows, ArenaVariablesAreCopiesWhereThereAreNone) { expect_passes("arena", {"copies"}, no_windows); }

class MissingArenaPages : public testing::TestWithParam<const char*> {};

TEST_P(MissingArenaPages, EndTheGuestAlone) {
    Command guest(v1_guest("arena_fault", {GetParam()}));
    EXPECT_EQ(guest.wait(), 134) << guest.error();
    EXPECT_NE(guest.error().find("access to a page of an arena that is not there"), std::string::npos) << guest.error();
}

INSTANTIATE_TEST_SUITE_P(All, MissingArenaPages, testing::Values("load", "store", "fill", "host"),
                         [](const auto& how) { return std::string(how.param); });

TEST(MapWindows, ArenaMayHaveMissingPages) { expect_passes("arena_fault"); }

}  // namespace
}  // namespace wasm_bpf::test
