// An installed tree, and CMake projects that find it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cli/build_folder.hpp"

namespace wasm_bpf {
namespace {

class BuildInstalled : public Build {
protected:
    BuildInstalled() {
        const Outcome installed =
            shell(fmt::format("cmake --install {} --prefix {}/prefix", TEST_BUILD_DIR, folder_.string()));
        EXPECT_EQ(installed.exit_code, 0) << installed.output;
        fs::rename(folder_ / "prefix", folder_ / "moved");
    }

    [[nodiscard]] Outcome in_folder(const std::string& command) const {
        return shell(fmt::format("cd {} && {}", folder_.string(), command));
    }
};

TEST_F(BuildInstalled, StandsOnItsOwnWhereverItLies) {
    const Outcome built = in_folder("moved/bin/wasm-bpf build -v .");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_FALSE(mentions(built.output, TEST_SOURCE_DIR "/sdk")) << built.output;
    EXPECT_FALSE(mentions(built.output, "/libbpf.a ") &&
                 !mentions(built.output, "moved/share/wasm-bpf/sdk/c/lib/libbpf.a"));
    EXPECT_EQ(in_folder("moved/bin/wasm-bpf run tiny.wasm").output, "8 bytes of seen\n");
}

TEST_F(BuildInstalled, HasTheCrateOfGuestsInRust) {
    const Outcome made = in_folder("moved/bin/wasm-bpf new tool --lang rust && moved/bin/wasm-bpf build tool");
    ASSERT_EQ(made.exit_code, 0) << made.output;
    const std::string config = content(folder_ / "tool/.wasm-bpf/tool/cargo.toml");
    EXPECT_TRUE(mentions(config, "moved/share/wasm-bpf/sdk/rust\"")) << config;
    // By hand, as the file says; with one of the CMake projects' functions.
    write("CMakeLists.txt",
          "cmake_minimum_required(VERSION 3.25)\nproject(tool NONE)\nfind_package(wasm-bpf 0.1 REQUIRED)\n"
          "wasm_bpf_add_guest(guest SOURCES tool RELEASE)\n");
    const Outcome built = in_folder("cmake -S . -B out -G Ninja -DCMAKE_PREFIX_PATH=$PWD/moved && ninja -C out");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(in_folder("moved/bin/wasm-bpf run out/guest.wasm -h").exit_code, 0);
    EXPECT_TRUE(mentions(in_folder("ninja -C out").output, "no work to do"));
    const fs::file_time_type before = fs::last_write_time(folder_ / "out/guest.wasm");
    write("tool/tool.h", content(folder_ / "tool/tool.h") + "/* changed */\n");
    ASSERT_EQ(in_folder("ninja -C out").exit_code, 0);
    EXPECT_NE(fs::last_write_time(folder_ / "out/guest.wasm"), before);
}

TEST_F(BuildInstalled, AddsGuestsToCMakeProjects) {
    fs::create_directories(folder_ / "tool/include");
    for (const char* name : {"tiny.c", "tiny.bpf.c"}) fs::rename(folder_ / name, folder_ / "tool" / name);
    fs::rename(folder_ / "tiny.h", folder_ / "tool/include/tiny.h");
    write("CMakeLists.txt",
          "cmake_minimum_required(VERSION 3.25)\nproject(tool NONE)\nset(CMAKE_EXPORT_COMPILE_COMMANDS ON)\n"
          "find_package(wasm-bpf 0.1 REQUIRED)\n"
          "wasm_bpf_add_guest(tiny SOURCES tool/tiny.bpf.c tool/tiny.c INCLUDE_DIRECTORIES tool/include\n"
          "  DEFINITIONS A=1 B COMPILE_OPTIONS -Wall -Werror)\n"
          "wasm_bpf_add_guest(small tool/tiny.bpf.c tool/tiny.c INCLUDE_DIRECTORIES tool/include RELEASE OUTPUT "
          "out/s.wasm BTF kernels/5.4.0-91-generic.btf /sys/kernel/btf/vmlinux)\n"
          "get_target_property(module small WASM_BPF_MODULE)\nmessage(STATUS \"module: ${module}\")\n");
    // For the second, whose programs are relocated by a kernel's types.
    write("tool/tiny.bpf.c", std::string(bpf_source) +
                                 "struct task_struct { int tgid; } __attribute__((preserve_access_index));\n"
                                 "int tgid_of(struct task_struct *task) { return task->tgid; }\n");
    fs::create_directory(folder_ / "kernels");
    fs::copy_file("/sys/kernel/btf/vmlinux", folder_ / "kernels/5.4.0-91-generic.btf");
    const Outcome configured = in_folder("cmake -S . -B out -G Ninja -DCMAKE_PREFIX_PATH=$PWD/moved");
    ASSERT_EQ(configured.exit_code, 0) << configured.output;
    EXPECT_TRUE(mentions(configured.output, "/out/out/s.wasm")) << configured.output;
    const Outcome built = in_folder("ninja -C out");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(run("out/tiny.wasm").output, "8 bytes of seen\n");
    EXPECT_LT(fs::file_size(folder_ / "out/out/s.wasm"), fs::file_size(folder_ / "out/tiny.wasm"));
    EXPECT_TRUE(mentions(content(folder_ / "out/compile_commands.json"), "tool/tiny.c\""));
    EXPECT_TRUE(mentions(in_folder("moved/bin/wasm-bpf inspect out/out/s.wasm").output, "\n  5.4.0-91-generic "));

    EXPECT_TRUE(mentions(in_folder("ninja -C out").output, "no work to do"));
    write("tool/include/tiny.h", "struct seen { long long count; int more; };\n");
    ASSERT_EQ(in_folder("ninja -C out tiny").exit_code, 0);
    EXPECT_EQ(run("out/tiny.wasm").output, "16 bytes of seen\n");
}

// Whose world imports our package, of which the project has no copy.
TEST_F(BuildInstalled, AddsComponentsToCMakeProjects) {
    fs::create_directories(folder_ / "tool/world");
    write("tool/world/tool.wit", "package t:t;\nworld one { }\nworld two { import wasm-bpf:bpf/lifecycle@0.1.0; }\n");
    write("tool/tool.c", "#include \"two.h\"\nint main(void) { return wasm_bpf_bpf_lifecycle_stop_requested(); }\n");
    write("CMakeLists.txt",
          "cmake_minimum_required(VERSION 3.25)\nproject(tool NONE)\nfind_package(wasm-bpf 0.1 REQUIRED)\n"
          "wasm_bpf_add_guest(tool tool/tool.c COMPONENT WIT tool/world WORLD two)\n");
    const Outcome built =
        in_folder("cmake -S . -B out -G Ninja -DCMAKE_PREFIX_PATH=$PWD/moved && ninja -C out && ninja -C out");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_TRUE(mentions(built.output, "no work to do")) << built.output;
    const std::string seen = in_folder("moved/bin/wasm-bpf inspect out/tool.wasm").output;
    EXPECT_TRUE(mentions(seen, "wasm-bpf:bpf@0.1.0 (this host)\n    lifecycle")) << seen;
    write("tool/world/tool.wit",
          "package t:t;\nworld two { import wasm-bpf:bpf/lifecycle@0.1.0; export f: func(); }\n");
    EXPECT_TRUE(mentions(in_folder("ninja -C out").output, "exports_two_f")) << "the world is no dependency";
}

}  // namespace
}  // namespace wasm_bpf
