// What `wasm-bpf build` takes: which sources, which options.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cli/build_folder.hpp"

namespace wasm_bpf {
namespace {

class BuildOptions : public Build {};

TEST_F(BuildOptions, OneProgramOfAFolderOfMany) {
    write("other.bpf.c", bpf_source);
    write("other.c", "#include \"other.skel.h\"\n#include <stdio.h>\nint main(void) { return puts(\"other\") < 0; }\n");
    const Outcome all = build(".");
    EXPECT_EQ(all.exit_code, 125);
    EXPECT_TRUE(mentions(all.output, "\".\" holds several programs (other, tiny): name one, as \"./other\""))
        << all.output;

    EXPECT_EQ(build("./other").output, "./other.wasm\n");
    EXPECT_EQ(run("other.wasm").output, "other\n");
    EXPECT_EQ(build("tiny").output, "tiny.wasm\n");
    EXPECT_EQ(run("tiny.wasm").output, "8 bytes of seen\n");
}

TEST_F(BuildOptions, MoreSourcesAndIncludeFolders) {
    fs::create_directories(folder_ / "shared/include");
    write("shared/helper.c", "#include \"helper.h\"\nint helper(void) { return ANSWER; }\n");
    write("shared/include/helper.h", "int helper(void);\n");
    write("shared/include/vmlinux.h", "#error \"this is the user's own\"\n");
    write("tiny.bpf.c", std::string(bpf_source) + "int answer = ANSWER;\n");
    write("tiny.c",
          "#include \"helper.h\"\n#include \"tiny.skel.h\"\n#include <stdio.h>\n"
          "int main(void) { return printf(\"%d\\n\", helper()) < 0; }\n");
    const std::string command = "tiny shared/helper.c -Ishared/include -D ANSWER=42";
    const Outcome built = build(command);
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(run("tiny.wasm").output, "42\n");

    write("tiny.bpf.c", "#include \"vmlinux.h\"\n");
    EXPECT_TRUE(mentions(build(command).output, "this is the user's own"));
}

TEST_F(BuildOptions, RebuildsWhatIncludesAChangedHeader) {
    fs::create_directory(folder_ / "include");
    write("include/deep.h", "#define WORD \"one\"\n");
    write("include/outer.h", "#include \"deep.h\"\n");
    write("helper.c", "int helper;\n");
    write("tiny.c", "#include <stdio.h>\n#include \"outer.h\"\nint main(void) { return puts(WORD) < 0; }\n");
    ASSERT_EQ(build(". -I include").exit_code, 0);
    EXPECT_EQ(run("tiny.wasm").output, "one\n");
    write("include/deep.h", "#define WORD \"two\"\n");
    const Outcome again = build("-v . -I include");
    EXPECT_TRUE(mentions(again.output, "-c ./tiny.c")) << again.output;
    EXPECT_FALSE(mentions(again.output, "-c ./helper.c")) << again.output;
    EXPECT_FALSE(mentions(again.output, "-c ./tiny.bpf.c")) << again.output;
    EXPECT_EQ(run("tiny.wasm").output, "two\n");
}

TEST_F(BuildOptions, ReleaseIsSmaller) {
    ASSERT_EQ(build(". -o plain.wasm").exit_code, 0);
    const Outcome built = build("--release . -o small.wasm");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(run("small.wasm").output, "8 bytes of seen\n");
    EXPECT_LT(fs::file_size(folder_ / "small.wasm"), fs::file_size(folder_ / "plain.wasm"));
    EXPECT_FALSE(mentions(content(folder_ / "small.wasm"), "__wasm_call_ctors"));
    for (const std::string object : {"plain", "small"})
        EXPECT_FALSE(mentions(content(folder_ / (object + ".wasm")), ".debug_info")) << object;
    EXPECT_EQ(build("-v --release . -o small.wasm").output, "small.wasm\n");
}

TEST_F(BuildOptions, ReleaseSaysWhatToInstall) {
    fs::create_directory(folder_ / "bin");
    for (const char* tool : {"clang-19", "wasm-ld-19", "llvm-strip-19", "llvm-dis-19", "llvm-dwarfdump-19"})
        fs::create_symlink(fmt::format("/usr/bin/{}", tool), folder_ / "bin" / tool);
    const Outcome built = build("--release .", "PATH=$PWD/bin");
    EXPECT_EQ(built.exit_code, 125);
    EXPECT_TRUE(mentions(built.output,
                         "wasm-opt, which --release needs, is missing: install it (Debian: apt-get install binaryen)"))
        << built.output;
}

TEST_F(BuildOptions, WritesCompileCommandsAndKeepsThoseOfOtherSources) {
    write("other.bpf.c", bpf_source);
    write("other.c", "#include \"other.skel.h\"\nint main(void) { return 0; }\n");
    ASSERT_EQ(build("tiny --compile-commands compile_commands.json").exit_code, 0);
    write("other.c", "int main(void) { return; }\n");
    EXPECT_EQ(build("other --compile-commands compile_commands.json -DX=1").exit_code, 1);
    const std::string commands = content(folder_ / "compile_commands.json");
    const std::string here = fs::canonical(folder_);
    for (const char* source : {"tiny.bpf.c", "tiny.c", "other.bpf.c", "other.c"})
        EXPECT_TRUE(mentions(commands, fmt::format("\"file\": \"{}/{}\"", here, source))) << commands;
    EXPECT_TRUE(mentions(commands, "\"-DX=1\""));
    // The commands are what they say: each can be run as it stands.
    const Outcome checked =
        shell(fmt::format("cd {} && python3 -c \"import json, subprocess\n"
                          "for c in json.load(open('compile_commands.json')):\n"
                          "    if 'tiny' in c['file']: subprocess.run(c['arguments'] + ['-o', '/dev/null'], "
                          "cwd=c['directory'], check=True)\"",
                          folder_.string()));
    EXPECT_EQ(checked.exit_code, 0) << checked.output;

    write("compile_commands.json", "{");
    const Outcome broken = build("tiny --compile-commands compile_commands.json");
    EXPECT_EQ(broken.exit_code, 125);
    EXPECT_TRUE(mentions(broken.output, "\"compile_commands.json\" is no list of compile commands: remove it"));
}

TEST_F(BuildOptions, DepfileNamesWhatTheModuleIsMadeOf) {
    for (int time = 0; time < 2; ++time) {  // made anew, and current
        fs::remove(folder_ / "tiny.d");
        ASSERT_EQ(build(". -o tiny.wasm --depfile tiny.d").exit_code, 0);
        const std::string depfile = content(folder_ / "tiny.d");
        EXPECT_TRUE(depfile.starts_with("tiny.wasm:")) << depfile;
        for (const char* file : {" tiny.h", " tiny.bpf.c", " tiny.c", "/bpf_helpers.h"})
            EXPECT_TRUE(mentions(depfile, file)) << file << "\n" << depfile;
        EXPECT_FALSE(mentions(depfile, "tiny.skel.h")) << depfile;
    }
}

}  // namespace
}  // namespace wasm_bpf
