// `wasm-bpf gen types`, `gen vmlinux`, `gen object` and `sdk`, whose output the guests' compilers take.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cli/build_folder.hpp"

namespace wasm_bpf {
namespace {

class Gen : public Build {
protected:
    [[nodiscard]] Outcome gen(const std::string& arguments) const {
        return shell(fmt::format("cd {} && {} gen {}", folder_.string(), TEST_COMMAND, arguments));
    }

    // As C and as C++, for a guest and for this machine.
    void expect_compiles(const std::string& source) {
        for (const char* language : {"c", "c++"})
            for (const char* target : {"wasm32-wasi", "x86_64-linux-gnu"}) {
                const Outcome compiled =
                    shell(fmt::format("cd {} && clang-19 --target={} -Wall -Wextra -Werror -x {} -fsyntax-only {}",
                                      folder_.string(), target, language, source));
                EXPECT_EQ(compiled.exit_code, 0) << language << " for " << target << "\n" << compiled.output;
            }
    }

    void compile_object() {
        write("x.bpf.c",
              "struct key { long a; void *b; };\ntypedef struct { char c; unsigned long d; } value_t;\n"
              "enum mode { ON = 1, OFF };\nstruct mine { enum mode mode; long many[3]; } mine = {1};\n"
              "struct { int (*type)[1]; struct key *key; value_t *value; int (*max_entries)[4]; } map "
              "__attribute__((section(\".maps\"), used));\n");
        ASSERT_EQ(
            shell(fmt::format("cd {} && clang-19 -target bpf -g -O2 -c x.bpf.c -o x.bpf.o", folder_.string())).output,
            "");
    }
};

TEST_F(Gen, ObjectIsTheBpfHalfAlone) {
    write("one.bpf.c",
          "#include \"vmlinux.h\"\n#include <bpf/bpf_helpers.h>\n"
          "SEC(\"socket\") int one(struct __sk_buff *packet) { return ONE; }\n");
    EXPECT_EQ(gen("object one.bpf.c --flag -DONE=1").output, "one.bpf.o\n");
    EXPECT_TRUE(mentions(shell("llvm-objdump-19 -d --no-show-raw-insn " + (folder_ / "one.bpf.o").string()).output,
                         "w0 = 0x1"));
    EXPECT_EQ(gen("object one.bpf.c --flag -DONE=2 -o other.o").output, "other.o\n");
    const Outcome broken = gen("object one.bpf.c");
    EXPECT_EQ(broken.exit_code, 125);
    EXPECT_TRUE(mentions(broken.output, "use of undeclared identifier 'ONE'")) << broken.output;
    EXPECT_TRUE(
        mentions(gen("object one.c").output, "wasm-bpf gen object: \"one.c\" is no BPF source: name NAME.bpf.c"));
}

TEST_F(Gen, VmlinuxHeaderIsKeptWhereTheCacheIs) {
    write("one.bpf.c", "#include \"vmlinux.h\"\nint one(struct task_struct *task) { return task->pid; }\n");
    const std::string cache = (folder_ / "cache").string();
    EXPECT_EQ(
        shell(fmt::format("cd {} && WASM_BPF_CACHE={} {} gen object one.bpf.c", folder_.string(), cache, TEST_COMMAND))
            .output,
        "one.bpf.o\n");
    EXPECT_TRUE(mentions(shell("ls " + cache + "/vmlinux-*").output, "vmlinux.h"));
}

TEST_F(Gen, SdkIsEnoughForAnyCompilerOfC) {
    write("version.c",
          "#include <argp.h>\n#include <bpf/libbpf.h>\n#include <linux/perf_event.h>\n#include <signal.h>\n"
          "#include <stdio.h>\nint main(void) { signal(SIGINT, SIG_IGN); puts(libbpf_version_string()); }\n");
    const Outcome compiled =
        shell(fmt::format("cd {0} && clang-19 --target=wasm32-wasi version.c $({1} sdk --cflags) $({1} sdk --libs) "
                          "-lwasi-emulated-signal -o version.wasm",
                          folder_.string(), TEST_COMMAND));
    EXPECT_EQ(compiled.output, "");
    EXPECT_EQ(shell(fmt::format("cd {} && {} version.wasm", folder_.string(), TEST_COMMAND)).output, "v1.7\n");
}

TEST_F(Gen, TypesOfTheKernelHaveItsLayout) {
    const Outcome types =
        gen("types -t task_struct -t 'struct net_device' -t 'enum bpf_prog_type' -t siginfo_t > types.h");
    ASSERT_EQ(types.exit_code, 0) << types.output;
    // The sizes that libbpf's own reader of BTF sees.
    const Outcome sizes = shell(
        "bpftool btf dump file /sys/kernel/btf/vmlinux | grep -oE \"STRUCT '(task_struct|net_device)' "
        "size=[0-9]+\" | sed -E \"s/STRUCT '(.*)' size=(.*)/_Static_assert(sizeof(struct \\1) == \\2, \\\"\\\");/\"");
    ASSERT_TRUE(mentions(sizes.output, "task_struct")) << sizes.output;
    write("check.c", "#ifdef __cplusplus\n#define _Static_assert static_assert\n#endif\n#include \"types.h\"\n" +
                         sizes.output + "enum bpf_prog_type type = BPF_PROG_TYPE_KPROBE;\n");
    expect_compiles("check.c");
}

TEST_F(Gen, TypesOfAnObjectAreThoseOfItsMapsAndVariables) {
    compile_object();
    ASSERT_EQ(gen("types x.bpf.o > types.h").output, "");
    write("check.c",
          "#include \"types.h\"\nstruct key key; struct value_t value;\nstruct mine mine = {OFF, {}, {0, 1, 2}};\n"
          "char large[sizeof(struct key) == 16 && sizeof(struct value_t) == 16 && sizeof mine == 32 ? 1 : -1];\n");
    expect_compiles("check.c");
    ASSERT_EQ(gen("types x.bpf.o -t value_t -p x > types.h").output, "");
    EXPECT_TRUE(mentions(content(folder_ / "types.h"), "struct x__value_t {"));
    EXPECT_FALSE(mentions(content(folder_ / "types.h"), "mine"));
}

// The kernel's have every shape that there is.
TEST_F(Gen, TypesAreForRustToo) {
    const Outcome types = gen("types --lang rust -t task_struct -t 'enum bpf_prog_type' -t siginfo_t > types.rs");
    ASSERT_EQ(types.exit_code, 0) << types.output;
    fs::create_directory(folder_ / "src");
    write("Cargo.toml",
          "[package]\nname = \"tool\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nwasm-bpf = \"0.1\"\n");
    write("src/main.rs",
          "mod kernel { include!(\"../types.rs\"); }\nfn main() { println!(\"{} {:?}\", "
          "size_of::<kernel::task_struct>(),\n"
          "    kernel::bpf_prog_type::BPF_PROG_TYPE_KPROBE); }\n");
    ASSERT_EQ(build(".").exit_code, 0);
    const Outcome size = shell(
        "bpftool btf dump file /sys/kernel/btf/vmlinux | grep -oE \"STRUCT 'task_struct' size=[0-9]+\" | sed "
        "'s/.*=//'");
    EXPECT_EQ(run("tiny.wasm").output, size.output.substr(0, size.output.find('\n')) + " BPF_PROG_TYPE_KPROBE\n");
    EXPECT_TRUE(mentions(gen("types --lang go -t task_struct").output, "no types for \"go\": name c, c++ or rust"));
    EXPECT_TRUE(
        mentions(gen("types --lang rust -p x -t task_struct").output, "--prefix is for languages without modules"));
}

TEST_F(Gen, VmlinuxIsThatOfTheKernelOrOfAFile) {
    compile_object();
    const Outcome of_object = gen("vmlinux --btf x.bpf.o");
    EXPECT_TRUE(mentions(of_object.output, "struct mine {\n\tenum mode mode;\n\tlong many[3];\n};"))
        << of_object.output;
    ASSERT_EQ(gen("vmlinux > vmlinux.h").output, "");
    write("kernel.bpf.c", "#include \"vmlinux.h\"\nint pid(struct task_struct *task) { return task->tgid; }\n");
    const Outcome compiled =
        shell(fmt::format("cd {} && clang-19 -target bpf -g -O2 -c kernel.bpf.c", folder_.string()));
    EXPECT_EQ(compiled.exit_code, 0) << compiled.output;
    EXPECT_EQ(gen("vmlinux --btf /sys/kernel/btf/vmlinux").output, content(folder_ / "vmlinux.h"));
}

TEST_F(Gen, SkeletonsAreForTheLanguageAsked) {
    compile_object();
    EXPECT_TRUE(mentions(gen("skeleton x.bpf.o").output, "struct x_bpf {"));
    EXPECT_EQ(gen("skeleton --lang c++ x.bpf.o").output, gen("skeleton x.bpf.o").output);
    const std::string rust = gen("skeleton --lang rust x.bpf.o").output;
    EXPECT_TRUE(mentions(rust, "pub const OBJECT: &[u8] = include_bytes!(\"x.bpf.o\");")) << rust;
    EXPECT_TRUE(mentions(rust, "pub map: ::wasm_bpf::TypedMap<types::key, types::value_t>,")) << rust;
    EXPECT_TRUE(mentions(gen("skeleton --lang rust -n y_bpf x.bpf.o").output, "pub struct YSkel {"));
}

TEST_F(Gen, SaysWhatIsWrong) {
    compile_object();
    write("cut.o", content(folder_ / "x.bpf.o").substr(0, 500));
    for (const auto& [arguments, message] : {
             std::pair{"types", "wasm-bpf gen types: name the kernel's types that you want: --type task_struct\n"},
             std::pair{"types -t nothing -t 'union task_struct'",
                       "wasm-bpf gen types: the kernel's BTF has no struct, union, enum or typedef named \"nothing\", "
                       "\"union task_struct\""},
             std::pair{"types absent.o", "wasm-bpf gen types: open \"absent.o\": No such file or directory\n"},
             std::pair{"vmlinux --btf tiny.c", "wasm-bpf gen vmlinux: \"tiny.c\" has no BTF that makes sense"},
             std::pair{"types x.bpf.o -p 1", "the name must be a C identifier"},
             std::pair{"types -p", "see wasm-bpf gen types --help"},
             std::pair{"skeleton --lang basic x.bpf.o", "wasm-bpf gen skeleton: no language \"basic\": name c, c++"},
             std::pair{"skeleton .", "wasm-bpf gen skeleton: read \".\": Is a directory\n"},
             std::pair{"min-btf . -o y", "wasm-bpf gen min-btf: read \".\": Is a directory\n"},
             std::pair{"skeleton /bin/true",
                       "this is no BPF object: it is an ELF file for a processor: programs for the kernel are compiled "
                       "by clang -target bpf\n"},
             std::pair{"skeleton cut.o", "its table of sections is missing or malformed: is the file cut off?\n"},
         }) {
        const Outcome refused = gen(arguments);
        EXPECT_EQ(refused.exit_code, 125) << arguments;
        EXPECT_TRUE(mentions(refused.output, message)) << refused.output;
    }
}

}  // namespace
}  // namespace wasm_bpf
