// What the process or the policy forbids. The guest is written and built as a user would.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "cli/run_guests.hpp"

namespace wasm_bpf::test {
namespace {

constexpr std::string_view bpf_source = R"(#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("SECTION") int on_call(void *context) { return HELPER; }
char LICENSE[] SEC("license") = "GPL";
)";
constexpr std::string_view guest_source = R"(#include <stdio.h>
#include "tool.skel.h"
int main(int argc, char **argv) {
    (void)argv;
    struct tool_bpf *skeleton = tool_bpf__open_and_load();
    if (!skeleton) return 1;
    if (argc > 1 && tool_bpf__attach(skeleton) != 0) return 2;
    puts(argc > 1 ? "attached" : "loaded");
    tool_bpf__destroy(skeleton);
    return 0;
}
)";

// Builds a tool whose program, for the section, calls `helper`. It attaches it too where it has an argument.
std::string build(const Folder& folder, std::string_view helper,
                  std::string_view section = "tracepoint/syscalls/sys_enter_getpgid") {
    std::string source(bpf_source);
    source.replace(source.find("HELPER"), 6, helper);
    source.replace(source.find("SECTION"), 7, section);
    folder.write("tool.bpf.c", source);
    folder.write("tool.c", guest_source);
    const std::string module = folder.path() / "tool.wasm";
    const Ran built({"build", folder.path(), "-o", module});
    EXPECT_EQ(built.exit_code, 0) << built.error;
    return module;
}

TEST(RunPrivilege, ThatIsMissingIsNamed) {
    const Folder folder;
    const std::string module = build(folder, "bpf_get_smp_processor_id()");
    chmod(folder.path().c_str(), 0755);
    chmod(module.c_str(), 0644);
    std::vector<std::string> line = wasm_bpf({"--no-cache", module});
    if (geteuid() == 0)
        line.insert(line.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all",
                                   "--bounding-set=-all"});
    Command command(line);
    EXPECT_EQ(command.wait(), 121);
    EXPECT_TRUE(is_line_with(command.error(), {"CAP_BPF", "sudo"})) << command.error();
    EXPECT_EQ(command.output(), "");
}

// Runs a tool as a user with the three capabilities of BPF alone.
void run_with_three(const std::string& module, int exit_code, const std::string& output,
                    std::vector<std::string> parts_of_error) {
    std::filesystem::permissions(std::filesystem::path(module).parent_path(), std::filesystem::perms(0755));
    std::vector<std::string> line = wasm_bpf({"--no-cache", module, "attach"});
    line.insert(line.begin(),
                {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                 "--inh-caps=-all,+bpf,+perfmon,+net_admin", "--ambient-caps=-all,+bpf,+perfmon,+net_admin"});
    Command command(line);
    EXPECT_EQ(command.wait(), exit_code) << command.error();
    EXPECT_EQ(command.output(), output);
    for (const std::string& part : parts_of_error)
        EXPECT_NE(command.error().find(part), std::string::npos) << command.error();
}

TEST(RunPrivilege, ThreeCapabilitiesLoadAndAttach) {
    ASSERT_EQ(geteuid(), 0U) << "this test needs root";
    const Folder folder;
    run_with_three(build(folder, "bpf_get_smp_processor_id()", "raw_tracepoint/sys_enter"), 0, "attached\n", {});
}

TEST(RunPrivilege, TracefsThatIsClosedToTheUserIsNamed) {
    ASSERT_EQ(geteuid(), 0U) << "this test needs root";
    struct stat tracefs{};
    ASSERT_EQ(stat("/sys/kernel/tracing", &tracefs), 0);
    const Folder folder;
    const std::string module = build(folder, "bpf_get_smp_processor_id()");
    if ((tracefs.st_mode & S_IXOTH) != 0) return run_with_three(module, 0, "attached\n", {});
    run_with_three(module, 2, "", {"tracefs is not readable", "remount,gid=GROUP", "CAP_DAC_READ_SEARCH"});
}

TEST(RunPolicy, DenialNamesTheRuleAndTheWayToAllowIt) {
    const Folder folder;
    const std::string module = build(folder, "bpf_send_signal(9)");
    const Ran denied({"--no-cache", module});
    EXPECT_EQ(denied.exit_code, 122);
    EXPECT_TRUE(is_line_with(denied.error, {"on_call", "denied by the policy", "--allow helpers=bpf_send_signal"}))
        << denied.error;
    const Ran allowed({"--no-cache", "--allow", "bpf_send_signal", module});
    if (geteuid() == 0) {
        EXPECT_EQ(allowed.exit_code, 0) << allowed.error;
        EXPECT_EQ(allowed.output, "loaded\n");
    } else {
        EXPECT_EQ(allowed.exit_code, 121) << "past the policy, to the kernel";
    }
}

}  // namespace
}  // namespace wasm_bpf::test
