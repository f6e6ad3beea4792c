// `wasm-bpf compose` and `wasm-bpf run --plug`: who gives what to whom, and what is said where that does not work out.

#include <nlohmann/json.hpp>

#include <random>
#include <span>

#include "component_file/component_tools.hpp"
#include "component_files.hpp"
#include "inspect/contents.hpp"

namespace wasm_bpf::test {
namespace {

using nlohmann::json;

class Compose : public Components {
protected:
    Compose()
        : socket_(component("socket", interfaces, "import a; export c;", imported("a") + exported("c"))),
          plug_(component("plug", interfaces, "export a;", exported("a"))) {}

    [[nodiscard]] std::vector<std::string> arguments(const std::string& socket, const std::vector<std::string>& plugs,
                                                     std::vector<std::string> more = {}) const {
        std::vector<std::string> all{"compose", socket, "-o", whole()};
        for (const std::string& plug : plugs) all.insert(all.end(), {"--plug", plug});
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] std::string whole() const { return path("whole.wasm"); }

    json compose(const std::string& socket, const std::vector<std::string>& plugs, std::vector<std::string> more = {}) {
        const Ran composed(arguments(socket, plugs, std::move(more)));
        EXPECT_EQ(composed.exit_code, 0) << composed.error;
        const Ran inspected({"inspect", "--json", whole()});
        EXPECT_EQ(inspected.exit_code, 0) << inspected.error;
        return json::parse(inspected.output, nullptr, false);
    }

    // By both commands: one line with all of `parts`, the code of a bad module, and nothing made.
    void expect_refused(const std::string& socket, const std::vector<std::string>& plugs,
                        const std::vector<std::string>& parts) {
        const Ran composed(arguments(socket, plugs));
        EXPECT_EQ(composed.exit_code, 123) << composed.error;
        expect_line(composed.error, "wasm-bpf compose: ", parts);
        EXPECT_FALSE(std::filesystem::exists(whole()));

        std::vector<std::string> run{"run"};
        for (const std::string& plug : plugs) run.insert(run.end(), {"--plug", plug});
        run.push_back(socket);
        const Ran ran(run);
        EXPECT_EQ(ran.exit_code, 123) << ran.error;
        EXPECT_EQ(ran.output, "");
        expect_line(ran.error, "wasm-bpf: ", parts);
    }

