// What is measured of guests, by the public API.

#include <algorithm>

#include "library/guests.hpp"
#include "support/http_get.hpp"

namespace wasm_bpf::test {
namespace {

[[nodiscard]] double value_of(const std::vector<MetricFamily>& families, std::string_view name) {
    const auto family = std::ranges::find(families, name, &MetricFamily::name);
    EXPECT_NE(family, families.end()) << name;
    if (family == families.end()) return -1;
    EXPECT_EQ(family->samples.size(), 1U);
    return family->samples.at(0).value;
}

TEST(GuestMetrics, AreReadWhileTheGuestComputes) {
    Ticks ticks;
    Guest guest = guest_of(ticking, {.functions = {ticks.function()}});
    ASSERT_TRUE(guest.start());
    ASSERT_TRUE(ticks.wait_for_first());
    EXPECT_EQ(value_of(guest.metrics(), "wasm_bpf_memory_bytes"), 65536);
    const double before = value_of(guest.metrics(), "wasm_bpf_cpu_seconds");
    EXPECT_TRUE(until([&] { return value_of(guest.metrics(), "wasm_bpf_cpu_seconds") > before; }));
    EXPECT_EQ(value_of(guest.metrics(), "wasm_bpf_restarts"), 0);
    for (int restarts = 1; restarts <= 3; restarts++) {
        guest.stop();
        EXPECT_TRUE(end_of(guest).error);
        ASSERT_TRUE(guest.start());
        EXPECT_EQ(value_of(guest.metrics(), "wasm_bpf_restarts"), restarts);
    }
}

TEST(GuestMetrics, AreServedForSeveralGuestsAtOnce) {
    Ticks ticks;
    Guest first = guest_of(ticking, {.functions = {ticks.function()}});
    Guest second = guest_of(ticking, {.functions = {ticks.function()}});
    auto server = MetricsServer::start("0", [&] {
        auto all = first.metrics(), more = second.metrics();
        label_metrics(all, "guest", "first");
        label_metrics(more, "guest", "second");
        merge_metrics(all, std::move(more));
        return all;
    });
    ASSERT_TRUE(server) << server.error().message;
    ASSERT_TRUE(first.start());
    ASSERT_TRUE(ticks.wait_for_first());
    const std::string text = http_body(server->url());
    EXPECT_NE(text.find("wasm_bpf_memory_bytes{guest=\"first\"} 65536\n"), std::string::npos) << text;
    EXPECT_NE(text.find("wasm_bpf_memory_bytes{guest=\"second\"} 0\n"), std::string::npos) << text;
    const auto taken = MetricsServer::start(server->url().substr(7, server->url().rfind('/') - 7),
                                            [] { return std::vector<MetricFamily>(); });
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().errno_code, EADDRINUSE) << taken.error().message;
}

}  // namespace
}  // namespace wasm_bpf::test
