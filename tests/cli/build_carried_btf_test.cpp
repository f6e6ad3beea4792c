// BTF that a module carries for kernels that have none: put in, shown, and used where the kernel's own is hidden.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/utsname.h>

#include <filesystem>
#include <string>

#include "cli/build_folder.hpp"

namespace wasm_bpf {
namespace {

constexpr const char* core_guest_source = R"(#include <stdio.h>
#include <unistd.h>
#include <bpf/libbpf.h>
#include "core.skel.h"
int main(void)
{
    struct core_bpf *core = core_bpf__open_and_load();
    if (!core || core_bpf__attach(core))
        return 1;
    while (!core->bss->offset)
        usleep(1000);
    printf("tgid at %d\n", core->bss->offset);
    core_bpf__destroy(core);
    return 0;
}
)";

class CarriedBtf : public Build {
protected:
    CarriedBtf() {
        for (const char* name : {"tiny.h", "tiny.bpf.c", "tiny.c"}) fs::remove(folder_ / name);
        write("core.bpf.c", core_bpf_source);
        write("core.c", core_guest_source);
        fs::copy_file("/sys/kernel/btf/vmlinux", folder_ / "other.btf");
        fs::create_directories(folder_ / "kernels/arm64");
        for (const std::string name : {"5.4.0-91-generic", "5.10.0-8-arm64"})
            fs::copy_file(folder_ / "other.btf", folder_ / "kernels/arm64" / (name + ".btf"));
        utsname names{};
        uname(&names);
        running_ = fmt::format("{} ({})", names.release, names.machine);
        release_ = names.release;
    }

    [[nodiscard]] Outcome in_folder(const std::string& command) const {
        return shell(fmt::format("cd {} && {}", folder_.string(), command));
    }
    [[nodiscard]] Outcome command(const std::string& arguments) const {
        return in_folder(fmt::format("{} {}", TEST_COMMAND, arguments));
    }
    // Where the kernel has no BTF, as far as this process can see.
    [[nodiscard]] Outcome without_btf(const std::string& arguments) const {
        return in_folder(fmt::format("unshare -m sh -c 'mount -t tmpfs none /sys/kernel/btf && exec {} {}'",
                                     TEST_COMMAND, arguments));
    }

