// `wasm-bpf check` against the running kernel, and against kernels that are described.

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "run_guests.hpp"

namespace wasm_bpf::test {
namespace {

using nlohmann::json;

std::string example(const std::string& name) {
    return std::string(TEST_EXAMPLES_DIR) + "/" + name + "/" + name + ".wasm";
}
std::string missing_everything() { return std::string(TEST_BPF_DIR) + "/cli/check.bpf.o"; }
std::string running_btf() { return "/sys/kernel/btf/vmlinux"; }

json check(std::vector<std::string> arguments, int exit_code) {
    arguments.insert(arguments.begin(), {"check", "--json"});
    const Ran ran(std::move(arguments));
    EXPECT_EQ(ran.exit_code, exit_code) << ran.error << ran.output;
    return json::parse(ran.output, nullptr, false);
}

// The row of that kind and name, or null.
const json* find(const json& report, const std::string& kind, const std::string& name) {
    const json& missing = report["missing"];
    const auto found =
        std::ranges::find_if(missing, [&](const json& each) { return each["kind"] == kind && each["name"] == name; });
    return found == missing.end() ? nullptr : &*found;
}

bool needs(const json* row, const std::string& program) {
    return row && std::ranges::find((*row)["programs"], json(program)) != (*row)["programs"].end();
}

TEST(Check, SaysThatWhatRunsHereRuns) {
    for (const char* name : {"bootstrap", "runqlat", "opensnoop", "xdp", "tc", "sockops", "uprobe"}) {
        const json report = check({example(name)}, 0);
        EXPECT_TRUE(report["runs"]) << report;
        EXPECT_TRUE(report["missing"].empty()) << report;
    }
}

TEST(Check, ListsEachMissingThingWithTheProgramsThatNeedIt) {
    const json report = check({missing_everything()}, 1);
    EXPECT_FALSE(report["runs"]);
    EXPECT_TRUE(needs(find(report, "field", "struct task_struct no_such_field"), "unguarded")) << report;
    EXPECT_TRUE(needs(find(report, "field", "struct task_struct another_missing_field"), "unguarded")) << report;
    EXPECT_TRUE(needs(find(report, "type", "struct no_such_type"), "unguarded")) << report;
    EXPECT_TRUE(needs(find(report, "enumerator", "enum bpf_func_id BPF_FUNC_no_such_helper"), "unguarded")) << report;
    EXPECT_TRUE(needs(find(report, "kernel function", "no_such_kfunc"), "calling")) << report;
    EXPECT_TRUE(needs(find(report, "helper", "#9999"), "calling")) << report;
    const json* optional = find(report, "tracepoint", "no_such_tracepoint");
    ASSERT_TRUE(optional) << report;
    EXPECT_TRUE((*optional)["optional"]);
}

TEST(Check, AllowsWhatTheProgramAsksForFirst) {
    const json report = check({missing_everything()}, 1);
    for (const json& each : report["missing"]) EXPECT_FALSE(needs(&each, "guarded")) << each;
    EXPECT_FALSE(find(report, "field", "struct task_struct field_of_another_kernel"));
}

TEST(Check, FollowsTheVersionOfTheKernelThatIsDescribed) {
    const json newer = check({"--btf", running_btf(), "--kernel-version", "100.0", missing_everything()}, 1);
    EXPECT_TRUE(needs(find(newer, "field", "struct task_struct another_missing_field"), "guarded")) << newer;
    const json older = check({"--btf", running_btf(), "--kernel-version", "6.1", missing_everything()}, 1);
    EXPECT_FALSE(needs(find(older, "field", "struct task_struct another_missing_field"), "guarded")) << older;
}

TEST(Check, KnowsByVersionAloneWhatCameLater) {
    const json older = check({"--kernel-version", "5.4", example("arena-list")}, 1);
    const json* arena = find(older, "map type", "BPF_MAP_TYPE_ARENA");
    ASSERT_TRUE(arena) << older;
    EXPECT_EQ((*arena)["text"], "no BPF_MAP_TYPE_ARENA (it came with Linux 6.9)");
    EXPECT_EQ(older["notes"].size(), 1u) << older;  // that types were not checked
    EXPECT_TRUE(find(check({"--kernel-version", "5.4", example("bootstrap")}, 1), "helper", "bpf_ringbuf_reserve"));
    check({"--kernel-version", "6.12.3", example("arena-list")}, 0);
}

TEST(Check, FindsHooksInTheBtfOfAnotherKernel) {
    // The running kernel's, which has the functions; whether they can be probed there is not asked.
    for (const char* name : {"kprobe", "fentry", "lsm"}) check({"--btf", running_btf(), example(name)}, 0);
    // A BPF object has BTF too: of a kernel that has next to nothing.
    const json report = check({"--btf", missing_everything(), example("fentry")}, 1);
    EXPECT_TRUE(find(report, "function", "do_unlinkat")) << report;
    EXPECT_TRUE(find(check({"--btf", missing_everything(), example("bootstrap")}, 1), "tracepoint",
                     "sched/sched_process_exec"));
}

TEST(Check, SaysEachThingOnce) {
    for (const char* name : {"kprobe", "fentry", "opensnoop"}) {
        const Ran ran({"check", "--json", example(name)});
        const json report = json::parse(ran.output, nullptr, false);
        std::set<std::string> texts;
        for (const json& each : report["missing"]) EXPECT_TRUE(texts.insert(each["text"]).second) << each;
    }
}

TEST(Check, ReportsImportsThatThisHostDoesNotHave) {
    const Folder folder;
    const std::string file = folder.write("x.wasm", wat(R"((module (import "wasm_bpf_v1" "object_fly" (func))))"));
    EXPECT_TRUE(find(check({file}, 1), "import", "wasm_bpf_v1.object_fly"));
}

TEST(Check, NamesThePrivilegeThatTheCallerLacks) {
    Command command(
        {"setpriv", "--bounding-set=-all", "--inh-caps=-all", "--reuid=0", TEST_COMMAND, "check", example("runqlat")});
    EXPECT_EQ(command.wait(), 1);
    EXPECT_NE(command.output().find("this process lacks CAP_BPF and CAP_PERFMON: run with sudo"), std::string::npos)
        << command.output() << command.error();
}

TEST(Check, TellsAPersonInLinesOf80Columns) {
    const Ran ran({"check", missing_everything()});
    EXPECT_EQ(ran.exit_code, 1);
    EXPECT_NE(ran.output.find(" does not run on this kernel (Linux "), std::string::npos) << ran.output;
    EXPECT_NE(ran.output.find("  - struct task_struct has no field no_such_field\n    needed by unguarded\n"),
              std::string::npos)
        << ran.output;
    EXPECT_NE(ran.output.find("for programs that are loaded only if the guest asks:\n  - no tracepoint"),
              std::string::npos)
        << ran.output;
    const Ran good({"check", example("xdp")});
    EXPECT_NE(good.output.find("xdp.wasm runs on this kernel (Linux "), std::string::npos) << good.output;
}

TEST(Check, FailsWithOneLineWhereItCannotAnswer) {
    const Folder folder;
    const std::string text = folder.write("text", "text");
    EXPECT_EQ(Ran({"check", text}).exit_code, 123);
    const Ran no_btf({"check", "--btf", text, example("xdp")});
    EXPECT_EQ(no_btf.exit_code, 125);
    EXPECT_NE(no_btf.error.find("wasm-bpf check: --btf: \"" + text + "\": no BTF can be read from it"),
              std::string::npos)
        << no_btf.error;
    const Ran no_version({"check", "--kernel-version", "six", example("xdp")});
    EXPECT_EQ(no_version.exit_code, 125);
    EXPECT_EQ(no_version.error, "wasm-bpf check: --kernel-version six: it must be as 6.1 or 6.1.20\n");
}

}  // namespace
}  // namespace wasm_bpf::test