    std::string socket_, plug_;

private:
    static void expect_line(const std::string& text, const std::string& start, const std::vector<std::string>& parts) {
        EXPECT_TRUE(text.starts_with(start)) << text;
        EXPECT_EQ(text.find('\n'), text.size() - 1) << "not one line: " << text;
        for (const std::string& part : parts) EXPECT_NE(text.find(part), text.npos) << part << " is not in: " << text;
    }
};

std::vector<std::string> names(const json& components) {
    std::vector<std::string> result;
    for (const json& each : components) result.push_back(each["name"]);
    return result;
}

TEST_F(Compose, GivesTheSocketWhatThePlugExports) {
    const json made = compose(socket_, {plug_});
    EXPECT_EQ(made["imports"], json::array());
    EXPECT_EQ(made["exports"], json::array({"t:t/c@1.0.0"}));
    EXPECT_EQ(names(made["components"]), (std::vector<std::string>{"plug.wasm", "socket.wasm"}));
}

TEST_F(Compose, PlugsOfPlugsAreConnectedInWhateverOrderTheyAreNamed) {
    const std::string middle = component("middle", interfaces, "import b; export a;", imported("b") + exported("a"));
    const std::string last = component("last", interfaces, "export b;", exported("b"));
    for (const std::vector<std::string>& plugs : {std::vector{middle, last}, std::vector{last, middle}}) {
        const json made = compose(socket_, plugs);
        EXPECT_EQ(made["imports"], json::array());
        EXPECT_EQ(made["components"].size(), 3u);
    }
}

TEST_F(Compose, OnePlugServesSeveralFromOneInstance) {
    const std::string both =
        component("both", interfaces, "import a; import b; export c;", imported("a") + imported("b") + exported("c"));
    const std::string giver = component("giver", interfaces, "import a; export b;", imported("a") + exported("b"));
    const json made = compose(both, {giver, plug_});
    EXPECT_EQ(names(made["components"]), (std::vector<std::string>{"plug.wasm", "giver.wasm", "both.wasm"}));
}

TEST_F(Compose, AnOlderUseIsServedByANewerPlugOfTheSameVersionLine) {
    const std::string newer = component("newer", interfaces, "export a;", exported("a", "1.2.0"), "1.2.0");
    EXPECT_EQ(compose(socket_, {newer})["imports"], json::array());
}

TEST_F(Compose, PartialLeavesTheRestToALaterComposition) {
    const std::string both =
        component("both", interfaces, "import a; import b; export c;", imported("a") + imported("b") + exported("c"));
    EXPECT_EQ(compose(both, {plug_}, {"--partial"})["imports"], json::array({"t:t/b@1.0.0"}));
    const std::string half = path("half.wasm");
    std::filesystem::rename(whole(), half);
    const std::string rest = component("rest", interfaces, "export b;", exported("b"));
    EXPECT_EQ(compose(half, {rest})["imports"], json::array());
}

TEST_F(Compose, AMissingPlugIsNamedByWhatItWouldExport) {
    const std::string both =
        component("both", interfaces, "import a; import b; export c;", imported("a") + imported("b") + exported("c"));
    expect_refused(both, {plug_}, {"both.wasm imports t:t/b@1.0.0", "no plug exports", "--plug"});
    const Ran checked({"check", both});
    EXPECT_EQ(checked.exit_code, 1);
    EXPECT_NE(checked.output.find("t:t/b@1.0.0"), std::string::npos) << checked.output;
}

TEST_F(Compose, ACycleIsToldInFull) {
    const std::string one = component("one", interfaces, "import b; export a;", imported("b") + exported("a"));
    const std::string two = component("two", interfaces, "import a; export b;", imported("a") + exported("b"));
    expect_refused(socket_, {one, two}, {"circle", "one.wasm imports t:t/b@1.0.0", "two.wasm imports t:t/a@1.0.0"});
}

TEST_F(Compose, AnExportOfTheWrongTypeSaysWhatDiffers) {
    const std::string other = component("other", "interface a { f: func() -> string; }", "export a;",
                                        R"((func (export "t:t/a@1.0.0#f") (result i32) (i32.const 8)))");
    expect_refused(socket_, {other}, {"other.wasm exports t:t/a@1.0.0", "socket.wasm imports", "string", "u32"});
}

TEST_F(Compose, AnExportThatLacksAFunctionSaysWhich) {
    const std::string more =
        component("more", "interface a { f: func() -> u32; g: func(); } interface c { f: func() -> u32; }",
                  "import a; export c;", imported("a") + R"((import "t:t/a@1.0.0" "g" (func)))" + exported("c"));
    expect_refused(more, {plug_}, {"plug.wasm exports t:t/a@1.0.0", "more.wasm imports", "`g`"});
}

TEST_F(Compose, AnotherVersionIsNamedOnBothSides) {
    const std::string newer =
        component("newer", interfaces, "import a; export c;", imported("a", "2.0.0") + exported("c", "2.0.0"), "2.0.0");
    expect_refused(newer, {plug_}, {"newer.wasm imports t:t/a@2.0.0", "plug.wasm exports t:t/a@1.0.0", "versions"});
}

TEST_F(Compose, TwoPlugsForOneImportAreRefused) {
    const std::string second = component("second", interfaces, "export a;", exported("a"));
    expect_refused(socket_, {plug_, second}, {"t:t/a@1.0.0", "plug.wasm", "second.wasm", "one of them"});
}

TEST_F(Compose, APlugThatNothingImportsIsRefused) {
    const std::string idle = component("idle", interfaces, "export b;", exported("b"));
    expect_refused(socket_, {plug_, idle}, {"idle.wasm", "t:t/b@1.0.0", "leave it out"});
}

TEST_F(Compose, APlugTakesNothingOfItsSocket) {
    const std::string back = component("back", interfaces, "import c; export a;", imported("c") + exported("a"));
    expect_refused(socket_, {back}, {"back.wasm imports t:t/c@1.0.0", "socket.wasm exports"});
}

TEST_F(Compose, WhatIsNoComponentIsSaidToBeWhatItIs) {
    expect_refused(socket_, {path("plug/core.wasm")}, {"core.wasm", "core module", "wasm-bpf build --component"});
    expect_refused(path("plug/core.wasm"), {plug_}, {"core.wasm", "core module"});
    expect_refused(socket_, {write("garbage.wasm", "not Wasm at all")}, {"garbage.wasm", "no WebAssembly"});
    std::string bytes(std::filesystem::file_size(plug_), '\0');
    std::ifstream(plug_, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    expect_refused(socket_, {write("cut.wasm", bytes.substr(0, bytes.size() / 2))}, {"cut.wasm"});
}

// What the validator says of such bytes, it shows below each other.
TEST_F(Compose, WhatIsMalformedWithinIsSaidInOneLine) {
    std::string bytes(std::filesystem::file_size(plug_), '\0');
    std::ifstream(plug_, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const std::size_t module = bytes.find(std::string_view("\0asm", 4), 4);
    ASSERT_NE(module, bytes.npos);
    bytes[module] = 8;
    expect_refused(socket_, {write("within.wasm", bytes)}, {"within.wasm", "magic"});
}

TEST_F(Compose, AFileThatIsNotThereIsNamed) {
    const Ran composed(arguments(socket_, {path("nowhere.wasm")}));
    EXPECT_EQ(composed.exit_code, 125);
    EXPECT_NE(composed.error.find("nowhere.wasm"), std::string::npos) << composed.error;
    const Ran ran({"run", "--plug", path("nowhere.wasm"), socket_});
    EXPECT_EQ(ran.exit_code, 123);
    EXPECT_NE(ran.error.find("nowhere.wasm"), std::string::npos) << ran.error;
}

// A program in C that prints what the plug gives it, in a record of an interface of types alone.
TEST_F(Compose, WhatIsPutTogetherRuns) {
    const std::string wit = R"(package t:pair@1.0.0;
interface types { record pair { left: u32, right: string } }
interface pairs { use types.{pair}; get: func(n: u32) -> pair; }
world asker { import pairs; }
world giver { export pairs; }
)";
    write("asker/wit/pair.wit", wit);
    write("giver/wit/pair.wit", wit);
    write("asker/ask.c", R"(#include <stdio.h>
#include "asker.h"
int main(void) {
    t_pair_pairs_pair_t pair;
    t_pair_pairs_get(20, &pair);
    printf("%u %.*s\n", pair.left, (int)pair.right.len, (char *)pair.right.ptr);
    return 3;
}
)");
    write("giver/give.c", R"(#include "giver.h"
void exports_t_pair_pairs_get(uint32_t n, exports_t_pair_pairs_pair_t *pair) {
    pair->left = n + 1;
    giver_string_dup(&pair->right, "given");
}
)");
    for (const std::vector<std::string>& built :
         {std::vector<std::string>{"asker", "ask.wasm"}, {"giver", "give.wasm"}}) {
        const Ran made({"build", "--component", path(built[0]), "--world", built[0], "-o", path(built[1])});
        ASSERT_EQ(made.exit_code, 0) << made.error;
    }
    const Ran composed(arguments(path("ask.wasm"), {path("give.wasm")}));
    ASSERT_EQ(composed.exit_code, 0) << composed.error;
    for (const std::vector<std::string>& run :
         {std::vector<std::string>{"run", whole()}, {"run", "--plug", path("give.wasm"), path("ask.wasm")}}) {
        const Ran ran(run);
        EXPECT_EQ(ran.output, "21 given\n") << ran.error;
        EXPECT_EQ(ran.exit_code, 1) << "wasi:cli/run knows success and failure";
    }
}

// What the host has too: the plug's comes first.
TEST_F(Compose, APlugComesBetweenAComponentAndTheHost) {
    write("asks/asks.c", R"(#include "asks_world.h"
#include <stdio.h>
int main(void) { printf("%d\n", wasm_bpf_bpf_lifecycle_stop_requested()); }
)");
    write("says/wit/t.wit", "package t:t;\nworld says-world { export wasm-bpf:bpf/lifecycle@0.1.0; }\n");
    write("says/says.c", R"(#include "says_world.h"
bool exports_wasm_bpf_bpf_lifecycle_stop_requested(void) { return true; }
bool exports_wasm_bpf_bpf_lifecycle_sleep(uint64_t time, exports_wasm_bpf_bpf_lifecycle_error_t *error) { return true; }
)");
    write("asks/wit/t.wit", "package t:t;\nworld asks-world { import wasm-bpf:bpf/lifecycle@0.1.0; }\n");
    for (const char* name : {"asks", "says"}) {
        const Ran built({"build", "--component", path(name)});
        ASSERT_EQ(built.exit_code, 0) << built.error;
    }
    const std::string asks = path("asks/asks.wasm");
    EXPECT_EQ(Ran({"run", asks}).output, "0\n");
    EXPECT_EQ(Ran({"run", "--plug", path("says/says.wasm"), asks}).output, "1\n");
}

// Which host the whole will run on is not known before it runs.
TEST_F(Compose, APlugForANewerHostIsNamedWithBothVersions) {
    write("new/wit/deps/bpf.wit",
          "package wasm-bpf:bpf@0.2.0;\ninterface lifecycle { stop-requested: func() -> bool; }\n");
    const std::string plug =
        component("new", interfaces, "import wasm-bpf:bpf/lifecycle@0.2.0; export a;",
                  R"((import "wasm-bpf:bpf/lifecycle@0.2.0" "stop-requested" (func (result i32))))" + exported("a"));
    write("tool/wit/deps/cli.wit", "package wasi:cli@0.2.0;\ninterface run { run: func() -> result; }\n");
    const std::string tool =
        component("tool", interfaces, "import a; export wasi:cli/run@0.2.0;",
                  imported("a") + R"((func (export "wasi:cli/run@0.2.0#run") (result i32) unreachable))");
    const json made = compose(tool, {plug});
    EXPECT_EQ(made["imports"], json::array({"wasm-bpf:bpf/lifecycle@0.2.0"}));
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"run", "--plug", plug, tool}, {"run", whole()}}) {
        const Ran ran(arguments);
        EXPECT_EQ(ran.exit_code, 123);
        EXPECT_EQ(ran.output, "");
        EXPECT_TRUE(is_line_with(ran.error, {"wasm-bpf:bpf/lifecycle@0.2.0", "wasm-bpf:bpf@0.1.0", "newer wasm-bpf"}))
            << ran.error;
    }
    EXPECT_EQ(Ran({"run", "--plug", plug_, tool}).exit_code, 134) << "with a plug for this host it does run";
}

// Read, put together or refused, without harm: what changes is mostly what stands for types, imports and exports.
TEST_F(Compose, BytesChangedAnywhereDoNoHarm) {
    std::string good(std::filesystem::file_size(plug_), '\0');
    std::ifstream(plug_, std::ios::binary).read(good.data(), static_cast<std::streamsize>(good.size()));
    std::string socket(std::filesystem::file_size(socket_), '\0');
    std::ifstream(socket_, std::ios::binary).read(socket.data(), static_cast<std::streamsize>(socket.size()));
    std::mt19937 random(1);
    for (int round = 0; round < 2000; round++) {
        std::string bytes = good;
        for (int changes = 0; changes < 1 + round % 3; changes++)
            bytes[8 + random() % (bytes.size() - 8)] = static_cast<char>(random());
        const auto plug = std::as_bytes(std::span(bytes));
        if (const auto contents = inspect::read_contents(plug); !contents) {
            EXPECT_EQ(contents.error().kind, ErrorKind::bad_module);
            EXPECT_FALSE(contents.error().message.empty());
        }
        const auto made = component_file::compose({"socket", std::as_bytes(std::span(socket))}, {{"plug", plug}},
                                                  component_file::Missing::refused);
        EXPECT_TRUE(made || !made.error().message.empty());
    }
}

}  // namespace
}  // namespace wasm_bpf::test
