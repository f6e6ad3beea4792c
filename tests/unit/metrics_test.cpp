// Metrics: names, values in memory, and the two text formats.

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <future>
#include <limits>
#include <thread>

#include <gtest/gtest.h>

#include "metrics/registry.hpp"
#include "wasm_bpf/metrics.hpp"

namespace wasm_bpf::test {
namespace {

using metrics::Declaration;
using metrics::MemorySource;
using metrics::Number;
using metrics::Registry;

std::vector<MetricFamily> families() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return {
        {MetricKind::counter,
         "requests",
         "A \"help\",\nin \\ lines.",
         "",
         {{{{"path", "/a\"b\\c\nd"}, {"m", "é"}}, 3, {}, {}}}},
        {MetricKind::gauge, "heat_celsius", "", "celsius", {{{}, -0.5, {}, {}}, {{{"at", ""}}, 1e21, {}, {}}}},
        {MetricKind::histogram,
         "wait_seconds",
         "Waits.",
         "seconds",
         {{{{"cpu", "1"}}, 7, {{0.25, 1}, {2, 3}, {infinity, 7}}, 12.5}, {{}, 1, {{1e-6, 0}, {infinity, 1}}, {}}}},
    };
}

TEST(MetricsText, IsPrometheus) {
    EXPECT_EQ(metrics_text(families(), MetricFormat::prometheus),
              "# HELP requests_total A \"help\",\\nin \\\\ lines.\n"
              "# TYPE requests_total counter\n"
              "requests_total{path=\"/a\\\"b\\\\c\\nd\",m=\"é\"} 3\n"
              "# TYPE heat_celsius gauge\n"
              "heat_celsius -0.5\n"
              "heat_celsius{at=\"\"} 1e+21\n"
              "# HELP wait_seconds Waits.\n"
              "# TYPE wait_seconds histogram\n"
              "wait_seconds_bucket{cpu=\"1\",le=\"0.25\"} 1\n"
              "wait_seconds_bucket{cpu=\"1\",le=\"2.0\"} 3\n"
              "wait_seconds_bucket{cpu=\"1\",le=\"+Inf\"} 7\n"
              "wait_seconds_sum{cpu=\"1\"} 12.5\n"
              "wait_seconds_count{cpu=\"1\"} 7\n"
              "wait_seconds_bucket{le=\"1e-06\"} 0\n"
              "wait_seconds_bucket{le=\"+Inf\"} 1\n"
              "wait_seconds_count 1\n");
}

TEST(MetricsText, IsOpenMetrics) {
    EXPECT_EQ(metrics_text(families(), MetricFormat::openmetrics),
              "# HELP requests A \\\"help\\\",\\nin \\\\ lines.\n"
              "# TYPE requests counter\n"
              "requests_total{path=\"/a\\\"b\\\\c\\nd\",m=\"é\"} 3\n"
              "# HELP heat_celsius \n"
              "# TYPE heat_celsius gauge\n"
              "# UNIT heat_celsius celsius\n"
              "heat_celsius -0.5\n"
              "heat_celsius{at=\"\"} 1e+21\n"
              "# HELP wait_seconds Waits.\n"
              "# TYPE wait_seconds histogram\n"
              "# UNIT wait_seconds seconds\n"
              "wait_seconds_bucket{cpu=\"1\",le=\"0.25\"} 1\n"
              "wait_seconds_bucket{cpu=\"1\",le=\"2.0\"} 3\n"
              "wait_seconds_bucket{cpu=\"1\",le=\"+Inf\"} 7\n"
              "wait_seconds_sum{cpu=\"1\"} 12.5\n"
              "wait_seconds_count{cpu=\"1\"} 7\n"
              "wait_seconds_bucket{le=\"1e-06\"} 0\n"
              "wait_seconds_bucket{le=\"+Inf\"} 1\n"
              "# EOF\n");
}

TEST(MetricsText, SpellsNumbersThatAreNone) {
    const std::vector<MetricFamily> all{{MetricKind::gauge,
                                         "odd",
                                         "",
                                         "",
                                         {{{{"a", "1"}}, std::numeric_limits<double>::quiet_NaN(), {}, {}},
                                          {{{"a", "2"}}, -std::numeric_limits<double>::infinity(), {}, {}},
                                          {{{"a", "3"}}, 9007199254740992, {}, {}}}}};
    EXPECT_EQ(metrics_text(all, MetricFormat::prometheus),
              "# TYPE odd gauge\nodd{a=\"1\"} NaN\nodd{a=\"2\"} -Inf\nodd{a=\"3\"} 9007199254740992\n");
}

TEST(MetricsText, HasFamiliesOfSeveralGuestsAsOne) {
    std::vector<MetricFamily> all, more, other;
    merge_metrics(all, {{MetricKind::gauge, "x", "", "", {{{}, 1, {}, {}}}}});
    label_metrics(all, "guest", "a");
    more = {{MetricKind::gauge, "x", "", "", {{{}, 2, {}, {}}}}};
    label_metrics(more, "guest", "b");
    merge_metrics(all, more);
    merge_metrics(all, {{MetricKind::counter, "x", "", "", {{{}, 3, {}, {}}}}});
    EXPECT_EQ(metrics_text(all, MetricFormat::prometheus), "# TYPE x gauge\nx{guest=\"a\"} 1\nx{guest=\"b\"} 2\n");
}

Declaration counter(std::string name) { return {.kind = MetricKind::counter, .name = std::move(name)}; }

int error_of(Declaration declaration) {
    const auto checked = metrics::check(declaration);
    return checked ? 0 : checked.error().errno_code;
}

TEST(MetricDeclaration, FollowsPrometheusRules) {
    for (const char* name : {"a", "_a", "A9_z", "a_total", "wasm_bpf_events"})
        EXPECT_EQ(error_of(counter(name)), 0) << name;
    for (const char* name : {"", "9", "a b", "a:b", "é", "a_bucket", "a_sum", "a_count", "a_created", "a_info",
                             "_total", "a_total_total", "wasm_bpf_cpu_seconds"})
        EXPECT_EQ(error_of(counter(name)), EINVAL) << name;
    EXPECT_EQ(error_of(counter(std::string(128, 'a'))), 0);
    EXPECT_EQ(error_of(counter(std::string(129, 'a'))), EINVAL);
    Declaration total = counter("a_total");
    ASSERT_TRUE(metrics::check(total));
    EXPECT_EQ(total.name, "a");
    EXPECT_EQ(error_of({.kind = MetricKind::gauge, .name = "a_total"}), EINVAL);
    EXPECT_EQ(error_of({.kind = MetricKind::gauge, .name = "a_seconds", .unit = "seconds"}), 0);
    EXPECT_EQ(error_of({.kind = MetricKind::gauge, .name = "seconds", .unit = "seconds"}), EINVAL);
    for (const char* label : {"", "le", "quantile", "guest", "__x", "a-b", "0"})
        EXPECT_EQ(error_of({.name = "a", .labels = {{label, "v"}}}), EINVAL) << label;
    EXPECT_EQ(error_of({.name = "a", .labels = {{"x", "1"}, {"x", "2"}}}), EINVAL);
    EXPECT_EQ(error_of({.name = "a", .exponent = 31}), EINVAL);
}

TEST(MetricDeclaration, HasBoundsThatGrow) {
    const auto histogram = [](std::uint32_t slots, std::vector<double> bounds) {
        return Declaration{.kind = MetricKind::histogram, .name = "h", .slots = slots, .bounds = std::move(bounds)};
    };
    EXPECT_EQ(error_of(histogram(3, {1, 2})), 0);
    EXPECT_EQ(error_of(histogram(64, {})), 0);
    EXPECT_EQ(error_of(histogram(65, {})), EINVAL);
    EXPECT_EQ(error_of(histogram(0, {})), EINVAL);
    EXPECT_EQ(error_of(histogram(3, {2, 2})), EINVAL);
    EXPECT_EQ(error_of(histogram(3, {1, std::numeric_limits<double>::quiet_NaN()})), EINVAL);
    EXPECT_EQ(metrics::upper_bounds(histogram(4, {})), (std::vector<double>{1, 3, 7}));
}

TEST(MetricDeclaration, ReplacesWhatIsNotUtf8) {
    EXPECT_EQ(metrics::valid_utf8("aé€😀"), "aé€😀");
    EXPECT_EQ(metrics::valid_utf8("\xff"), "\xef\xbf\xbd");
    EXPECT_EQ(metrics::valid_utf8("\xc0\x80"), "\xef\xbf\xbd\xef\xbf\xbd") << "overlong";
    EXPECT_EQ(metrics::valid_utf8("\xed\xa0\x80").substr(0, 3), "\xef\xbf\xbd") << "a surrogate";
    EXPECT_EQ(metrics::valid_utf8("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd") << "cut off";
}

// Eight numbers that lie as a guest's.
struct Memory {
    alignas(8) std::array<std::uint64_t, 8> numbers{};
    [[nodiscard]] const std::byte* start() const { return reinterpret_cast<const std::byte*>(numbers.data()); }
};

const MetricFamily* find(const std::vector<MetricFamily>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &MetricFamily::name);
    return found == all.end() ? nullptr : &*found;
}
double value(const Registry& registry, std::string_view name) {
    const auto all = registry.read();
    const MetricFamily* family = find(all, name);
    return family != nullptr && family->samples.size() == 1 ? family->samples[0].value
                                                            : std::numeric_limits<double>::quiet_NaN();
}
MemorySource at(std::uint64_t offset, MemorySource::Copied copied = MemorySource::Copied::no) {
    return {offset, 0, copied};
}

TEST(MetricRegistry, ReadsMemoryAsItIsNow) {
    auto registry = std::make_shared<Registry>();
    Memory memory;
    const auto id = registry->publish(counter("a"), at(8), memory.start());
    ASSERT_TRUE(id);
    memory.numbers[1] = 7;
    EXPECT_EQ(value(*registry, "a"), 7);
    memory.numbers[1] = 8;
    EXPECT_EQ(value(*registry, "a"), 8);
    registry->withdraw(*id);
    EXPECT_EQ(find(registry->read(), "a"), nullptr);
    {
        const metrics::Publication one(registry, registry->publish(counter("b"), at(0), memory.start()).value());
        EXPECT_EQ(value(*registry, "b"), 0);
    }
    EXPECT_EQ(find(registry->read(), "b"), nullptr);
}

TEST(MetricRegistry, ReadsCopiesWhereMemoryMoves) {
    Registry registry;
    Memory memory, moved;
    ASSERT_TRUE(registry.publish(counter("a"), at(0, MemorySource::Copied::yes), memory.start()));
    memory.numbers[0] = 5;
    EXPECT_EQ(value(registry, "a"), 0) << "of when it was published";
    moved.numbers[0] = 6;
    registry.copy_memory(moved.start());
    EXPECT_EQ(value(registry, "a"), 6);
}

TEST(MetricRegistry, MakesHistograms) {
    Registry registry;
    Memory memory;
    memory.numbers = {1, 2, 4, 0, 1500};
    Declaration histogram{.kind = MetricKind::histogram, .name = "h", .exponent = -3, .slots = 3, .sum = Number::u64};
    ASSERT_TRUE(registry.publish(histogram, MemorySource(0, 32, MemorySource::Copied::no), memory.start()));
    const auto all = registry.read();
    const MetricSample& sample = find(all, "h")->samples.at(0);
    ASSERT_EQ(sample.buckets.size(), 3u);
    EXPECT_EQ(sample.buckets[0].upper_bound, 0.001);
    EXPECT_EQ(sample.buckets[0].count, 1u);
    EXPECT_EQ(sample.buckets[1].upper_bound, 0.003);
    EXPECT_EQ(sample.buckets[1].count, 3u);
    EXPECT_EQ(sample.buckets[2].count, 7u);
    EXPECT_EQ(sample.value, 7);
    EXPECT_EQ(sample.sum, 1.5);
}

TEST(MetricRegistry, AddsUpWhatHasTheSameLabels) {
    Registry registry;
    Memory memory;
    memory.numbers = {1, 20, 300};
    Declaration labelled = counter("a");
    labelled.labels = {{"x", "y"}};
    ASSERT_TRUE(registry.publish(counter("a"), at(0), memory.start()));
    ASSERT_TRUE(registry.publish(counter("a"), at(8), memory.start()));
    ASSERT_TRUE(registry.publish(labelled, at(16), memory.start()));
    const auto all = registry.read();
    const MetricFamily* family = find(all, "a");
    ASSERT_EQ(family->samples.size(), 2u);
    EXPECT_EQ(family->samples[0].value, 21);
    EXPECT_EQ(family->samples[1].value, 300);
}

TEST(MetricRegistry, RefusesAnotherKindAndTooMany) {
    Registry registry;
    Memory memory;
    ASSERT_TRUE(registry.publish(counter("a"), at(0), memory.start()));
    EXPECT_EQ(registry.publish({.kind = MetricKind::gauge, .name = "a"}, at(0), memory.start()).error().errno_code,
              EEXIST);
    for (std::size_t i = 1; i < metrics::max_metrics; i++)
        ASSERT_TRUE(registry.publish(counter("a"), at(0), memory.start()));
    EXPECT_EQ(registry.publish(counter("a"), at(0), memory.start()).error().errno_code, ENOSPC);
}

TEST(MetricRegistry, KeepsWhatReadersCountedWhenTheGuestEnds) {
    Registry registry;
    Memory memory;
    memory.numbers = {40};
    ASSERT_TRUE(registry.publish(counter("wasm_bpf_events"), at(0), memory.start()));
    ASSERT_TRUE(registry.publish(counter("a"), at(0), memory.start()));
    registry.counts.events = 2;
    EXPECT_EQ(value(registry, "wasm_bpf_events"), 42);
    registry.end_run();
    EXPECT_EQ(value(registry, "wasm_bpf_events"), 42);
    EXPECT_EQ(find(registry.read(), "a"), nullptr);
}

TEST(MetricRegistry, CountsTheThreadsProcessorTime) {
    Registry registry;
    std::promise<void> burnt, read;
    std::thread guest([&] {
        const auto burn = [](auto time) {
            timespec now{};
            do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
            while (std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec) < time);
        };
        burn(std::chrono::milliseconds(50));
        registry.enter_thread();
        burn(std::chrono::milliseconds(80));
        burnt.set_value();
        read.get_future().wait();
        registry.leave_thread();
    });
    burnt.get_future().wait();
    const double running = value(registry, "wasm_bpf_cpu_seconds");
    read.set_value();
    guest.join();
    EXPECT_GE(running, 0.029);
    EXPECT_LT(running, 0.05);
    EXPECT_GE(value(registry, "wasm_bpf_cpu_seconds"), running);
}

// What publishes, ends and reads at once. ThreadSanitizer says more of it.
TEST(MetricRegistry, IsReadWhileItChanges) {
    auto registry = std::make_shared<Registry>();
    Memory memory;
    std::atomic<bool> done = false;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; i++)
        readers.emplace_back([&] {
            while (!done) EXPECT_FALSE(metrics_text(registry->read(), MetricFormat::openmetrics).empty());
        });
    for (int i = 0; i < 2000; i++) {
        const metrics::Publication one(registry, registry->publish(counter("a"), at(0), memory.start()).value());
        __atomic_fetch_add(&memory.numbers[0], 1, __ATOMIC_RELAXED);
    }
    done = true;
    for (auto& each : readers) each.join();
}

}  // namespace
}  // namespace wasm_bpf::test
