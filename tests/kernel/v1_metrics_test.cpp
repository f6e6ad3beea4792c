// Metrics of a guest (tests/guests/v1/metrics) as Prometheus would read them.

#include <signal.h>

#include <chrono>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "support/http_get.hpp"
#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

using Clock = std::chrono::steady_clock;

// The guest, ready, and where its metrics are.
class Measured {
public:
    explicit Measured(const std::string& what, std::vector<std::string> options = {}) {
        options.insert(options.end(), {"--metrics", "0"});
        command_.emplace(v1_guest("metrics", {what}, std::move(options)));
        EXPECT_TRUE(command_->wait_for_output("ready\n")) << command_->error();
        const auto begin = command_->error().find("http://");
        if (begin != std::string::npos) url = command_->error().substr(begin, command_->error().find('\n') - begin);
    }
    ~Measured() { command_->signal(SIGKILL); }
    [[nodiscard]] std::string text(const std::string& accept = "") const { return http_body(url, accept); }
    Command& command() { return *command_; }

    std::string url;

private:
    std::optional<Command> command_;
};

void expect_lines(const std::string& text, const std::vector<std::string>& lines) {
    for (const std::string& line : lines)
        EXPECT_NE(("\n" + text).find("\n" + line + "\n"), std::string::npos) << line << " is not in:\n" << text;
}

double number(const std::string& text, const std::string& series) {
    const auto at = ("\n" + text).find("\n" + series + " ");
    EXPECT_NE(at, std::string::npos) << series << " is not in:\n" << text;
    return at == std::string::npos ? -1 : std::stod(text.substr(at + series.size() + 1));
}

constexpr const char* g = "{guest=\"metrics\"";

TEST(V1Metrics, AreReadWhereTheyLie) {
    const Measured guest("spin");
    const std::string text = guest.text();
    expect_lines(text, {
                           "# HELP loops_total Turns of \"the\" loop.",
                           "# TYPE loops_total counter",
                           R"(fill_ratio{guest="metrics",of="a \"b\"\\\n"} 0.25)",
                           R"(depth{guest="metrics"} -3)",
                           R"(wait_seconds_bucket{guest="metrics",le="1e-09"} 1)",
                           R"(wait_seconds_bucket{guest="metrics",le="3e-09"} 3)",
                           R"(wait_seconds_bucket{guest="metrics",le="7e-09"} 3)",
                           R"(wait_seconds_bucket{guest="metrics",le="+Inf"} 7)",
                           R"(wait_seconds_sum{guest="metrics"} 6e-06)",
                           R"(wait_seconds_count{guest="metrics"} 7)",
                           R"(bounded_bucket{guest="metrics",le="0.5"} 7)",
                           R"(bounded_bucket{guest="metrics",le="2.0"} 7)",
                           R"(bounded_bucket{guest="metrics",le="+Inf"} 8)",
                       });
    // The guest calls nothing at all while it is read.
    const std::string loops = std::string("loops_total") + g + "}";
    const double before = number(text, loops);
    const auto deadline = Clock::now() + std::chrono::seconds(20);
    while (number(guest.text(), loops) <= before && Clock::now() < deadline);
    EXPECT_GT(number(guest.text(), loops), before);
}

TEST(V1Metrics, AreReadOutOfMaps) {
    const Measured guest("spin");
    const std::string text = guest.text();
    expect_lines(
        text, {
                  R"(sent_bytes_total{guest="metrics",address="10.0.0.1",port="443",command="nginx"} 120)",
                  "sent_bytes_total{guest=\"metrics\",address=\"10.0.0.2\",port=\"443\",command=\"b\xef\xbf\xbd\"} 3",
                  R"(per_cpu_total{guest="metrics"} 6)",
                  R"(latency_bucket{guest="metrics",le="1.0"} 0)",
                  R"(latency_bucket{guest="metrics",le="3.0"} 10)",
                  R"(latency_bucket{guest="metrics",le="7.0"} 30)",
                  R"(latency_bucket{guest="metrics",le="+Inf"} 60)",
                  R"(sizes_bucket{guest="metrics",kind="7",le="1.0"} 1)",
                  R"(sizes_bucket{guest="metrics",kind="7",le="+Inf"} 6)",
                  R"(sizes_sum{guest="metrics",kind="7"} 40)",
                  R"(runs_total{guest="metrics"} 3)",
                  R"(runs_in_window_total{guest="metrics"} 3)",
                  R"(wasm_bpf_metrics_complete{guest="metrics"} 1)",
              });
    const std::string open = guest.text("application/openmetrics-text");
    expect_lines(open, {"# TYPE sent_bytes counter", "# UNIT sent_bytes bytes", "# EOF"});
    EXPECT_TRUE(open.ends_with("# EOF\n"));
}

