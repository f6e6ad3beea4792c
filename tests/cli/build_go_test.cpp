// `wasm-bpf build` of Go modules.

#include <sys/utsname.h>

#include "cli/build_folder.hpp"

namespace wasm_bpf {
namespace {

class BuildGo : public Build {
protected:
    BuildGo() {
        fs::remove(folder_ / "tiny.c");
        write("go.mod", "module tiny\n\ngo 1.24\n");
        write("main.go",
              "package main\n\nimport (\n\t\"fmt\"\n\t\"unsafe\"\n)\n\nfunc main() {\n"
              "\tspec, err := loadTiny()\n\tif err != nil {\n\t\tpanic(err)\n\t}\n"
              "\tfmt.Println(unsafe.Sizeof(tinySeen{}), \"bytes of seen,\", len(spec.Programs), \"program\")\n}\n");
    }

    [[nodiscard]] Outcome build_with_go(const std::string& arguments, const std::string& environment = "") const {
        return build(arguments, "WASM_BPF_GO=" TEST_GO " " + environment);
    }
    [[nodiscard]] Outcome go(const std::string& arguments) const {
        return shell(fmt::format("cd {} && GOOS=wasip1 GOARCH=wasm {} {}", folder_.string(), TEST_GO, arguments));
    }
};

TEST_F(BuildGo, MakesAModuleThatRuns) {
    const Outcome built = build_with_go(".");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(built.output, "./tiny.wasm\n");
    EXPECT_EQ(run("tiny.wasm").output, "8 bytes of seen, 1 program\n");
    // Nothing to do.
    const fs::file_time_type made = fs::last_write_time(folder_ / "tiny.wasm");
    ASSERT_EQ(build_with_go(".").exit_code, 0);
    EXPECT_EQ(fs::last_write_time(folder_ / "tiny.wasm"), made);
    // A change of the BPF half reaches the guest.
    write("tiny.h", "struct seen { long long count[3]; };\n");
    write("tiny.bpf.c", "#include \"tiny.h\"\nstruct seen seen;\n");
    ASSERT_EQ(build_with_go(". -o other.wasm --depfile other.d").exit_code, 0);
    EXPECT_EQ(run("other.wasm").output, "24 bytes of seen, 0 program\n");
    const std::string depfile = content(folder_ / "other.d");
    for (const char* file : {"other.wasm: ", "main.go", "tiny.bpf.c", "tiny.h", "sdk/go/map.go"})
        EXPECT_TRUE(mentions(depfile, file)) << file << " is not in\n" << depfile;
}

TEST_F(BuildGo, LeavesAFolderThatGoItselfBuilds) {
    write("tiny.bpf.c", "//go:build ignore\n\n" + content(folder_ / "tiny.bpf.c"));
    ASSERT_EQ(build_with_go(".").exit_code, 0);
    const Outcome vetted = go("vet .");
    EXPECT_EQ(vetted.exit_code, 0) << vetted.output;
    const Outcome built = go("build -o by-hand.wasm .");
    EXPECT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(run("by-hand.wasm").output, "8 bytes of seen, 1 program\n");
}

TEST_F(BuildGo, TakesAUsersOwnWorkspace) {
    write("go.work", "go 1.24\n\nuse .\n\nuse " TEST_SOURCE_DIR "/sdk/go\n");
    const std::string before = content(folder_ / "go.work");
    ASSERT_EQ(build_with_go(".").exit_code, 0);
    EXPECT_EQ(content(folder_ / "go.work"), before);
}

// Of a program that looks at a kernel's struct: the module has its types, and loads it where the kernel shows no BTF.
TEST_F(BuildGo, CarriesTheBtfOfKernelsToo) {
    write("tiny.bpf.c",
          "#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n"
          "struct task_struct { int tgid; } __attribute__((preserve_access_index));\nint offset;\n"
          "SEC(\"raw_tp/sys_enter\") int on_call(void *context)\n{\n    struct task_struct *task = 0;\n"
          "    offset = (long)__builtin_preserve_access_index(&task->tgid);\n    return 0;\n}\n"
          "char LICENSE[] SEC(\"license\") = \"GPL\";\n");
    write("main.go",
          "package main\n\nfunc main() {\n\tvar objects tinyObjects\n"
          "\tif err := loadTinyObjects(&objects, nil); err != nil {\n\t\tpanic(err)\n\t}\n\tprintln(\"loaded\")\n}\n");
    ASSERT_EQ(build_with_go(". -o without.wasm").exit_code, 0);
    ASSERT_EQ(build_with_go(". --btf /sys/kernel/btf/vmlinux").exit_code, 0);
    const auto run_without_btf = [this](const std::string& module) {
        return shell(fmt::format("unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && exec {} run {}' 2>&1",
                                 TEST_COMMAND, (folder_ / module).string()));
    };
    EXPECT_NE(run_without_btf("without.wasm").exit_code, 0);
    EXPECT_EQ(run_without_btf("tiny.wasm").output, "loaded\n");
    const Outcome inspected = shell(fmt::format("{} inspect {}", TEST_COMMAND, (folder_ / "tiny.wasm").string()));
    utsname names{};
    ASSERT_EQ(uname(&names), 0);
    EXPECT_TRUE(mentions(inspected.output, fmt::format("\nBTF for kernels that have none\n  {} ", names.release)))
        << inspected.output;
}

TEST_F(BuildGo, SaysWhatIsWrong) {
    write("main.go", "package main\n\nfunc main() { missing() }\n");
    const Outcome broken = build_with_go(".");
    EXPECT_EQ(broken.exit_code, 1);
    EXPECT_TRUE(mentions(broken.output, "main.go:3:15: undefined: missing")) << broken.output;
    EXPECT_TRUE(mentions(broken.output, "go failed with exit code 1; its messages are above")) << broken.output;

    const Outcome flags = build_with_go(". --cflags -Wall");
    EXPECT_EQ(flags.exit_code, 125);
    EXPECT_TRUE(mentions(flags.output, "--cflags are flags of clang's")) << flags.output;

    write("tiny_bpf.go", "package main\n");
    const Outcome hidden = build_with_go(".");
    EXPECT_EQ(hidden.exit_code, 1);
    EXPECT_TRUE(mentions(hidden.output, "tiny_bpf.go\" is where the build puts the skeleton: rename it"))
        << hidden.output;
}

// An empty folder lies over where Go is installed as a rule. One that is too old says so of itself.
TEST_F(BuildGo, NamesWhatToInstallWhereGoIsMissing) {
    write("go", "#!/bin/sh\necho go1.19.8\n");
    fs::permissions(folder_ / "go", fs::perms::owner_all);
    fs::create_directory(folder_ / "empty");
    const Outcome missing = shell(fmt::format(
        "cd {0} && HOME={0} XDG_CACHE_HOME={0} WASM_BPF_GO={0}/go PATH=/usr/bin:/bin unshare --mount sh -c "
        "'for folder in /usr/local/go /usr/lib/go-1.*; do if [ -d $folder ]; then mount --bind {0}/empty $folder; fi; "
        "done; exec {1} build .'",
        folder_.string(), TEST_COMMAND));
    EXPECT_EQ(missing.exit_code, 125);
    EXPECT_TRUE(mentions(missing.output, "Go 1.24 or newer is missing: install it")) << missing.output;
    EXPECT_TRUE(mentions(missing.output, "; too old: " + (folder_ / "go").string())) << missing.output;
}

}  // namespace
}  // namespace wasm_bpf
