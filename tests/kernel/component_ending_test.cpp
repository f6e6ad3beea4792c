// Components end in bounded time, wherever they are, and are asked first where they ask.

#include <signal.h>
#include <sys/stat.h>

#include "component_guest.hpp"
#include "engine/folder.hpp"

namespace wasm_bpf::test {
namespace {

// The kinds of waiting that a component without the interface lifecycle has.
class UnaskedComponent : public testing::TestWithParam<const char*> {
protected:
    UnaskedComponent() { mkfifo(fifo_.c_str(), 0600); }
    // With an input that nobody writes to.
    [[nodiscard]] std::vector<std::string> waiting(std::vector<std::string> options = {}) const {
        auto line = component("unasked", {GetParam()}, std::move(options));
        line.insert(line.begin(), {"sh", "-c", "input=$0; exec \"$@\" <>$input", fifo_});
        return line;
    }

private:
    const Folder folder_;
    const std::string fifo_ = folder_.path() / "input";
};

TEST_P(UnaskedComponent, EndsAtOnceByASignal) {
    Command guest(waiting());
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    guest.signal(SIGTERM);
    EXPECT_EQ(guest.wait(), 128 + SIGTERM);
    EXPECT_EQ(guest.error(), "") << "no help from the command's own deadline";
}

TEST_P(UnaskedComponent, EndsByTheTimeout) {
    Command guest(waiting({"--timeout", "2"}));
    EXPECT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    EXPECT_EQ(guest.wait(), 124);
    EXPECT_EQ(guest.error(), "wasm-bpf: ended by --timeout after 2 s\n");
}

INSTANTIATE_TEST_SUITE_P(, UnaskedComponent, testing::Values("ring", "sleep", "read", "loop"),
                         [](const auto& tested) { return std::string(tested.param); });

class AskedComponent : public testing::TestWithParam<const char*> {};

TEST_P(AskedComponent, IsAskedToStopByASignal) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        Command guest(component("events", {GetParam()}));
        ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
        guest.signal(number);
        EXPECT_EQ(guest.wait(), 0) << guest.error();
        EXPECT_NE(guest.output().find("asked to stop\n"), std::string::npos) << guest.output();
    }
}

TEST_P(AskedComponent, IsEndedByTheTimeoutWithoutBeingAsked) {
    Command guest(component("events", {GetParam()}, {"--timeout", "2"}));
    EXPECT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    EXPECT_EQ(guest.wait(), 124) << guest.error();
    EXPECT_EQ(guest.output().find("asked"), std::string::npos) << guest.output();
}

INSTANTIATE_TEST_SUITE_P(, AskedComponent, testing::Values("wait", "sleep", "spin"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST(Component, EndsWhereNobodyReadsItsOutput) {
    auto line = component("unasked", {"talk"});
    line.insert(line.begin(), {"bash", "-c", "\"$0\" \"$@\" | head -n 1; exit ${PIPESTATUS[0]}"});
    Command guest(line);
    EXPECT_EQ(guest.wait(), 128 + SIGPIPE) << guest.error();
    EXPECT_EQ(guest.output(), "line\n");
}

TEST(Component, EndsWhereItsOutputIsNotRead) {
    const Folder folder;
    const std::string fifo = folder.path() / "output";
    mkfifo(fifo.c_str(), 0600);
    auto line = component("unasked", {"talk"}, {"--timeout", "0.5"});
    line.insert(line.begin(), {"sh", "-c", "output=$0; exec \"$@\" 1<>$output", fifo});
    Command guest(line);
    EXPECT_EQ(guest.wait(), 124);
    EXPECT_EQ(guest.error(), "wasm-bpf: ended by --timeout after 0.5 s\n");
}

TEST(Component, TheSecondSignalEndsIt) {
    Command guest(component("events", {"deaf"}));
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    guest.signal(SIGINT);
    ASSERT_TRUE(guest.wait_for_output("asked to stop\n")) << guest.error();
    guest.signal(SIGINT);
    EXPECT_EQ(guest.wait(), 128 + SIGINT);
}

TEST(Component, AnIgnoredSignalStaysIgnored) {
    auto line = component("events", {"wait"});
    line.insert(line.begin(), {"sh", "-c", "trap '' HUP; exec \"$@\"", "sh"});
    Command guest(line);
    ASSERT_TRUE(guest.wait_for_output("ready\n")) << guest.error();
    guest.signal(SIGHUP);
    guest.signal(SIGTERM);
    EXPECT_EQ(guest.wait(), 0) << guest.error();
}

}  // namespace
}  // namespace wasm_bpf::test
