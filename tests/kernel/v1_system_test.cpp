// What programs use beside libbpf: sdk/c/compat.

#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

TEST(System, IsTheHosts) {
    for (const auto& [zone, name] : {std::pair("Asia/Kolkata", "IST"), std::pair("America/New_York", "EST")}) {
        Command guest(v1_guest("system", {name}), {{"TZ", zone}});
        EXPECT_EQ(guest.wait(), 0) << guest.output() << guest.error();
        for (const char* said :
             {"popen(): a guest cannot start programs",
              "system(): ", "fork(): ", "execlp(): ", "syscall(321): a guest makes no system calls but",
              "/proc/kallsyms: the guest was not given this folder: run it with --dir /proc",
              "/sys/kernel/btf/vmlinux: the guest was not given this folder: run it with --dir /sys"})
            EXPECT_NE(guest.error().find(said), std::string::npos) << said;
        EXPECT_NE(guest.output().find("\033[H\033[2J"), std::string::npos) << "of system(\"clear\")";
    }
}

TEST(System, AFolderThatIsGivenNeedsNoHint) {
    Command guest(v1_guest("system", {}, {"--dir", "/proc"}));
    EXPECT_NE(guest.wait(), 0);  // it finds what it expects not to
    EXPECT_EQ(guest.error().find("run it with --dir"), std::string::npos) << guest.error();
}

TEST(System, FindsSymbolsOfElfFiles) {
    const std::string folder = std::string(TEST_GUEST_DIR) + "/v1/.wasm-bpf/elf_symbols";
    expect_passes("elf_symbols", {folder + "/elf_symbols.bpf.o", folder + "/elf_symbols.skel.h"}, {"--dir", folder});
}

// The guest looks itself, on a terminal.
TEST(System, PrintsByTheSystemCallThatToolsTrace) {
    std::string line;
    for (const std::string& word : v1_guest("system")) line += word + " ";
    Command terminal({"script", "-qec", line, "/dev/null"});
    EXPECT_EQ(terminal.wait(), 0) << terminal.output() << terminal.error();
}

TEST(System, UnpacksWhatZlibPacked) { expect_passes("inflate"); }

TEST(System, ALongJumpEndsTheGuest) {
    Command guest(v1_guest("long_jump"));
    EXPECT_NE(guest.wait(), 0);
    EXPECT_NE(guest.error().find("longjmp(): a guest cannot jump up the stack"), std::string::npos) << guest.error();
}

}  // namespace
}  // namespace wasm_bpf::test
