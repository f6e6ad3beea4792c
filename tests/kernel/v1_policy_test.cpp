// What the policy denies and allows, by a guest on the running kernel: the rows of policy_rows.hpp.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>

#include "kernel/policy_rows.hpp"
#include "support/cgroup2.hpp"
#include "v1_guest.hpp"

// The function that a guest's uprobe is attached to.
extern "C" __attribute__((noinline, used)) void policy_test_function() { asm volatile(""); }

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

// What the rows' words in capitals stand for.
class Places {
public:
    Places() {
        fs::create_directory(cgroup_);
        fs::create_directories(folder_);
        std::ofstream(folder_ / "file") << "x";
    }
    ~Places() {
        std::error_code ignored;
        fs::remove(cgroup_, ignored);
        fs::remove_all(folder_, ignored);
    }

    [[nodiscard]] std::vector<std::string> words(std::string_view text) const {
        std::string all(text);
        const std::pair<std::string_view, std::string> meanings[] = {
            {"CGROUP", cgroup_}, {"BINARY", fs::canonical("/proc/self/exe")}, {"FOLDER", folder_}};
        for (const auto& [word, meaning] : meanings)
            for (std::size_t at; (at = all.find(word)) != all.npos;) all.replace(at, word.size(), meaning);
        std::istringstream stream(all);
        return {std::istream_iterator<std::string>(stream), {}};
    }

private:
    const fs::path cgroup_ = fs::path(cgroup2_root()) / fmt::format("wasm_bpf_policy_{}", getpid());
    const fs::path folder_ = fs::temp_directory_path() / fmt::format("wasm_bpf_policy_{}", getpid());
};

class PolicyRows : public testing::TestWithParam<PolicyRow> {
protected:
    Places places;
    const PolicyRow& row = GetParam();
    [[nodiscard]] std::vector<std::string> line(std::string_view options) const {
        // In a network namespace of its own.
        std::vector<std::string> line = {"unshare", "--net"};
        for (std::string& word : v1_guest("policy", places.words(row.action), places.words(options)))
            line.push_back(std::move(word));
        return line;
    }
};

TEST_P(PolicyRows, Denies) {
    Command guest(line(row.denied));
    EXPECT_EQ(guest.wait(), row.denied_exit) << guest.error();
    if (row.denied_exit != 122) return;
    const std::string rule = fmt::format("denied by the policy: {}: ", row.rule);
    EXPECT_NE(guest.error().find(rule), std::string::npos) << guest.error();
    EXPECT_NE(guest.error().find(fmt::format("allow it with --allow {}", row.rule)), std::string::npos)
        << guest.error();
}

TEST_P(PolicyRows, Allows) {
    Command guest(line(row.allowed));
    const int exit_code = guest.wait();
    if (row.where == PolicyRow::elsewhere) {
        // The kernel has the last word.
        EXPECT_NE(exit_code, 122) << guest.error();
        EXPECT_EQ(guest.error().find("denied by the policy"), std::string::npos) << guest.error();
    } else {
        EXPECT_EQ(exit_code, row.allowed_exit) << guest.error();
    }
}

std::string name_of(const testing::TestParamInfo<PolicyRow>& info) {
    std::string name(info.param.rule);
    for (char& c : name)
        if (c == '.') c = '_';
    return name;
}
INSTANTIATE_TEST_SUITE_P(Each, PolicyRows, testing::ValuesIn(policy_rows().begin(), policy_rows().end()), name_of);

TEST(Policy, GivesTheRoomOfClosedMapsBack) {
    expect_passes("policy", {"remake_map", "20"}, {"--allow", "maps.count=1"});
}

TEST(Policy, KnowsTheHostsNetworkNamespaceByAnyName) {
    Command guest(
        v1_guest("policy", {"attach_netns", "/proc/self/ns/net"}, {"--deny", "attach.network_namespaces=self"}));
    EXPECT_EQ(guest.wait(), 122) << guest.error();
}

TEST(Policy, MayFailTheCallInsteadOfEndingTheGuest) {
    const Places places;
    const std::string file = places.words("FOLDER").front() + "/policy.toml";
    std::ofstream(file) << "base = \"command\"\non_denial = \"fail\"\nprograms = { deny = [\"xdp\"] }\n";
    Command guest(v1_guest("policy", {"load", "on_xdp"}, {"--policy", file}));
    EXPECT_EQ(guest.wait(), 1) << "the guest saw the call fail, and said so";
    EXPECT_NE(guest.error().find("denied by the policy: programs: "), std::string::npos) << guest.error();
    EXPECT_NE(guest.error().find("policy.c"), std::string::npos) << guest.error();
}

TEST(Policy, FileAndFlagsGoTogether) {
    const Places places;
    const std::string file = places.words("FOLDER").front() + "/policy.toml";
    std::ofstream(file) << "programs = [\"tracepoint\"]\nattach.kinds = [\"tracepoint\"]\n";
    Command denied(v1_guest("policy", {"attach", "on_tracepoint"}, {"--policy", file}));
    EXPECT_EQ(denied.wait(), 122) << denied.error();
    EXPECT_NE(denied.error().find("attach.tracepoints"), std::string::npos) << denied.error();
    expect_passes("policy", {"attach", "on_tracepoint"},
                  {"--allow", "attach.tracepoints=syscalls/*", "--policy", file});
}

}  // namespace
}  // namespace wasm_bpf::test
