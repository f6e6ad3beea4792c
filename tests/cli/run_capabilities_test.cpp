// What privileges a running guest's process has: every thread of it, from the kernel's own account.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "cli/run_guests.hpp"

namespace wasm_bpf::test {
namespace {

using Names = std::set<std::string>;

// The capabilities that the tests name, by number (linux/capability.h); any other is named by it.
std::string name_of(int number) {
    static const std::map<int, std::string> names{{1, "dac_override"}, {2, "dac_read_search"}, {12, "net_admin"},
                                                  {13, "net_raw"},     {19, "sys_ptrace"},     {21, "sys_admin"},
                                                  {34, "syslog"},      {38, "perfmon"},        {39, "bpf"}};
    const auto name = names.find(number);
    return name != names.end() ? name->second : std::to_string(number);
}

// The value of a line of /proc/PID/task/TID/status.
std::string status_line(const std::filesystem::path& task, std::string_view key) {
    std::ifstream status(task / "status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(std::string(key) + ":\t")) return line.substr(key.size() + 2);
    return {};
}

Names set_of(const std::filesystem::path& task, std::string_view key) {
    const auto bits = std::stoull(status_line(task, key), nullptr, 16);
    Names names;
    for (int number = 0; number < 64; number++)
        if ((bits >> number & 1) != 0) names.insert(name_of(number));
    return names;
}

enum class Bounding { dropped, as_it_was };

// Every thread of a running process has these capabilities and no way to more.
void expect_only(int pid, const Names& kept, Bounding bounding) {
    int threads = 0;
    for (const auto& task : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid))) {
        SCOPED_TRACE(status_line(task, "Name"));
        threads++;
        EXPECT_EQ(set_of(task, "CapEff"), kept);
        EXPECT_EQ(set_of(task, "CapPrm"), kept);
        EXPECT_EQ(set_of(task, "CapInh"), Names{});
        EXPECT_EQ(set_of(task, "CapAmb"), Names{});
        if (bounding == Bounding::dropped) {
            EXPECT_EQ(set_of(task, "CapBnd"), kept);
        }
        EXPECT_EQ(status_line(task, "NoNewPrivs"), "1");
    }
    EXPECT_GE(threads, 2) << "the guest's and the one that waits for signals";
}

class RunCapabilities : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(geteuid(), 0U) << "these tests need root"; }

    // The module is compiled anew, so that the engine's own threads are there too.
    void expect_kept(std::vector<std::string> options, const Names& kept, Bounding bounding = Bounding::dropped,
                     std::vector<std::string> wrapper = {}) {
        const Folder folder;
        const std::string module = write_module(folder, sleep, "ready");
        std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
        options.insert(options.begin(), "--no-cache");
        options.push_back(module);
        std::vector<std::string> line = wasm_bpf(options);
        line.insert(line.begin(), wrapper.begin(), wrapper.end());
        Command command(line);
        ASSERT_TRUE(command.wait_for_output("ready")) << command.error();
        expect_only(command.pid(), kept, bounding);
    }
};

// With what the command's default policy implies: packet sockets and kernel symbols.
const Names by_default{"bpf", "perfmon", "net_admin", "net_raw", "syslog"};

Names by_default_and(const Names& more) {
    Names all = by_default;
    all.insert(more.begin(), more.end());
    return all;
}

// A user with these capabilities alone, as from `setcap` or a service's AmbientCapabilities=.
std::vector<std::string> user_with(const std::string& capabilities) {
    return {"setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=-all" + capabilities,
            "--ambient-caps=-all" + capabilities};
}

TEST_F(RunCapabilities, RootKeepsWhatBpfAndThePolicyNeed) { expect_kept({}, by_default); }

TEST_F(RunCapabilities, AHelperThatTheKernelGuardsKeepsItsCapability) {
    expect_kept({"--allow", "bpf_probe_write_user"}, by_default_and({"sys_admin"}));
    expect_kept({"--allow", "bpf_send_signal"}, by_default);
}

TEST_F(RunCapabilities, DirectoriesKeepTheReachOfRoot) {
    expect_kept({"--dir", "/tmp::/tmp:ro"}, by_default_and({"dac_read_search"}));
    expect_kept({"--dir", "/tmp"}, by_default_and({"dac_read_search", "dac_override"}));
}

TEST_F(RunCapabilities, MoreIsKeptByName) {
    expect_kept({"--keep-capability", "CAP_SYS_PTRACE"}, by_default_and({"sys_ptrace"}));
    expect_kept({"--keep-capability", "sys_ptrace", "--keep-capability", "cap_sys_admin"},
                by_default_and({"sys_ptrace", "sys_admin"}));
}

TEST_F(RunCapabilities, AUserKeepsAtMostWhatThereWas) {
    // Only CAP_SETPCAP can drop from the bounding set; no_new_privs makes that set irrelevant.
    expect_kept({}, {"bpf", "perfmon", "net_admin"}, Bounding::as_it_was, user_with(",+bpf,+perfmon,+net_admin"));
    expect_kept({}, {"bpf"}, Bounding::as_it_was, user_with(",+bpf,+sys_ptrace"));
    expect_kept({}, {}, Bounding::as_it_was, user_with(""));
}

TEST_F(RunCapabilities, WhatCannotBeKeptIsNamed) {
    const Folder folder;
    const std::string module = write_module(folder, "");
    const Ran unknown({"--keep-capability", "CAP_NONSENSE", module});
    EXPECT_EQ(unknown.exit_code, 125);
    EXPECT_TRUE(is_line_with(unknown.error, {"--keep-capability", "no capability CAP_NONSENSE"})) << unknown.error;

    chmod(folder.path().c_str(), 0755);
    std::vector<std::string> line = wasm_bpf({"--no-cache", "--keep-capability", "CAP_SYS_ADMIN", module});
    const auto wrapper = user_with(",+bpf");
    line.insert(line.begin(), wrapper.begin(), wrapper.end());
    Command command(line);
    EXPECT_EQ(command.wait(), 121);
    EXPECT_TRUE(is_line_with(command.error(), {"--keep-capability", "lacks CAP_SYS_ADMIN"})) << command.error();
}

TEST_F(RunCapabilities, FilesAreOpenedBeforeTheyGo) {
    // Root's reach into a user's closed folder: the module and the BTF file are named by their paths there.
    const Folder folder;
    const std::string module = write_module(folder, "(call $say)", "ran");
    const std::filesystem::path btf = folder.path() / "vmlinux";
    std::filesystem::copy_file("/sys/kernel/btf/vmlinux", btf);
    ASSERT_EQ(chown(btf.c_str(), 65534, 65534), 0);
    ASSERT_EQ(chmod(btf.c_str(), 0600), 0);
    ASSERT_EQ(chown(module.c_str(), 65534, 65534), 0);
    ASSERT_EQ(chmod(module.c_str(), 0600), 0);
    ASSERT_EQ(chown(folder.path().c_str(), 65534, 65534), 0);
    ASSERT_EQ(chmod(folder.path().c_str(), 0700), 0);
    const Ran ran({"--btf", btf, module});
    EXPECT_EQ(ran.exit_code, 0) << ran.error;
    EXPECT_EQ(ran.output, "ran");
    EXPECT_EQ(ran.error, "");
}

}  // namespace
}  // namespace wasm_bpf::test
