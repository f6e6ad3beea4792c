// `wasm-bpf probe`, compared with what the kernel itself does.

#include <gtest/gtest.h>
#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "run_guests.hpp"

namespace wasm_bpf::test {
namespace {

using nlohmann::json;

json probe(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"probe", "--json"});
    const Ran ran(std::move(arguments));
    EXPECT_EQ(ran.exit_code, 0) << ran.error;
    return json::parse(ran.output, nullptr, false);
}

bool has(const json& rows, const std::string& name) {
    const auto row = std::ranges::find_if(rows, [&](const json& each) { return each["name"] == name; });
    EXPECT_TRUE(row != rows.end()) << name;
    return row != rows.end() && (*row)["there"].get<bool>();
}

TEST(Probe, TellsWhatEveryKernelWithBtfHas) {
    const json kernel = probe({});
    utsname names{};
    uname(&names);
    EXPECT_EQ(kernel["release"], names.release);
    for (const char* type : {"socket_filter", "kprobe", "tracepoint", "xdp", "tracing", "cgroup_skb"})
        EXPECT_TRUE(has(kernel["program_types"], type)) << type;
    for (const char* type : {"hash", "array", "percpu_array", "ringbuf", "sk_storage"})
        EXPECT_TRUE(has(kernel["map_types"], type)) << type;
    EXPECT_TRUE(has(kernel["system"], "BTF"));
    EXPECT_TRUE(has(kernel["privileges"], "CAP_BPF"));
}

TEST(Probe, AgreesWithWhatIsSeenOfThisKernel) {
    const json kernel = probe({});
    EXPECT_EQ(has(kernel["attaching"], "kprobes"),
              std::filesystem::exists("/sys/bus/event_source/devices/kprobe") && has(kernel["system"], "tracefs"));
    EXPECT_EQ(has(kernel["attaching"], "uprobes, USDT"),
              std::filesystem::exists("/sys/bus/event_source/devices/uprobe"));
    // What the example needs, which is attached by the same means.
    const Ran fentry({"check", std::string(TEST_EXAMPLES_DIR) + "/fentry/fentry.wasm"});
    EXPECT_EQ(has(kernel["attaching"], "fentry, fexit"), fentry.exit_code == 0) << fentry.output;
}

TEST(Probe, TellsTheHelpersOfAProgramType) {
    const json kprobe = probe({"--helpers", "kprobe"})["helpers"];
    EXPECT_TRUE(has(kprobe, "bpf_get_current_pid_tgid"));
    EXPECT_FALSE(has(kprobe, "bpf_xdp_adjust_head"));
    const json xdp = probe({"--helpers", "xdp"})["helpers"];
    EXPECT_TRUE(has(xdp, "bpf_xdp_adjust_head"));
    EXPECT_FALSE(has(xdp, "bpf_skb_vlan_push"));
}

TEST(Probe, IsQuickAndFitsTheTerminal) {
    const auto start = std::chrono::steady_clock::now();
    const Ran ran({"probe"});
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_NE(ran.output.find("\nprogram types: "), std::string::npos) << ran.output;
    for (std::size_t at = 0, end; (end = ran.output.find('\n', at)) != ran.output.npos; at = end + 1)
        EXPECT_LE(end - at, 80u) << ran.output.substr(at, end - at);
}

TEST(Probe, SaysWhatItCannotTell) {
    const Ran unknown({"probe", "--helpers", "none"});
    EXPECT_EQ(unknown.exit_code, 125);
    EXPECT_NE(unknown.error.find("there is no program type \"none\": name one of socket_filter, kprobe"),
              std::string::npos)
        << unknown.error;
    EXPECT_EQ(Ran({"probe", "--helpers", "tracing"}).exit_code, 125);
    Command command({"setpriv", "--bounding-set=-all", "--inh-caps=-all", "--reuid=0", TEST_COMMAND, "probe",
                     "--helpers", "kprobe"});
    EXPECT_EQ(command.wait(), 121);
    EXPECT_NE(command.error().find("lacks CAP_BPF and CAP_PERFMON"), std::string::npos) << command.error();
}

}  // namespace
}  // namespace wasm_bpf::test
