// What the kernel's BTF and symbol list say.

#include <linux/btf.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include "bpf/fixture.hpp"
#include "bpf/kernel.hpp"
#include "bpf/kernel_btf.hpp"
#include "bpf/kernel_symbols.hpp"

namespace wasm_bpf::bpf::test {
namespace {

using enum BtfQuestion::About;

Result<BtfAnswer> ask(BtfQuestion::About about, std::string name, std::string member = {}, std::string module = {}) {
    return ask_kernel_btf({about, 0, std::move(name), std::move(member), std::move(module)});
}

TEST(KernelBtf, SaysWhatIsMissing) {
    EXPECT_EQ(ask(type, "nothing").error().message, "the kernel has no type \"nothing\"");
    EXPECT_EQ(ask(field, "task_struct", "nothing").error().message,
              "the kernel has no type \"task_struct\" with a field \"nothing\"");
    EXPECT_EQ(ask(function, "nothing").error().message, "the kernel has no function \"nothing\" in its BTF");
    EXPECT_EQ(ask(enumerator, "bpf_cmd", "NOTHING").error().message,
              "the kernel has no enumerator \"NOTHING\" in enum \"bpf_cmd\"");
    const auto module = ask(type, "task_struct", "", "no_such_module");
    EXPECT_EQ(module.error().errno_code, ENOENT);
    EXPECT_NE(module.error().message.find("/sys/kernel/btf/no_such_module"), std::string::npos);
    for (const char* name : {"../vmlinux", "a/b", "vmlinux", " "})
        EXPECT_EQ(ask(type, "task_struct", "", name).error().errno_code, EINVAL) << name;
}

TEST(KernelBtf, KindsAreExact) {
    EXPECT_EQ(ask(type, "task_struct")->kind, static_cast<std::uint32_t>(BTF_KIND_STRUCT));
    EXPECT_EQ(ask(type, "pid_t")->kind, static_cast<std::uint32_t>(BTF_KIND_TYPEDEF));
    EXPECT_EQ(ask(type, "pid_t")->byte_size, 4U);
    EXPECT_FALSE(ask_kernel_btf({type, BTF_KIND_UNION, "task_struct", "", ""}));
    EXPECT_TRUE(ask_kernel_btf({type, BTF_KIND_STRUCT, "task_struct", "", ""}));
}

TEST(KernelBtf, FieldsByPath) {
    const auto outer = ask(field, "task_struct", "se");
    const auto inner = ask(field, "task_struct", "se.vruntime");
    const auto alone = ask(field, "sched_entity", "vruntime");
    ASSERT_TRUE(outer && inner && alone);
    EXPECT_EQ(inner->bit_offset, outer->bit_offset + alone->bit_offset);
    EXPECT_EQ(inner->byte_size, 8U);
    EXPECT_EQ(inner->kind, static_cast<std::uint32_t>(BTF_KIND_INT)) << "u64 is a typedef";
    for (const char* path : {"se.", ".se", ".", "se..vruntime", "se.vruntime.more"})
        EXPECT_FALSE(ask(field, "task_struct", path)) << path;
}

TEST(KernelBtf, ManyThreadsMayAsk) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; i++)
        threads.emplace_back([] {
            EXPECT_TRUE(ask(field, "task_struct", "tgid"));
            EXPECT_TRUE(ask(function, "schedule"));
        });
}

TEST(KernelSymbols, AreThoseOfTheList) {
    std::ifstream file("/proc/kallsyms");
    std::uint64_t checked = 0, number = 0;
    for (std::string line; std::getline(file, line); number++) {
        if (number % 1000 != 0) continue;
        std::istringstream words(line);
        std::uint64_t address = 0;
        char kind = 0;
        std::string name;
        words >> std::hex >> address >> kind >> name;
        if (address == 0 || kind == 'a' || kind == 'A') continue;
        const auto at = kernel_symbol_at(address);
        ASSERT_TRUE(at) << line;
        EXPECT_EQ(at->address, address) << line;
        const auto by_name = kernel_symbol(name);
        ASSERT_TRUE(by_name) << line;
        EXPECT_EQ(by_name->name, name);
        EXPECT_LE(by_name->address, address) << line;
        checked++;
    }
    EXPECT_GT(checked, 10U);
}

TEST(KernelSymbols, SayWhyThereAreNone) {
    const auto without_privilege = [] {
        std::ofstream("/proc/sys/kernel/kptr_restrict") << 1;
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
        ::syscall(SYS_capset, &header, none.data());
        const auto found = kernel_symbol("schedule");
        std::fprintf(stderr, "%s\n", found ? "found" : found.error().message.c_str());
        ::_exit(!found && found.error().errno_code == EPERM);
    };
    std::string before;
    std::ifstream("/proc/sys/kernel/kptr_restrict") >> before;
    // The child must not have read the table yet.
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(without_privilege(), ::testing::ExitedWithCode(1), "CAP_SYSLOG.*kernel.kptr_restrict");
    std::ofstream("/proc/sys/kernel/kptr_restrict") << before;
}

TEST(Kernel, VersionIsThatOfTheStableSeries) {
    constexpr auto version = [](unsigned major, unsigned minor, unsigned patch) {
        return (major << 16) + (minor << 8) + patch;
    };
    EXPECT_EQ(kernel_version_of("6.18.44-fc", "#1 SMP", ""), version(6, 18, 44));
    EXPECT_EQ(kernel_version_of("6.1.0-30-amd64", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.124-1 (2025-01-12)", ""),
              version(6, 1, 124));
    EXPECT_EQ(kernel_version_of("5.15.0-91-generic", "#101-Ubuntu SMP", "Ubuntu 5.15.0-91.101-generic 5.15.131"),
              version(5, 15, 131));
    EXPECT_EQ(kernel_version_of("4.19.300", "", ""), version(4, 19, 255));
    EXPECT_EQ(kernel_version_of("7.0-rc1", "", ""), version(7, 0, 0));
    EXPECT_EQ(kernel_version_of("unheard of", "", ""), 0U);
}

TEST(Kernel, InterfacesHaveNames) {
    EXPECT_EQ(interface_name(1).value(), "lo");
    for (const int index : {0, -1, 0x7fffffff}) EXPECT_EQ(interface_name(index).error().errno_code, ENODEV);
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
