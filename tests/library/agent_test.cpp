// examples/agent: plugins come, change, misbehave and go, and the agent lives.

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/folder.hpp"
#include "engine/wat.hpp"
#include "support/command.hpp"
#include "support/http_get.hpp"

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

class Agent : public testing::Test {
protected:
    Agent() : agent_({TEST_AGENT, "--metrics", "0", "--back-off", "20", plugins_.path()}) {}
    void SetUp() override { ASSERT_TRUE(agent_.wait_for_output("[agent] watches ")) << agent_.error(); }
    void TearDown() override {
        agent_.signal(SIGTERM);
        EXPECT_EQ(agent_.wait(), 0) << agent_.output() << agent_.error();
        EXPECT_NE(agent_.output().find("[agent] ends\n"), std::string::npos);
        EXPECT_EQ(agent_.error(), "");
    }

    // Whole at once, as a deployment would.
    void put(const std::string& name, std::span<const std::byte> wasm) {
        const fs::path made = plugins_.path() / ("." + name + ".new");
        std::ofstream(made, std::ios::binary)
            .write(reinterpret_cast<const char*>(wasm.data()), static_cast<std::streamsize>(wasm.size()));
        fs::rename(made, plugins_.path() / (name + ".wasm"));
    }
    void put_text(const std::string& name, std::string_view body, std::string_view more = "") {
        const std::string text = fmt::format(R"((module
            (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "\10\00\00\00\06\00\00\00") (data (i32.const 16) "hello\n")
            (func $say (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
            (func $sleep (param $ns i64) (i32.store (i32.const 80) (i32.const 1)) (i64.store (i32.const 88) (local.get $ns))
                (drop (call $poll (i32.const 64) (i32.const 512) (i32.const 1) (i32.const 1024))))
            {} (func (export "_start") {})))",
                                             more, body);
        put(name, wat(text));
    }
    void allow(const std::string& name, std::string_view policy) {
        std::ofstream(plugins_.path() / (name + ".toml")) << policy;
    }
    [[nodiscard]] std::size_t count(const std::string& what) const {
        std::size_t found = 0;
        for (auto at = agent_.output().find(what); at != std::string::npos; at = agent_.output().find(what, at + 1))
            found++;
        return found;
    }
    // `what` so many times.
    void expect(const std::string& what, std::size_t times = 1) {
        EXPECT_TRUE(agent_.wait_for_output_times(what, times)) << what << ":\n" << agent_.output() << agent_.error();
    }
    // A plugin that lives: it says hello every 5 ms.
    void put_living(const std::string& name) {
        put_text(name, "(loop $l (call $say) (call $sleep (i64.const 5000000)) (br $l))");
    }
    void expect_living(const std::string& name) { expect("[" + name + "] hello", count("[" + name + "] hello") + 3); }

    const Folder plugins_;
    Command agent_;
};

TEST_F(Agent, FollowsItsFolder) {
    put_living("first");
    expect("[first] is started");
    put_living("second");
    expect_living("first");
    expect_living("second");
    fs::remove(plugins_.path() / "first.wasm");
    expect("[first] is gone");
    expect_living("second");
    std::ofstream(plugins_.path() / "broken.wasm") << "not Wasm";
    expect("[broken] is not loaded: ");
    expect_living("second");
}

TEST_F(Agent, ServesWhatIsMeasured) {
    put_living("good");
    put_text("bad", "unreachable");
    expect_living("good");
    expect("[bad] crashed: ", 3);
    std::smatch found;
    const std::string output = agent_.output();
    ASSERT_TRUE(std::regex_search(output, found, std::regex("serves metrics at (\\S+)\n")));
    const std::string text = http_body(found[1]);
    EXPECT_NE(text.find("agent_plugin_running{plugin=\"good\"} 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("wasm_bpf_memory_bytes{plugin=\"good\"} 65536\n"), std::string::npos) << text;
    EXPECT_NE(text.find("wasm_bpf_restarts_total{plugin=\"good\"} 0\n"), std::string::npos) << text;
    EXPECT_TRUE(std::regex_search(text, std::regex("wasm_bpf_restarts_total\\{plugin=\"bad\"\\} [1-9]"))) << text;
    EXPECT_TRUE(std::regex_search(text, std::regex("wasm_bpf_cpu_seconds_total\\{plugin=\"good\"\\} 0\\.0*[1-9]")))
        << text;
}

TEST_F(Agent, SurvivesPluginsThatCrash) {
    put_living("good");
    put_text("bad", "(call $fall)", "(func $fall unreachable)");
    expect("[bad] crashed: ", 4);
    EXPECT_EQ(count("[bad] will be started again in 0.020 s"), 1U);
    EXPECT_EQ(count("[bad] will be started again in 0.040 s"), 1U);
    EXPECT_EQ(count("[bad] will be started again in 0.080 s"), 1U);
    EXPECT_GE(count("(in fall, called by "), 3U) << agent_.output();
    expect_living("good");
}

TEST_F(Agent, SurvivesPluginsThatLoop) {
    put_text("loop", "(loop $l (br $l))");
    put_living("good");
    expect("[loop] is started");
    expect_living("good");
    fs::remove(plugins_.path() / "loop.wasm");
    expect("[loop] is gone");
    allow("timed", "time = \"100ms\"\n");
    put_text("timed", "(loop $l (br $l))");
    expect("[timed] ended: the guest's time is over");
    expect_living("good");
}

TEST_F(Agent, SurvivesPluginsThatLeak) {
    allow("leak", "memory = \"16MB\"\n");
    put_text("leak", "(loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable");
    put_living("good");
    expect("[leak] crashed: ", 2);
    expect_living("good");
}

TEST_F(Agent, SurvivesPluginsThatFlood) {
    put_text("flood", "(loop $l (call $say) (br $l))");
    put_living("good");
    expect("lines more, not shown)", 2);
    expect_living("good");
    EXPECT_LT(count("[flood] hello"), 2000U) << "100 a second are shown";
}

TEST_F(Agent, LoadsEachUnderItsPolicy) {
    const fs::path module = fs::path(TEST_EXAMPLES_DIR) / "bootstrap/bootstrap.wasm";
    allow("denied", "programs = []\n");
    fs::copy_file(module, plugins_.path() / "denied.wasm");
    expect("[denied] ended: ");
    fs::copy_file(module, plugins_.path() / "granted.wasm");
    expect("[granted] is started");
    expect("COMM");
}

// Its BPF program and its map go over to the next version.
TEST_F(Agent, ReplacesAPluginWhoseFileChanges) {
    const fs::path module = fs::path(TEST_EXAMPLES_DIR) / "bootstrap/bootstrap.wasm";
    const auto put_file = [&] {
        fs::copy_file(module, plugins_.path() / ".made");
        fs::rename(plugins_.path() / ".made", plugins_.path() / "tool.wasm");
    };
    put_file();
    expect("COMM");
    put_file();
    expect("[tool] is replaced by its new version");
    const fs::path program = plugins_.path() / "agent-sees";
    fs::copy_file("/bin/true", program);
    EXPECT_EQ(Command({program}).wait(), 0);
    expect("agent-sees");
    put_text("tool", "unreachable");
    expect("[tool] goes on as it was: replace: the new version ended: ");
    EXPECT_EQ(Command({program}).wait(), 0);
    expect("agent-sees", count("agent-sees") + 1);
}

}  // namespace
}  // namespace wasm_bpf::test