    std::string running_, release_;
};

TEST_F(CarriedBtf, StandsInForTheKernelsOwn) {
    const Outcome built = build(". -o core.wasm");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    const Outcome expected = run("core.wasm");
    ASSERT_EQ(expected.exit_code, 0) << expected.output;
    ASSERT_EQ(build(". -o carrying.wasm --btf /sys/kernel/btf/vmlinux --btf kernels").exit_code, 0);

    const Outcome without = without_btf("run core.wasm");
    EXPECT_EQ(without.exit_code, 1);
    EXPECT_TRUE(mentions(without.output,
                         "this kernel has no BTF (/sys/kernel/btf/vmlinux), and the module carries none: name its BTF "
                         "file by --btf FILE"))
        << without.output;
    EXPECT_EQ(without_btf("run carrying.wasm").output, expected.output);
    EXPECT_EQ(without_btf("run --btf other.btf core.wasm").output, expected.output);
    EXPECT_EQ(without_btf("check carrying.wasm").exit_code, 0);
    EXPECT_EQ(without_btf("check core.wasm").exit_code, 1);
    // With the kernel's own it makes no difference.
    EXPECT_EQ(run("carrying.wasm").output, expected.output);
}

TEST_F(CarriedBtf, SurvivesARelease) {
    ASSERT_EQ(build(". --release --btf kernels --btf /sys/kernel/btf/vmlinux").exit_code, 0);
    EXPECT_EQ(without_btf("run core.wasm").exit_code, 0);
    // And what others do to the module.
    ASSERT_EQ(in_folder("wasm-opt -O2 -all core.wasm -o optimized.wasm").exit_code, 0);
    EXPECT_EQ(without_btf("run optimized.wasm").exit_code, 0);
}

TEST_F(CarriedBtf, IsShown) {
    ASSERT_EQ(build(". --btf kernels --btf other.btf::6.1.0-1-amd64 --btf other.btf::6.1.0-1::s390x").exit_code, 0);
    const std::string text = command("inspect core.wasm").output;
    EXPECT_TRUE(mentions(text,
                         "\nBTF for kernels that have none\n"
                         "  5.10.0-8-arm64    aarch64"))
        << text;
    EXPECT_TRUE(mentions(text, "\n  5.4.0-91-generic  aarch64 ")) << text;
    EXPECT_TRUE(mentions(text, "\n  6.1.0-1-amd64     ")) << text;
    EXPECT_TRUE(mentions(text, "\n  6.1.0-1           s390x ")) << text;
    EXPECT_TRUE(mentions(text, "\n  BTF of kernels ")) << text;
    const Outcome json = in_folder(
        fmt::format("{} inspect --json core.wasm | python3 -c 'import json, sys; inspected = json.load(sys.stdin); "
                    "print(len(inspected[\"carried_btf\"]), sum(part[\"size\"] for part in inspected[\"parts\"]) == "
                    "inspected[\"size\"])'",
                    TEST_COMMAND));
    EXPECT_EQ(json.output, "4 True\n");
}

TEST_F(CarriedBtf, ThatIsOfOtherKernelsIsListed) {
    ASSERT_EQ(build(". --btf kernels").exit_code, 0);
    for (const std::string what : {"run", "check"}) {
        const Outcome refused = without_btf(what + " core.wasm");
        EXPECT_EQ(refused.exit_code, 1);
        // Of check's the lines are wrapped.
        std::string text = refused.output;
        for (std::size_t at; (at = text.find("\n    ")) != text.npos;) text.replace(at, 5, " ");
        EXPECT_TRUE(mentions(text,
                             "the module carries that of 5.10.0-8-arm64 (aarch64), 5.4.0-91-generic (aarch64) "
                             "only, not of " +
                                 running_))
            << text;
    }
}

TEST_F(CarriedBtf, IsMadeAnewWhereTheFileChanged) {
    const std::string arguments = ". -v --btf other.btf::" + release_;
    ASSERT_EQ(build(arguments).exit_code, 0);
    EXPECT_FALSE(mentions(build(arguments).output, "carry"));
    fs::copy_file("/sys/kernel/btf/vmlinux", folder_ / "again.btf");
    fs::rename(folder_ / "again.btf", folder_ / "other.btf");
    EXPECT_TRUE(mentions(build(arguments).output, "carry"));
    // Without the option it is gone.
    ASSERT_EQ(build(".").exit_code, 0);
    EXPECT_EQ(without_btf("run core.wasm").exit_code, 1);
}

TEST_F(CarriedBtf, IsPutIntoModulesThatAreThere) {
    ASSERT_EQ(build(".").exit_code, 0);
    const Outcome put = command("gen min-btf core.wasm --into core.wasm");
    ASSERT_EQ(put.exit_code, 0) << put.output;
    EXPECT_EQ(put.output, "");
    EXPECT_EQ(without_btf("run core.wasm").exit_code, 0);
    const auto size = fs::file_size(folder_ / "core.wasm");
    ASSERT_EQ(command("gen min-btf core.wasm --into core.wasm --btf /sys/kernel/btf/vmlinux").exit_code, 0);
    EXPECT_EQ(fs::file_size(folder_ / "core.wasm"), size);
    ASSERT_EQ(command("gen min-btf core.wasm --into more.wasm --btf kernels --btf other.btf::1").exit_code, 0);
    EXPECT_EQ(without_btf("run more.wasm").exit_code, 0);
    EXPECT_TRUE(mentions(command("inspect more.wasm").output, "5.4.0-91-generic"));
}

TEST_F(CarriedBtf, SaysWhatIsWrong) {
    ASSERT_EQ(build(".").exit_code, 0);
    fs::create_directory(folder_ / "empty");
    fs::copy_file(folder_ / "other.btf", folder_ / "vmlinux");
    for (const auto& [arguments, message] : {
             std::pair{"build . --btf vmlinux",
                       "--btf: \"vmlinux\": its name does not say of which kernel it is: name it RELEASE.btf, or say "
                       "so by vmlinux::RELEASE"},
             std::pair{"build . --btf empty", "--btf: \"empty\" has no RELEASE.btf in it"},
             std::pair{"build . --btf absent.btf", "open \"absent.btf\": No such file or directory"},
             std::pair{"build . --btf core.c::1", "\"core.c\" has no BTF that makes sense"},
             std::pair{"build . --btf 'vmlinux::a b'", "\"a b\" names no kernel and no machine"},
             std::pair{"gen min-btf core.wasm", "say where it goes: -o FILE, or --into MODULE"},
             std::pair{"gen min-btf core.wasm -o x --into y", "say where it goes: -o FILE, or --into MODULE"},
             std::pair{"gen min-btf core.wasm -o x --btf kernels --btf kernels", "one file has the BTF of one kernel"},
             std::pair{"gen min-btf .wasm-bpf/core/core.bpf.o --into y", "is no module: --into takes one"},
             std::pair{"gen min-btf core.wasm --into absent/y", "write \"absent/y\": No such file or directory"},
         }) {
        const Outcome refused = command(arguments);
        EXPECT_EQ(refused.exit_code, 125) << arguments;
        EXPECT_TRUE(mentions(refused.output, message)) << refused.output;
    }
}

// What a module says of a kernel is a guest's word: none of it reaches libbpf unchecked.
TEST_F(CarriedBtf, ThatMakesNoSenseEndsInOneMessage) {
    ASSERT_EQ(build(".").exit_code, 0);
    const auto append = [&](const std::string& btf) {
        const std::string names = fmt::format("\1\1{}{}\6x86_64", static_cast<char>(release_.size()), release_);
        const std::string block = static_cast<char>(btf.size()) + btf;
        const std::string section = "\14wasm_bpf.btf" + names + block;
        const std::string module = content(folder_ / "core.wasm");
        const std::string size{static_cast<char>(0x80 | (section.size() & 0x7f)),
                               static_cast<char>(section.size() >> 7)};
        write("bad.wasm", module + std::string(1, '\0') + size + section);
    };
    append("no BTF at all");
    const Outcome refused = without_btf("run bad.wasm");
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(mentions(refused.output, "what the module carries for it cannot be used: it is no BTF"))
        << refused.output;
    // A typedef of itself, at which libbpf would stay for ever.
    using namespace std::string_literals;
    append(
        "\x9f\xeb\1\0\x18\0\0\0\0\0\0\0\x0c\0\0\0\x0c\0\0\0\x0d\0\0\0"s
        "\1\0\0\0\0\0\0\x08\1\0\0\0"s
        "\0task_struct\0"s);
    const Outcome endless = without_btf("run bad.wasm");
    EXPECT_EQ(endless.exit_code, 1);
    EXPECT_TRUE(mentions(endless.output, "type 1 (\"task_struct\") is made of itself")) << endless.output;
    for (const std::string what : {"run", "check"}) EXPECT_LT(without_btf(what + " bad.wasm").exit_code, 126);
    // With the kernel's own nobody looks.
    EXPECT_EQ(run("bad.wasm").exit_code, 0);
}

}  // namespace
}  // namespace wasm_bpf
