// Components that do what they must not: the host lives, and the guest is ended or told.

#include "component_guest.hpp"

namespace wasm_bpf::test {
namespace {

struct Crime {
    const char* name;
    const char* error;  // of the trap
};
class ComponentCrime : public testing::TestWithParam<Crime> {};

TEST_P(ComponentCrime, EndsTheGuest) {
    Command guest(component("hostile", {GetParam().name}));
    EXPECT_EQ(guest.wait(), 134) << guest.output();
    EXPECT_EQ(guest.output().find("did it"), std::string::npos);
    EXPECT_TRUE(guest.error().starts_with("wasm-bpf: the guest trapped: ")) << guest.error();
    EXPECT_NE(guest.error().find(GetParam().error), std::string::npos) << guest.error();
    EXPECT_NE(guest.error().find(": main\n"), std::string::npos) << "the stack: " << guest.error();
}

INSTANTIATE_TEST_SUITE_P(, ComponentCrime,
                         testing::Values(Crime{"drop_twice", "unknown handle"},
                                         Crime{"use_after_drop", "unknown handle"}, Crime{"forge", "unknown handle"},
                                         Crime{"another_kind", "wrong type"},
                                         Crime{"list_from_nowhere", "out of bounds"},
                                         Crime{"huge_list", "too much data"}, Crime{"no_text", "utf-8"}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(ComponentHostile, WhatIsTooMuchIsAnErrorOfTheCalls) {
    for (const Crime& crime : {Crime{"large_lists", "refused\n"},
                               {"many_objects", "refused: open the BPF object: Too many open files"},
                               {"zero_in_a_name", "refused\n"}}) {
        // An object takes file descriptors: there are fewer than a guest may have handles.
        auto line = component("hostile", {crime.name});
        line.insert(line.begin(), {"sh", "-c", "ulimit -n 1000; exec \"$@\"", "sh"});
        Command guest(line);
        EXPECT_EQ(guest.wait(), 0) << crime.name << ": " << guest.error();
        EXPECT_NE(guest.output().find(crime.error), std::string::npos) << crime.name << ": " << guest.output();
    }
}

}  // namespace
}  // namespace wasm_bpf::test
