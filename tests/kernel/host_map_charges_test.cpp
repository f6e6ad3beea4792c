// What a guest's maps, and the buffers beside them, may come to.

#include "host_api/map_charges.hpp"

#include <linux/bpf.h>

#include <gtest/gtest.h>

namespace wasm_bpf::host_api {
namespace {

TEST(MapCharges, CountTheBuffersOfPerfEventArraysUntilTheyEnd) {
    constexpr std::uint64_t bytes = 600'000;
    auto policy = policy::Policy::command_default();
    ASSERT_TRUE(policy.allow("maps.bytes=1MB"));
    MapCharges charges;
    auto first = charges.charge(policy, BPF_MAP_TYPE_PERF_EVENT_ARRAY, bytes);
    ASSERT_TRUE(first) << first.error().message;
    const auto second = charges.charge(policy, BPF_MAP_TYPE_PERF_EVENT_ARRAY, bytes);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::denied);
    EXPECT_NE(second.error().message.find("maps.bytes"), std::string::npos) << second.error().message;
    first->reset();
    EXPECT_EQ(charges.bytes(), 0U);
    EXPECT_TRUE(charges.charge(policy, BPF_MAP_TYPE_PERF_EVENT_ARRAY, bytes));
}

}  // namespace
}  // namespace wasm_bpf::host_api
