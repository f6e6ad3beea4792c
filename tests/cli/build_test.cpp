// `wasm-bpf build` as a user meets it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cli/build_folder.hpp"

namespace wasm_bpf {
namespace {

TEST_F(Build, MakesAModuleOfAFolder) {
    const Outcome built = build(".");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(built.output, "./tiny.wasm\n");
    EXPECT_TRUE(mentions(content(folder_ / "tiny.wasm"), "__wasm_call_ctors") ||
                mentions(content(folder_ / "tiny.wasm"), "printf"))
        << "the functions' names are gone";
    const Outcome ran = run("tiny.wasm");
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_EQ(ran.output, "8 bytes of seen\n");
    for (const auto& entry : fs::directory_iterator(folder_ / ".wasm-bpf/tiny"))
        EXPECT_FALSE(mentions(entry.path().filename(), "unfinished")) << entry.path();
}

TEST_F(Build, DoesOnlyWhatChangesAskFor) {
    ASSERT_EQ(build("tiny.bpf.c tiny.c -o out.wasm").exit_code, 0);
    ASSERT_EQ(build("tiny.bpf.c tiny.c -o out.wasm").exit_code, 0);  // the sources may be as young as the first build
    EXPECT_EQ(build("-v tiny.bpf.c tiny.c -o out.wasm").output, "out.wasm\n");

    write("tiny.h", "struct seen { long long count; int more; };\n");
    const Outcome again = build("-v tiny.bpf.c tiny.c -o out.wasm");
    EXPECT_TRUE(mentions(again.output, "-c tiny.bpf.c")) << again.output;
    EXPECT_EQ(run("out.wasm").output, "16 bytes of seen\n");
    const Outcome defined = build("-v --cflags \"-DX -DY\" tiny.bpf.c tiny.c -o out.wasm");
    EXPECT_TRUE(mentions(defined.output, "-DX -DY -c tiny.c")) << defined.output;
    EXPECT_FALSE(mentions(defined.output, "-c tiny.bpf.c")) << defined.output;
}

TEST_F(Build, GivesTheSameWhateverOptimizerIsOnThePath) {
    ASSERT_EQ(build(". -o a/tiny.wasm").exit_code, 0);
    fs::create_directory(folder_ / "bin");
    write("bin/wasm-opt", "#!/bin/sh\nexit 1\n");
    fs::permissions(folder_ / "bin/wasm-opt", fs::perms::owner_all);
    const Outcome built = build(". -o b/tiny.wasm", "PATH=$PWD/bin:$PATH");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(content(folder_ / "a/tiny.wasm"), content(folder_ / "b/tiny.wasm"));
}

TEST_F(Build, PrintsFloatsWhereTheGuestHasThem) {
    write("half.c",
          "#include <stdio.h>\n#include <stdlib.h>\n"
          "int main(int argc, char **argv) { printf(\"%.2f\\n\", argc / 2.0); return argv == NULL; }\n");
    ASSERT_EQ(build("half.c").exit_code, 0);
    EXPECT_EQ(run("half.wasm").output, "0.50\n");
}

TEST_F(Build, GivesGuestsAHeapThatHolds) {
    const fs::path source = fs::path(TEST_SOURCE_DIR) / "tests/cli/build_allocator.c";
    const Outcome built = build(source.string() + " -o heap.wasm");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(run("heap.wasm").output, "ok\n");
}

TEST_F(Build, FailsWith1AndKeepsTheOutputWhereASourceIsBroken) {
    ASSERT_EQ(build(".").exit_code, 0);
    const std::string before = content(folder_ / "tiny.wasm");
    write("tiny.bpf.c", "int x = ;\n");
    const Outcome broken = build(".");
    EXPECT_EQ(broken.exit_code, 1);
    EXPECT_TRUE(mentions(broken.output, "tiny.bpf.c:1:9: error:")) << broken.output;
    EXPECT_TRUE(mentions(broken.output, "wasm-bpf build: compile ./tiny.bpf.c: clang")) << broken.output;
    EXPECT_EQ(content(folder_ / "tiny.wasm"), before);

    write("tiny.bpf.c", bpf_source);
    // Each source is compiled twice, for the guest and for the layouts of its structs: its errors are said once.
    write("tiny.c", "#include \"tiny.skel.h\"\nint main(void) { return absent; }\n");
    const std::string said = build(".").output;
    EXPECT_TRUE(mentions(said, "tiny.c:2:25: error: use of undeclared identifier 'absent'")) << said;
    EXPECT_EQ(said.find("'absent'"), said.rfind("'absent'")) << said;

    write("tiny.c", "void nowhere(void); int main(void) { nowhere(); }\n");
    const Outcome unlinked = build(".");
    EXPECT_EQ(unlinked.exit_code, 1);
    EXPECT_TRUE(mentions(unlinked.output, "undefined symbol: nowhere")) << unlinked.output;
    EXPECT_TRUE(mentions(unlinked.output, "wasm-bpf build: link ./tiny.wasm: ")) << unlinked.output;
}

TEST_F(Build, SaysWhatToDoForAFunctionOfLibbpfThatGuestsLack) {
    write(
        "tiny.c",
        "#include <bpf/bpf.h>\nint main(void) { return bpf_enable_stats(BPF_STATS_RUN_TIME) + bpf_map_freeze(1); }\n");
    const Outcome unlinked = build(".");
    EXPECT_EQ(unlinked.exit_code, 1);
    EXPECT_TRUE(mentions(unlinked.output, "undefined symbol: bpf_enable_stats")) << unlinked.output;
    EXPECT_TRUE(mentions(unlinked.output, "bpf_enable_stats() is not for guests: ")) << unlinked.output;
    EXPECT_TRUE(mentions(unlinked.output, "sysctl kernel.bpf_stats_enabled=1")) << unlinked.output;
    EXPECT_FALSE(mentions(unlinked.output, "bpf_map_freeze")) << unlinked.output;
}

TEST_F(Build, SaysThatAnObjectHasNoTypes) {
    const Outcome built = build(". --bpf-cflags -g0");
    EXPECT_EQ(built.exit_code, 1);
    EXPECT_TRUE(mentions(built.output, "generate the skeleton of ./tiny.bpf.c: ")) << built.output;
}

struct Misuse {
    const char* environment;
    const char* arguments;
    const char* message;
};

TEST_F(Build, FailsWith125WhereItCannotEvenBegin) {
    fs::create_directory(folder_ / "empty");
    fs::create_directory(folder_ / "lonely");
    write("lonely/x.bpf.c", bpf_source);
    fs::create_directory(folder_ / "hiding");
    for (const char* name : {"hiding/x.bpf.c", "hiding/x.c", "hiding/x.skel.h"}) write(name, "");
    for (const Misuse& misuse : {
             Misuse{"PATH=/nonexistent", ".",
                    "clang with the targets bpf and wasm32 is missing: install it (Debian: apt-get install clang-19)"},
             Misuse{"", "lonely", "no guest source: write \"lonely/x.c\", the program that loads \"x.bpf.c\""},
             Misuse{"", "hiding", "\"hiding/x.skel.h\" hides the skeleton that the build makes: remove it"},
             Misuse{"", "empty", "no .c or .cpp file in \"empty\""},
             Misuse{"", "absent", "\"absent\" is no source"},
             Misuse{"", "absent.c", "\"absent.c\": No such file or directory"},
             Misuse{"", "tiny.c ./tiny.c", "two sources are named \"tiny.c\""},
             Misuse{"", ". -o /proc/none/x.wasm", "make \"/proc/none/.wasm-bpf/x\""},
             Misuse{"WASM_BPF_SDK=/nonexistent", ".", "set WASM_BPF_SDK to the folder"},
             Misuse{"", "", "SOURCES is required"},
         }) {
        const Outcome refused = build(misuse.arguments, misuse.environment);
        EXPECT_EQ(refused.exit_code, 125) << misuse.arguments;
        EXPECT_TRUE(mentions(refused.output, misuse.message)) << refused.output;
    }
}

TEST_F(Build, GenPrintsTheSkeletonAlone) {
    ASSERT_EQ(build(".").exit_code, 0);
    const std::string command = fmt::format("cd {} && {} gen skeleton ", folder_.string(), TEST_COMMAND);
    const Outcome printed = shell(command + ".wasm-bpf/tiny/tiny.bpf.o");
    EXPECT_EQ(printed.exit_code, 0);
    EXPECT_EQ(printed.output, content(folder_ / ".wasm-bpf/tiny/tiny.skel.h"));
    EXPECT_TRUE(mentions(shell(command + "-n other .wasm-bpf/tiny/tiny.bpf.o").output, "other__open_and_load"));

    const Outcome missing = shell(command + "absent.bpf.o");
    EXPECT_EQ(missing.exit_code, 125);
    EXPECT_EQ(missing.output, "wasm-bpf gen skeleton: open \"absent.bpf.o\": No such file or directory\n");
    const Outcome wrong = shell(command + "tiny.c");
    EXPECT_EQ(wrong.exit_code, 125);
    EXPECT_TRUE(mentions(wrong.output, "\"tiny.c\": this is no BPF object: ")) << wrong.output;
}

}  // namespace
}  // namespace wasm_bpf
