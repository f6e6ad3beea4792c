// `wasm-bpf run` on components: as on modules.

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "cli/run_guests.hpp"

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

std::string component(const char* name) { return std::string(TEST_GUEST_DIR) + "/components/" + name + ".wasm"; }

TEST(RunComponent, ArgumentsEnvironmentAndExitCode) {
    const Ran run({"run", "--env", "COLOUR=red", component("unasked"), "a b", "", "--env"});
    EXPECT_EQ(run.output, "<a b><><--env>red");
    EXPECT_EQ(run.exit_code, 1) << run.error;
    EXPECT_EQ(run.error, "");
}

TEST(RunComponent, SeesTheDirectoriesThatItIsGiven) {
    const Folder folder;
    const std::string file = folder.write("file", std::string_view("inside\n"));
    const Ran given(
        {"run", "--dir", folder.path().string() + "::/given:ro", component("unasked"), "file", "/given/file"});
    EXPECT_EQ(given.output, "inside\n");
    EXPECT_EQ(given.exit_code, 0) << given.error;
    EXPECT_EQ(Ran({"run", component("unasked"), "file", file}).exit_code, 1);
    EXPECT_EQ(Ran({"run", "--dir", "/no/such/folder", component("unasked")}).exit_code, 125);
}

TEST(RunComponent, TrapShowsTheStack) {
    const Ran run({component("unasked"), "trap"});
    EXPECT_EQ(run.exit_code, 134);
    EXPECT_TRUE(
        run.error.starts_with("wasm-bpf: the guest trapped: unreachable executed (abort or a failed assertion)\n"
                              "Wasm stack, innermost function first:\n   0: abort\n"))
        << run.error;
    EXPECT_NE(run.error.find("fall\n"), std::string::npos) << run.error;
}

TEST(RunComponent, MemoryIsLimited) {
    EXPECT_EQ(Ran({"run", "--memory", "16M", component("unasked"), "memory", "4000000"}).output, "had\n");
    EXPECT_EQ(Ran({"run", "--memory", "16M", component("unasked"), "memory", "40000000"}).output, "refused\n");
    const Ran run({"run", "--memory", "64K", component("unasked")});
    EXPECT_EQ(run.exit_code, 123);
    EXPECT_TRUE(is_line_with(run.error, {component("unasked"), "more than it may have", "--memory"})) << run.error;
}

TEST(RunComponent, SecondStartUsesWhatTheFirstKept) {
    const Folder folder;
    const fs::path cache = folder.path() / "cache";
    const auto entries = [&] {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(cache / "modules")) files.push_back(entry.path());
        return files;
    };
    const auto output = [&] { return Ran({component("unasked"), "x"}, {{"WASM_BPF_CACHE", cache}}).output; };
    EXPECT_EQ(output(), "<x>");
    const auto kept = entries();
    ASSERT_EQ(kept.size(), 1u);
    struct stat before, after;
    ASSERT_EQ(stat(kept[0].c_str(), &before), 0);
    EXPECT_EQ(output(), "<x>");
    ASSERT_EQ(stat(kept[0].c_str(), &after), 0);
    EXPECT_EQ(before.st_ino, after.st_ino) << "it was made anew";
    const auto size = fs::file_size(kept[0]);
    fs::resize_file(kept[0], size - 1);
    EXPECT_EQ(output(), "<x>");
    EXPECT_EQ(fs::file_size(kept[0]), size) << "the broken entry was replaced";
}

// A component with this import and export, which would say so if it ran.
std::string component_text(std::string_view import, std::string_view result = "(result)",
                           std::string_view name = "wasi:cli/run@0.2.0") {
    return fmt::format(R"((component {}
        (core module $m (func (export "run") (result i32) unreachable))
        (core instance $i (instantiate $m))
        (func $run (result {}) (canon lift (core func $i "run")))
        (instance $r (export "run" (func $run)))
        (export "{}" (instance $r))))",
                       import, result, name);
}

TEST(RunComponent, WhatCannotBeRunIsNamedInOneLine) {
    const Folder folder;
    int number = 0;
    const auto refused = [&](std::span<const std::byte> bytes, std::vector<std::string> parts) {
        const std::string file = folder.write(fmt::format("{}.wasm", number++), bytes);
        const Ran run({file});
        EXPECT_EQ(run.exit_code, 123) << run.error;
        parts.push_back(file);
        EXPECT_TRUE(is_line_with(run.error, parts)) << run.error;
        EXPECT_EQ(run.output, "");
    };
    const auto imports = [](std::string_view name, std::string_view item) {
        return wat(component_text(fmt::format(R"((import "{}" (instance {})))", name, item)));
    };
    constexpr std::string_view stop = R"((export "stop-requested" (func (result bool))))";
    refused(imports("wasm-bpf:bpf/lifecycle@0.2.0", stop),
            {"wasm-bpf:bpf/lifecycle@0.2.0", "wasm-bpf:bpf@0.1.0", "newer wasm-bpf"});
    refused(imports("wasm-bpf:bpf/lifecycle@0.1.1", stop), {"wasm-bpf:bpf/lifecycle@0.1.1", "newer wasm-bpf"});
    refused(imports("wasm-bpf:bpf/lifecycle@0.0.9", stop), {"wasm-bpf:bpf/lifecycle@0.0.9", "build it"});
    refused(imports("wasm-bpf:bpf/arenas@0.1.0", R"((export "f" (func)))"),
            {"wasm-bpf:bpf/arenas@0.1.0", "does not have"});
    refused(imports("wasm-bpf:bpf/lifecycle@0.1.0", R"((export "stop-requested" (func (result u32))))"),
            {"wasm-bpf:bpf/lifecycle@0.1.0", "stop-requested", "wrong type", "expected `bool` found `u32`"});
    refused(imports("wasm-bpf:bpf/lifecycle@0.1.0", R"((export "pause" (func)))"), {"pause", "missing"});
    refused(imports("example:pipeline/format@1.0.0", R"((export "f" (func)))"),
            {"example:pipeline/format@1.0.0", "plug in", "--plug"});
    refused(imports("wasi:http/types@0.2.0", R"((export "f" (func)))"), {"wasi:http/types@0.2.0", "does not have"});
    refused(imports("wasi:cli/environment@0.3.0", R"((export "f" (func)))"),
            {"wasi:cli/environment@0.3.0", "WASI 0.2"});
    refused(wat(component_text("", "u32")), {"wasi:cli/run@0.2.0", "run: func() -> result"});
    refused(wat(component_text("", "(result)", "example:pipeline/format@1.0.0")),
            {"no wasi:cli/run", "example:pipeline/format@1.0.0", "--plug"});
    refused(wat("(component)"), {"no wasi:cli/run"});
    const auto whole = wat(component_text(""));
    refused(std::span(whole).first(whole.size() / 2), {"not a component"});
    std::vector<std::byte> garbage(whole.begin(), whole.begin() + 8);
    garbage.insert(garbage.end(), 100, std::byte{0x77});
    refused(garbage, {"not a component"});
}

}  // namespace
}  // namespace wasm_bpf::test