class V1MetricsOfTheRuntime : public testing::TestWithParam<bool> {};

TEST_P(V1MetricsOfTheRuntime, AreBesideThem) {
    const Measured guest("poll", GetParam() ? std::vector<std::string>{} : std::vector<std::string>{"--no-windows"});
    // Without windows numbers are copied when the guest waits, which it is about to do.
    const auto deadline = Clock::now() + std::chrono::seconds(20);
    std::string text = guest.text();
    while (text.find("depth{guest=\"metrics\"} 11\n") == text.npos && Clock::now() < deadline) text = guest.text();
    expect_lines(text, {
                           R"(depth{guest="metrics"} 11)",
                           R"(runs_total{guest="metrics"} 5)",
                           R"(wasm_bpf_events_total{guest="metrics"} 5)",
                           R"(wasm_bpf_lost_samples_total{guest="metrics"} 0)",
                           R"(wasm_bpf_restarts_total{guest="metrics"} 0)",
                           R"(wasm_bpf_ring_consumed_bytes_total{guest="metrics",map="events"} 80)",
                           R"(wasm_bpf_ring_waiting_bytes{guest="metrics",map="events"} 0)",
                           R"(wasm_bpf_build_info{guest="metrics",version="0.1.0"} 1)",
                       });
    EXPECT_GE(number(text, std::string("wasm_bpf_maps") + g + "}"), 6);
    EXPECT_GT(number(text, std::string("wasm_bpf_map_bytes") + g + "}"), 20000 * 32);
    EXPECT_GE(number(text, std::string("wasm_bpf_memory_bytes") + g + "}"), 65536);
    EXPECT_GT(number(text, std::string("wasm_bpf_cpu_seconds_total") + g + "}"), 0);
    const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    EXPECT_NEAR(number(text, std::string("wasm_bpf_start_time_seconds") + g + "}"), now, 60);
}
INSTANTIATE_TEST_SUITE_P(All, V1MetricsOfTheRuntime, testing::Bool(),
                         [](const auto& tested) { return tested.param ? "windows" : "copies"; });

TEST(V1Metrics, AreRefusedWhereTheyMakeNoSense) { expect_passes("metrics", {"refused"}); }

// The guest publishes and closes without a pause while it is read: neither is in the other's way.
TEST(V1Metrics, AreReadFromAGuestThatFloods) {
    const Measured guest("flood");
    const std::string loops = std::string("loops_total") + g + "}";
    double last = number(guest.text(), loops);
    for (int round = 0; round < 20; round++) {
        std::vector<std::thread> scrapers;
        for (int i = 0; i < 4; i++)
            scrapers.emplace_back([&] { EXPECT_NE(guest.text().find("sizes_sum"), std::string::npos); });
        for (auto& each : scrapers) each.join();
        double now = number(guest.text(), loops);
        const auto deadline = Clock::now() + std::chrono::seconds(20);
        while (now <= last && Clock::now() < deadline) now = number(guest.text(), loops);
        EXPECT_GT(now, last) << "the guest goes on";
        last = now;
    }
}

TEST(V1Metrics, AreCutWhereThereAreTooMany) {
    const Measured guest("many");
    const std::string text = guest.text();
    expect_lines(text, {R"(wasm_bpf_metrics_complete{guest="metrics"} 0)", R"(wait_seconds_count{guest="metrics"} 7)"});
    std::size_t series = 0;
    for (std::size_t at = 0; (at = text.find("\nsent_bytes_total{", at)) != text.npos; at++) series++;
    EXPECT_GT(series, 9000u);
    EXPECT_LE(series, 10000u);
}

TEST(V1Metrics, EndWithTheirMap) {
    const Measured guest("closed");
    const std::string text = guest.text();
    EXPECT_EQ(text.find("sent_bytes"), text.npos) << text;
    EXPECT_EQ(text.find("runs_total"), text.npos) << text;
    expect_lines(text, {R"(depth{guest="metrics"} -3)", R"(wasm_bpf_maps{guest="metrics"} 0)"});
}

}  // namespace
}  // namespace wasm_bpf::test
