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

// Seen where the kernel has no BTF, as far as the command can see.
TEST_F(BuildRust, CarriesTheBtfOfKernelsToo) {
    write("tiny.bpf.c", core_bpf_source);
    write("src/main.rs",
          "mod tiny { wasm_bpf::include_skeleton!(\"tiny\"); }\n"
          "fn main() -> wasm_bpf::Result<()> {\n"
          "    tiny::TinySkel::open_and_load()?;\n    println!(\"loaded\");\n    Ok(())\n}\n");
    const auto run_without_btf = [&](const char* module) {
        return shell(fmt::format("cd {} && unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && exec {} run {}'",
                                 folder_.string(), TEST_COMMAND, module));
    };
    const Outcome built = build(". -o with.wasm --btf /sys/kernel/btf/vmlinux");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(run_without_btf("with.wasm").output, "loaded\n");
    ASSERT_EQ(build(". -o without.wasm").exit_code, 0);
    const Outcome without = run_without_btf("without.wasm");
    EXPECT_NE(without.exit_code, 0);
    EXPECT_TRUE(mentions(without.output, "this kernel has no BTF")) << without.output;
}

// By the place where cargo itself looks for it. The level is the default's, for which there is a standard library
// already.
TEST_F(BuildRust, OptimizesAsTheUserSays) {
    const auto is_own_choice = [&](const char* folder, const char* environment = "") {
        const Outcome built = build(folder, environment);
        EXPECT_EQ(built.exit_code, 0) << built.output;
        const std::string config = content(folder_ / folder / ".wasm-bpf/tiny/cargo.toml");
        EXPECT_TRUE(mentions(config, "[profile.release]")) << config;
        return !mentions(config, "opt-level");
    };
    const std::string crate = "[dependencies]\nwasm-bpf = \"0.1\"\n";
    const std::string chosen = "[profile.release]\nopt-level = \"s\"\n";
    EXPECT_FALSE(is_own_choice("."));
    EXPECT_TRUE(is_own_choice(".", "CARGO_PROFILE_RELEASE_OPT_LEVEL=s"));
    write_manifest(crate + chosen);
    EXPECT_TRUE(is_own_choice("."));
    write_manifest("description = \"of no opt-level\"\n" + crate + "[profile.dev]\nopt-level = 1\n");
    EXPECT_FALSE(is_own_choice("."));
    fs::create_directory(folder_ / ".cargo");
    write(".cargo/config.toml", chosen);
    EXPECT_TRUE(is_own_choice("."));
    fs::remove_all(folder_ / ".cargo");

    // Of a package in a workspace cargo takes no profile.
    fs::create_directories(folder_ / "member/src");
    for (const char* file : {"tiny.bpf.c", "tiny.h", "src/main.rs"})
        fs::copy_file(folder_ / file, folder_ / "member" / file);
    const auto write_workspace = [&](const std::string& of_workspace, const std::string& of_member) {
        write_manifest(crate + "[workspace]\nmembers = [\"member\"]\n" + of_workspace);
        write("member/Cargo.toml",
              "[package]\nname = \"other\"\nversion = \"0.1.0\"\nedition = \"2024\"\n" + crate + of_member);
    };
    write_workspace(chosen, "");
    EXPECT_TRUE(is_own_choice("member"));
    write_workspace("", chosen);
    EXPECT_FALSE(is_own_choice("member"));
}

// What the types are made to refuse, with the codes that say that it is this.
TEST_F(BuildRust, RefusesWhatWouldOutliveItsMemory) {
    write("tiny.bpf.c", R"(#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
const volatile int limit = 1;
int count;
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
SEC("raw_tp/sys_enter") int on_call(void *context) { return count += limit; }
char LICENSE[] SEC("license") = "GPL";
)");
    const auto compile = [&](const std::string& lines) {
        write("src/main.rs",
              "#![allow(unused)]\nmod tiny { wasm_bpf::include_skeleton!(\"tiny\"); }\n"
              "use wasm_bpf::{Result, RingBufferBuilder, RingReader};\n\nfn main() -> Result<()> {\n"
              "    let mut open = tiny::TinySkelBuilder::default().open()?;\n    open.rodata.limit = 2;\n"
              "    let mut skel = open.load()?;\n    skel.bss.count.set(3);\n"
              "    let mut ring = RingReader::new(&skel.maps.events)?;\n    let batch = ring.batch()?;\n" +
                  lines + "    Ok(())\n}\n");
        return build(".");
    };
    const Outcome fine =
        compile("    let first = batch.records().next();\n    println!(\"{first:?}\");\n    drop(batch);\n");
    ASSERT_EQ(fine.exit_code, 0) << fine.output;
    for (const auto& [lines, code] :
         {std::pair{"    let first = batch.records().next();\n    drop(batch);\n    println!(\"{first:?}\");\n",
                    "E0505"},
          {"    let other = ring.batch()?;\n    drop(batch);\n", "E0499"},
          {"    skel.rodata.limit = 4;\n", "E0594"},
          {"    open.rodata.limit = 4;\n", "E0382"},
          {"    let mut kept = Vec::new();\n    let mut rings = RingBufferBuilder::new();\n"
           "    rings.add(&skel.maps.events, |record: &[u8]| kept.push(record))?;\n",
           "E0521"}}) {
        const Outcome refused = compile(lines);
        EXPECT_EQ(refused.exit_code, 1) << lines;
        EXPECT_TRUE(mentions(refused.output, fmt::format("error[{}]", code))) << lines << refused.output;
        EXPECT_TRUE(mentions(refused.output, "due to 1 previous error")) << lines << refused.output;
    }
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
}

// Clang is there, but no rustc: neither by PATH nor Debian's, whose place is known.
TEST_F(BuildRust, SaysThatRustIsMissing) {
    const Outcome none =
        shell(fmt::format("cd {} && PATH=/usr/bin:/bin unshare -m sh -c '{{ [ ! -e /usr/bin/rustc ] || mount --bind "
                          "/dev/null /usr/bin/rustc; }} "
                          "&& exec {} build .'",
                          folder_.string(), TEST_COMMAND));
    EXPECT_EQ(none.exit_code, 125) << none.output;
    EXPECT_TRUE(mentions(none.output, "Rust for Wasm is missing: install it (rustup target add wasm32-wasip1"))
        << none.output;
}

}  // namespace
}  // namespace wasm_bpf
