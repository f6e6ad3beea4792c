// `wasm-bpf build` of Cargo packages.

#include <chrono>
#include <filesystem>

#include "cli/build_folder.hpp"

namespace wasm_bpf {
namespace {

class BuildRust : public Build {
protected:
    BuildRust() {
        fs::remove(folder_ / "tiny.c");
        fs::create_directory(folder_ / "src");
        write_manifest("[dependencies]\nwasm-bpf = \"0.1\"\n");
        write("src/main.rs",
              "mod tiny { wasm_bpf::include_skeleton!(\"tiny\"); }\n"
              "fn main() { println!(\"{} bytes of seen\", size_of::<tiny::types::seen>()); }\n");
    }

    void write_manifest(const std::string& more) {
        write("Cargo.toml", "[package]\nname = \"tool\"\nversion = \"0.1.0\"\nedition = \"2024\"\n" + more);
    }
};

TEST_F(BuildRust, MakesAModuleThatRuns) {
    const Outcome built = build(".");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(built.output.substr(built.output.rfind('\n', built.output.size() - 2) + 1), "./tiny.wasm\n");
    EXPECT_EQ(run("tiny.wasm").output, "8 bytes of seen\n");
    // Nothing to do.
    const fs::file_time_type made = fs::last_write_time(folder_ / "tiny.wasm");
    ASSERT_EQ(build(".").exit_code, 0);
    EXPECT_EQ(fs::last_write_time(folder_ / "tiny.wasm"), made);
    // A change of the BPF half reaches the guest.
    write("tiny.h", "struct seen { long long count[3]; };\n");
    write("tiny.bpf.c", "#include \"tiny.h\"\nstruct seen seen;\n");
    ASSERT_EQ(build(".").exit_code, 0);
    EXPECT_EQ(run("tiny.wasm").output, "24 bytes of seen\n");
}

TEST_F(BuildRust, IsNotTakenForAnotherOfItsName) {
    // The same name and version, elsewhere, with sources that are older than what was made here.
    fs::create_directories(folder_ / "other/src");
    for (const char* file : {"Cargo.toml", "tiny.bpf.c", "tiny.h", "src/main.rs"})
        fs::copy_file(folder_ / file, folder_ / "other" / file);
    write("other/tiny.h", "struct seen { long long count, more[4]; };\n");
    const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(48);
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "other"))
        fs::last_write_time(entry.path(), long_ago);
    ASSERT_EQ(build(".").exit_code, 0);
    const Outcome other = build("other");
    ASSERT_EQ(other.exit_code, 0) << other.output;
    EXPECT_EQ(run("tiny.wasm").output, "8 bytes of seen\n");
    EXPECT_EQ(run("other/tiny.wasm").output, "40 bytes of seen\n");
    // Nor did it drive the first one out.
    const fs::file_time_type made = fs::last_write_time(folder_ / "tiny.wasm");
    ASSERT_EQ(build(".").exit_code, 0);
    EXPECT_EQ(fs::last_write_time(folder_ / "tiny.wasm"), made);
}

TEST_F(BuildRust, IsSmallAsARelease) {
    ASSERT_EQ(build(". -o whole.wasm").exit_code, 0);
    ASSERT_EQ(build(". --release -o small.wasm --depfile small.d").exit_code, 0);
    EXPECT_EQ(run("small.wasm").output, "8 bytes of seen\n");
    EXPECT_LT(fs::file_size(folder_ / "small.wasm"), fs::file_size(folder_ / "whole.wasm") * 8 / 10);
    EXPECT_LT(fs::file_size(folder_ / "small.wasm"), 48 * 1024);
    const std::string depfile = content(folder_ / "small.d");
    for (const char* file : {"small.wasm: ", "src/main.rs", "tiny.bpf.c", "tiny.h", "rust/src/map.rs"})
        EXPECT_TRUE(mentions(depfile, file)) << file << " is not in\n" << depfile;
}

TEST_F(BuildRust, FindsTheBpfHalfWhereLibbpfCargoHasIt) {
    fs::create_directories(folder_ / "src/bpf");
    fs::rename(folder_ / "tiny.bpf.c", folder_ / "src/bpf/tiny.bpf.c");
    fs::rename(folder_ / "tiny.h", folder_ / "src/bpf/tiny.h");
    ASSERT_EQ(build(".").exit_code, 0);
    EXPECT_EQ(run("tiny.wasm").output, "8 bytes of seen\n");
}

TEST_F(BuildRust, CarriesTheBtfOfKernelsToo) {
    const Outcome built = build(". --btf /sys/kernel/btf/vmlinux");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(run("tiny.wasm").output, "8 bytes of seen\n");
}

// What stands in the user's environment is meant for other targets.
TEST_F(BuildRust, LeavesTheUsersOwnFlagsAlone) {
    const Outcome built = build(".", "RUSTFLAGS=-Cno-such-flag CARGO_BUILD_TARGET=none");
    EXPECT_EQ(built.exit_code, 0) << built.output;
}

TEST_F(BuildRust, SaysWhatIsWrong) {
    write("src/main.rs", "fn main() { no_such_function(); }\n");
    const Outcome broken = build(".");
    EXPECT_EQ(broken.exit_code, 1);
    EXPECT_TRUE(mentions(broken.output, "cannot find function `no_such_function`")) << broken.output;
    EXPECT_TRUE(mentions(broken.output, "cargo failed with exit code 101; its messages are above")) << broken.output;

    EXPECT_TRUE(mentions(build(". --cflags -Wall").output, "--cflags are flags of clang's"));
    fs::create_directory(folder_ / "src/bin");
    write("src/bin/other.rs", "fn main() {}\n");
    const Outcome several = build(".");
    EXPECT_EQ(several.exit_code, 1);
    EXPECT_TRUE(mentions(several.output, "has several programs (other, tool): a module is one") ||
                mentions(several.output, "has several programs (tool, other): a module is one"))
        << several.output;
    fs::remove_all(folder_ / "src");
    EXPECT_TRUE(mentions(build(".").output, "Cargo.toml\" is no manifest that cargo takes: "));
    write("Cargo.toml", "[package\n");
    EXPECT_TRUE(mentions(build(".").output, "is no manifest that cargo takes: "));
    // Where there is no Rust at all.
    const Outcome none = build(".", "PATH=" + (folder_ / "none").string());
    EXPECT_EQ(none.exit_code, 125) << none.output;
}

}  // namespace
}  // namespace wasm_bpf
