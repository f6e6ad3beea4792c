// The interfaces of wit/ on the running kernel, by components that check themselves.

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <regex>
#include <thread>

#include "component_guest.hpp"
#include "kernel/served_metrics.hpp"
#include "support/http_get.hpp"

namespace wasm_bpf::test {
namespace {

TEST(Component, ObjectsMapsProgramsAndLinksAreLibbpfs) {
    Command guest(component("elements"));
    EXPECT_EQ(guest.wait(), 0) << guest.output() << guest.error();
    EXPECT_EQ(guest.output(), "checked");
}

TEST(Component, EventsComeInBatches) {
    Command guest(component("events", {}, {"--metrics", "0"}));
    ASSERT_TRUE(guest.wait_for_output("ready for a sample\n")) << guest.error();
    // The host counts what it hands over.
    const auto begin = guest.error().find("http://");
    ASSERT_NE(begin, std::string::npos) << guest.error();
    const std::string text = http_body(guest.error().substr(begin, guest.error().find('\n', begin) - begin));
    EXPECT_TRUE(std::regex_search(text, std::regex(R"(wasm_bpf_events_total\{guest="events"\} [1-9]\d*\n)"))) << text;
    const std::jthread caller([](std::stop_token stop) {
        while (!stop.stop_requested()) syscall(SYS_getpgid, 0);
    });
    EXPECT_EQ(guest.wait(), 0) << guest.error();
    EXPECT_TRUE(guest.output().ends_with("done\n")) << guest.output();
}

class ComponentMetrics : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(ComponentMetrics, AreReadWhereTheyLie) {
    std::vector<std::string> options = GetParam();
    options.insert(options.end(), {"--metrics", "0"});
    Command guest(component("metrics", {}, std::move(options)));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.output() << guest.error();
    const std::string text = expect_metrics(guest, "counted_total{guest=\"metrics\"} 42\n",
                                            {
                                                "# HELP counted_total A counted.\n",
                                                "delay_seconds{guest=\"metrics\",of=\"guests\"} -0.5\n",
                                                "sizes_bucket{guest=\"metrics\",le=\"1.0\"} 3\n",
                                                "sizes_bucket{guest=\"metrics\",le=\"2.5\"} 6\n",
                                                "sizes_bucket{guest=\"metrics\",le=\"10.0\"} 9\n",
                                                "sizes_bucket{guest=\"metrics\",le=\"+Inf\"} 14\n",
                                                "sizes_sum{guest=\"metrics\"} 93.5\n",
                                                "late_bucket{guest=\"metrics\",le=\"1.0\"} 1\n",
                                                "late_bucket{guest=\"metrics\",le=\"+Inf\"} 2\n",
                                                "seen_total{guest=\"metrics\",address=\"10.0.0.1\",last=\"5\"} 11\n",
                                                "last{guest=\"metrics\"} 5\n",
                                                "slots_bucket{guest=\"metrics\",le=\"2.0\"} 0\n",
                                                "slots_bucket{guest=\"metrics\",le=\"4.0\"} 3\n",
                                            });
    EXPECT_EQ(text.find("dropped"), text.npos) << text;
    EXPECT_EQ(guest.end_by(SIGINT), 0) << guest.error();
}

INSTANTIATE_TEST_SUITE_P(, ComponentMetrics,
                         testing::Values(std::vector<std::string>{}, std::vector<std::string>{"--no-windows"}),
                         [](const auto& tested) { return tested.param.empty() ? "Windows" : "Copies"; });

TEST(Component, PolicyIsThatOfModules) {
    const auto ran = [](std::vector<std::string> options) {
        Command guest(component("elements", {}, std::move(options)));
        const int exit_code = guest.wait();
        return std::pair(exit_code, guest.error());
    };
    const auto denied = ran({"--deny", "attach.tracepoints=syscalls/*"});
    EXPECT_EQ(denied.first, 122) << denied.second;
    EXPECT_NE(denied.second.find("attach.tracepoints"), std::string::npos) << denied.second;
    const auto too_many = ran({"--allow", "maps.count=2"});
    EXPECT_EQ(too_many.first, 122) << too_many.second;
    EXPECT_NE(too_many.second.find("maps.count"), std::string::npos) << too_many.second;
}

}  // namespace
}  // namespace wasm_bpf::test
