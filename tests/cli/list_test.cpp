// `wasm-bpf list` while guests run.

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>

#include "run_guests.hpp"

namespace wasm_bpf::test {
namespace {

using nlohmann::json;

std::string example(const std::string& name) {
    return std::string(TEST_EXAMPLES_DIR) + "/" + name + "/" + name + ".wasm";
}

json list(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"list", "--json"});
    const Ran ran(std::move(arguments));
    EXPECT_EQ(ran.exit_code, 0) << ran.error;
    return json::parse(ran.output, nullptr, false);
}

const json* process(const json& list, int pid) {
    const auto found = std::ranges::find_if(list, [&](const json& each) { return each["pid"] == pid; });
    return found == list.end() ? nullptr : &*found;
}

const json* named(const json& rows, const std::string& name) {
    const auto found = std::ranges::find_if(rows, [&](const json& each) { return each["name"] == name; });
    return found == rows.end() ? nullptr : &*found;
}

class List : public testing::Test {
protected:
    List() : guest_(wasm_bpf({"run", "--no-cache", example("bootstrap")})) {}
    void SetUp() override { ASSERT_TRUE(guest_.wait_for_output("TIME")) << guest_.error(); }
    void TearDown() override {
        guest_.signal(SIGTERM);
        guest_.wait();
    }
    Command guest_;
};

TEST_F(List, ShowsWhatARunningGuestHolds) {
    const json all = list({});
    const json* found = process(all, guest_.pid());
    ASSERT_TRUE(found) << all;
    EXPECT_EQ((*found)["guest"], example("bootstrap"));
    const json* program = named((*found)["programs"], "handle_exec");
    ASSERT_TRUE(program) << *found;
    EXPECT_EQ((*program)["type"], "tracepoint");
    EXPECT_GT((*program)["memory"], 0);
    const json* map = named((*found)["maps"], "events");
    ASSERT_TRUE(map) << *found;
    EXPECT_EQ((*map)["type"], "ringbuf");
    EXPECT_EQ((*map)["max_entries"], 256 * 1024);
    EXPECT_GE((*map)["memory"], 256 * 1024);
    const bool attached = std::ranges::any_of((*found)["links"], [&](const json& link) {
        return link["type"] == "perf" && link["program_id"] == (*program)["id"] &&
               link["place"] == "tracepoint sched_process_exec";
    });
    EXPECT_TRUE(attached) << *found;
}

TEST_F(List, ShowsOneKindAndOneProcess) {
    const json one = list({"maps", "--pid", std::to_string(guest_.pid())});
    ASSERT_EQ(one.size(), 1u);
    EXPECT_TRUE(one[0].contains("maps"));
    EXPECT_FALSE(one[0].contains("programs"));
    const Ran ran({"list", "programs"});
    EXPECT_TRUE(ran.output.find("  bootstrap.wasm  ") != std::string::npos) << ran.output;
    EXPECT_TRUE(ran.output.find("  handle_exec  ") != std::string::npos) << ran.output;
    EXPECT_NE(Ran({"list"}).output.find(fmt::format("bootstrap.wasm, process {}: 2 programs, ", guest_.pid())),
              std::string::npos);
}

TEST_F(List, ForgetsAGuestThatEnded) {
    guest_.signal(SIGTERM);
    guest_.wait();
    EXPECT_FALSE(process(list({}), guest_.pid()));
}

TEST(ListErrors, SaysWhatItCannotShow) {
    const Ran gone({"list", "--pid", "4194304"});
    EXPECT_EQ(gone.exit_code, 125);
    EXPECT_NE(gone.error.find("wasm-bpf list: process 4194304: No such process"), std::string::npos) << gone.error;
    const Ran unknown({"list", "nothing"});
    EXPECT_EQ(unknown.exit_code, 125);
    EXPECT_EQ(unknown.error,
              "wasm-bpf: KIND: \"nothing\" is none of programs, maps, links; see wasm-bpf list --help\n");
}

}  // namespace
}  // namespace wasm_bpf::test
