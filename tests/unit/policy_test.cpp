#include "policy/policy.hpp"

#include <linux/bpf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "bpf/attach_targets.hpp"
#include "kernel/policy_rows.hpp"
#include "policy/attach_kinds.hpp"
#include "policy/kernel_names.hpp"
#include "policy/patterns.hpp"
#include "policy/quantities.hpp"
#include "policy/resolved_path.hpp"

namespace wasm_bpf::policy {
namespace {

std::uint32_t helper_id(std::string_view name) {
    const auto names = helpers();
    return static_cast<std::uint32_t>(std::ranges::find(names, name) - names.begin());
}

Result<> check_guarded(const Policy& policy, const Guarded& item) {
    return item.rule == RuleId::helpers ? policy.check_helper(helper_id(item.name)) : policy.check_kfunc(item.name);
}

TEST(Policy, DeniesWhatAltersOthersAndNamesTheWayToAllowIt) {
    for (const Guarded& item : guarded()) {
        const auto denied = check_guarded(Policy::command_default(), item);
        ASSERT_FALSE(denied) << item.name;
        EXPECT_EQ(denied.error().kind, ErrorKind::denied);
        const std::string way = fmt::format("--allow {}={}", rule(item.rule).name, item.name);
        EXPECT_NE(denied.error().message.find(way), std::string::npos) << denied.error().message;
        EXPECT_NE(denied.error().message.find(item.effect), std::string::npos) << denied.error().message;
        Policy policy = Policy::command_default();
        EXPECT_TRUE(policy.allow(way.substr(8)));
        EXPECT_TRUE(check_guarded(policy, item)) << item.name;
        Policy by_name = Policy::command_default();
        EXPECT_TRUE(by_name.allow(item.name));
        EXPECT_TRUE(check_guarded(by_name, item)) << item.name;
    }
}

TEST(Policy, AllowsWhatIsNamedAndNothingElse) {
    Policy policy = Policy::command_default();
    ASSERT_TRUE(policy.allow("bpf_send_signal"));
    EXPECT_TRUE(policy.check_helper(BPF_FUNC_send_signal));
    EXPECT_FALSE(policy.check_helper(BPF_FUNC_send_signal_thread));
    EXPECT_TRUE(policy.allow("bpf_send_signal")) << "twice does no harm";
}

TEST(Policy, LetsToolsTraceAndCount) {
    for (const std::uint32_t id :
         {BPF_FUNC_map_lookup_elem, BPF_FUNC_ringbuf_output, BPF_FUNC_probe_read_kernel, BPF_FUNC_redirect})
        EXPECT_TRUE(Policy::command_default().check_helper(id)) << id;
}

TEST(Policy, CallsOfNoHelperAtAllAreNotItsBusiness) {
    EXPECT_TRUE(Policy().check_helper(0xbad2310)) << "libbpf's mark for what this kernel does not have";
    EXPECT_FALSE(Policy().check_helper(250)) << "a helper younger than this program";
}

TEST(Policy, EmptyOneDeniesEverythingThatCanBeDenied) {
    const Policy nothing;
    const Result<> asked[] = {
        nothing.check_program_type(BPF_PROG_TYPE_XDP),
        nothing.check_helper(BPF_FUNC_map_lookup_elem),
        nothing.check_kfunc("bpf_rcu_read_lock"),
        nothing.check_map(BPF_MAP_TYPE_HASH, 1),
        nothing.check_attach({.kind = "netfilter"}),
        nothing.check_attach({.kind = "xdp", .interface = "lo"}),
        nothing.check_perf_event({.type = 0}),
        nothing.check_kernel_symbols(),
        nothing.check_socket(17, 3),
        nothing.check_pin("/sys/fs/bpf/x"),
        nothing.check_read("/sys/kernel/btf/vmlinux"),
    };
    for (const auto& answer : asked) {
        ASSERT_FALSE(answer) << &answer - asked;
        EXPECT_EQ(answer.error().kind, ErrorKind::denied);
        EXPECT_EQ(answer.error().errno_code, EPERM);
    }
    EXPECT_TRUE(nothing.grants(RuleId::directories).empty());
}

TEST(Policy, PartsOfAPlaceAreAskedByThemselves) {
    const AttachPlace place{.kind = "xdp", .interface = "eth0"};
    Policy policy;
    ASSERT_TRUE(policy.allow("attach.kinds=xdp"));
    const auto denied = policy.check_attach(place);
    ASSERT_FALSE(denied);
    EXPECT_EQ(denied.error().message,
              "denied by the policy: attach.interfaces: xdp on \"eth0\"; allow it with --allow attach.interfaces=eth0");
    ASSERT_TRUE(policy.allow("attach.interfaces=eth*"));
    EXPECT_TRUE(policy.check_attach(place));
    EXPECT_FALSE(policy.check_attach({.kind = "tcx", .interface = "eth0"}));
    EXPECT_FALSE(policy.check_attach({.kind = "xdp", .interface = "lo"}));
    EXPECT_FALSE(policy.check_attach({.kind = "xdp"})) << "no interface is any interface";
    EXPECT_FALSE(Policy::command_default().check_attach({.kind = "something new"}));
}

TEST(Policy, WhatIsNotANameCountsAsAny) {
    Policy policy = Policy::command_default();
    EXPECT_TRUE(policy.check_attach({.kind = "kprobe", .function = "0xffffffff81000000"}));
    ASSERT_TRUE(policy.deny("attach.kernel_functions=do_exit"));
    EXPECT_TRUE(policy.check_attach({.kind = "kprobe", .function = "do_exit2"}));
    for (const char* function : {"do_exit", "do_*", "*", "", "do_fork+0x4000", "0xffffffff81000000", "vmlinux:do_exit"})
        EXPECT_FALSE(policy.check_attach({.kind = "kprobe_multi", .function = function})) << function;
#ifdef __x86_64__
    ASSERT_TRUE(policy.deny("attach.kernel_functions=__x64_sys_ptrace"));
    EXPECT_FALSE(policy.check_attach({.kind = "ksyscall", .function = "ptrace"}));
    EXPECT_TRUE(policy.check_attach({.kind = "ksyscall", .function = "openat"}));
#endif
}

TEST(Policy, WhatIsSaidLastDecides) {
    Policy policy = Policy::command_default();
    ASSERT_TRUE(policy.deny("attach.interfaces"));
    ASSERT_TRUE(policy.allow("attach.interfaces=eth0,eth1"));
    EXPECT_TRUE(policy.check_attach({.kind = "tc", .interface = "eth1"}));
    EXPECT_FALSE(policy.check_attach({.kind = "tc", .interface = "eth2"}));
    ASSERT_TRUE(policy.deny("attach.interfaces=eth1"));
    EXPECT_FALSE(policy.check_attach({.kind = "tc", .interface = "eth1"}));
    ASSERT_TRUE(policy.deny("all"));
    EXPECT_FALSE(policy.check_program_type(BPF_PROG_TYPE_XDP));
    ASSERT_TRUE(policy.allow("all"));
    EXPECT_TRUE(policy.check_helper(BPF_FUNC_sys_bpf));
    EXPECT_TRUE(policy.check_pin("/sys/fs/bpf/x"));
}

TEST(Policy, LimitsCountToTheLast) {
    Policy policy;
    ASSERT_TRUE(policy.allow("maps.count=2"));
    ASSERT_TRUE(policy.allow("maps.bytes=1MB"));
    ASSERT_TRUE(policy.allow("maps.bytes_each=64KB"));
    ASSERT_TRUE(policy.allow("maps.types=hash"));
    EXPECT_TRUE(policy.check_map(BPF_MAP_TYPE_HASH, 65536));
    const auto large = policy.check_map(BPF_MAP_TYPE_HASH, 65537);
    ASSERT_FALSE(large);
    EXPECT_NE(large.error().message.find("--allow maps.bytes_each=65KB"), std::string::npos) << large.error().message;
    EXPECT_TRUE(policy.check_map_total(2, 1 << 20));
    EXPECT_FALSE(policy.check_map_total(3, 0));
    EXPECT_FALSE(policy.check_map_total(1, UINT64_MAX));
    ASSERT_TRUE(policy.allow("maps.bytes=unlimited"));
    EXPECT_TRUE(policy.check_map_total(1, UINT64_MAX));
    EXPECT_FALSE(Policy().time());
    ASSERT_TRUE(policy.allow("time=1.5s"));
    EXPECT_EQ(policy.time()->count(), 1500);
}

TEST(Policy, MistakesAreSaidWithWhatThereIs) {
    const struct {
        const char* text;
        const char* said;
    } mistakes[] = {
        {"bpf_send_sgnal", "there is no rule"},
        {"", "there is no rule"},
        {"attach.interface=eth0", "did you mean \"attach.interfaces\"?"},
        {"maps.types=rinbuf", "did you mean \"ringbuf\"?"},
        {"helpers=bpf_nothing_like_it_*", "there is no"},
        {"programs=", "a value is empty"},
        {"programs=xdp,", "a value is empty"},
        {"sockets=bluetooth", "inet6, packet"},
        {"maps.count", "is a limit"},
        {"maps.count=-1", "a number"},
        {"maps.count=1MB", "a number"},
        {"maps.bytes=lots", "a size as 64MB"},
        {"time=0", "more than 0"},
        {"time=tomorrow", "30s"},
        {"memory=5GB", "at most 4GB"},
        {"handles=70000", "at most 65535"},
        {"kernel_symbols=yes", "takes no value"},
        {"directories", "say which"},
    };
    for (const auto& [text, said] : mistakes) {
        Policy policy = Policy::command_default();
        const auto wrong = policy.allow(text);
        ASSERT_FALSE(wrong) << text;
        EXPECT_EQ(wrong.error().errno_code, EINVAL);
        EXPECT_NE(wrong.error().message.find(said), std::string::npos) << wrong.error().message;
        EXPECT_TRUE(wrong.error().message.starts_with(fmt::format("--allow {}", text))) << wrong.error().message;
    }
    Policy policy;
    EXPECT_FALSE(policy.deny("maps.bytes"));
    EXPECT_FALSE(policy.deny("environment=HOME"));
    EXPECT_TRUE(policy.deny("environment"));
}

TEST(Policy, PathsAreResolvedAsTheKernelDoes) {
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("wasm_bpf_policy_{}", getpid());
    std::filesystem::create_directories(folder / "allowed");
    std::filesystem::create_directories(folder / "other");
    std::filesystem::create_symlink(folder / "other", folder / "allowed" / "link");
    std::filesystem::create_symlink(folder / "allowed", folder / "alias");
    std::filesystem::create_symlink("loop", folder / "loop");
    const std::string base = folder.string();
    const auto allows = [&](const std::string& rule, const std::string& path) {
        Policy policy;
        EXPECT_TRUE(policy.allow("pins=" + rule));
        return policy.check_pin(path).has_value();
    };
    EXPECT_TRUE(allows(base + "/allowed/*", base + "/allowed/new"));
    EXPECT_TRUE(allows(base + "/allowed/*", base + "/alias/new")) << "leads there";
    EXPECT_TRUE(allows(base + "/alias/*", base + "/allowed/new")) << "the rule leads there";
    EXPECT_TRUE(allows(base + "/allowed/*", base + "/other/../allowed/./new"));
    EXPECT_FALSE(allows(base + "/allowed/*", base + "/allowed/link/new")) << "leads elsewhere";
    EXPECT_FALSE(allows(base + "/allowed/*", base + "/allowed/../other/new"));
    EXPECT_FALSE(allows(base + "/allowed/*", base + "/allowed/deep/new")) << "* is no folder";
    EXPECT_TRUE(allows(base + "/allowed/**", base + "/allowed/deep/new"));
    EXPECT_FALSE(allows(base + "/**", base + "/loop/x"));
    EXPECT_FALSE(allows("**", std::string("/a\0b", 4))) << "the kernel would see /a";

    // /proc's links lead to places that have no path here.
    EXPECT_FALSE(allows("/usr/bin/env", "/proc/self/root/usr/bin/env"));
    EXPECT_TRUE(allows("/proc/*/root/**", "/proc/self/root/usr/bin/env"));
    EXPECT_FALSE(allows("/proc/self/**", "/proc/self/root/../x")) << "cannot be told";
    Policy denies = Policy::command_default();
    ASSERT_TRUE(denies.deny("attach.binaries=/usr/bin/env"));
    EXPECT_FALSE(denies.check_attach({.kind = "uprobe", .function = "main", .binary = "/proc/self/root/usr/bin/env"}));
    EXPECT_FALSE(denies.check_attach({.kind = "uprobe", .function = "main", .binary = "env"})) << "found by PATH";
    EXPECT_TRUE(denies.check_attach({.kind = "uprobe", .function = "main", .binary = "/usr/bin/id"}));
    std::filesystem::remove_all(folder);
}

TEST(PolicyPatterns, CoverAndOverlap) {
    const struct {
        const char* pattern;
        const char* asked;
        bool covers;
        bool overlaps;
    } cases[] = {
        {"eth0", "eth0", true, true},
        {"eth0", "eth1", false, false},
        {"eth*", "eth", true, true},
        {"eth?", "eth", false, false},
        {"eth?", "eth*", false, true},
        {"*", "", true, true},
        {"", "", true, true},
        {"", "*", false, true},
        {"tcp_*", "tcp_v4_*", true, true},
        {"tcp_v4_*", "tcp_*", false, true},
        {"*_exit", "do_*", false, true},
        {"*_exit", "do_fork", false, false},
        {"a?c", "a?c", true, true},
        {"a?c", "abc", true, true},
        {"abc", "a?c", false, true},
        {"a*b*c", "aXbYc", true, true},
        {"a*b*c", "a*c", false, true},
        {"x*", "*x", false, true},
        {"a*", "b*", false, false},
        {"**", "*", true, true},
        {"?", "*", false, true},
        {"*a", "*b", false, false},
        {"a*a", "a", false, false},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(covers(each.pattern, each.asked), each.covers) << each.pattern << " " << each.asked;
        EXPECT_EQ(overlaps(each.pattern, each.asked), each.overlaps) << each.pattern << " " << each.asked;
        EXPECT_EQ(overlaps(each.asked, each.pattern), each.overlaps) << each.asked << " " << each.pattern;
    }
    EXPECT_TRUE(matches_path("/a/*", "/a/b"));
    EXPECT_FALSE(matches_path("/a/*", "/a/b/c"));
    EXPECT_TRUE(matches_path("/a/**", "/a/b/c"));
    EXPECT_FALSE(matches_path("/a?b", "/a/b"));
    EXPECT_FALSE(matches_path("/a/b", "/a/*")) << "a path's own star is a character";
}

TEST(PolicyQuantities, AreReadAndShown) {
    EXPECT_EQ(read_bytes("64MB"), 64u << 20);
    EXPECT_EQ(read_bytes("1.5KiB"), 1536u);
    EXPECT_EQ(read_bytes("7"), 7u);
    EXPECT_EQ(read_bytes("unlimited"), unlimited);
    EXPECT_EQ(read_milliseconds("2"), 2000u);
    EXPECT_EQ(read_milliseconds("1.5s"), 1500u);
    EXPECT_EQ(read_milliseconds("250ms"), 250u);
    EXPECT_EQ(read_milliseconds(".5"), 500u);
    EXPECT_EQ(read_milliseconds("1.1"), 1100u);
    EXPECT_EQ(read_milliseconds("0.57m"), 34'200u);
    EXPECT_EQ(read_milliseconds("1.0000001"), 1001u) << "rounded up";
    EXPECT_EQ(read_bytes("2.000000000000000000000GB"), 2ull << 30);
    EXPECT_EQ(read_bytes("9000000000000000000"), 9'000'000'000'000'000'000u);
    EXPECT_EQ(read_count("17"), 17u);
    for (const char* wrong : {"", "MB", "-1", "1 MB", "1e9", "inf", "nan", "99999999TB", "0x10", "1MBs", ".", ".B",
                              "1..5", "9000000000000000001", "99999999999999999999"})
        EXPECT_FALSE(read_bytes(wrong)) << wrong;
    for (const std::uint64_t bytes : {0ull, 1ull, 1023ull, 1025ull, 65537ull, 1ull << 30, (1ull << 30) + 1, 1ull << 50})
        EXPECT_GE(read_bytes(bytes_text(bytes)), bytes) << bytes_text(bytes);
}

TEST(PolicyFile, SaysWhatMayBeDone) {
    auto policy = Policy::parse(R"(
base = "command"
kernel_symbols = false
pins = ["/sys/fs/bpf/mine/*"]
directories = ["/var/log::/log:ro"]
memory = "64MB"
time = 1.5
[attach]
interfaces = ["eth0", "veth*"]
kinds = { deny = ["netfilter"] }
[helpers]
allow = ["bpf_send_signal"]
deny = ["bpf_probe_read_*"]
[maps]
count = 3
bytes = "1MB"
types = { deny = ["arena"] }
)",
                                "p.toml");
    ASSERT_TRUE(policy) << policy.error().message;
    EXPECT_FALSE(policy->check_kernel_symbols());
    EXPECT_TRUE(policy->check_pin("/sys/fs/bpf/mine/x"));
    EXPECT_FALSE(policy->check_attach({.kind = "tc", .interface = "lo"})) << "a list is these and no others";
    EXPECT_TRUE(policy->check_attach({.kind = "tc", .interface = "veth1"}));
    EXPECT_FALSE(policy->check_attach({.kind = "netfilter"}));
    EXPECT_TRUE(policy->check_attach({.kind = "kprobe", .function = "do_exit"})) << "as the base has it";
    EXPECT_TRUE(policy->check_helper(BPF_FUNC_send_signal));
    EXPECT_FALSE(policy->check_helper(BPF_FUNC_send_signal_thread));
    EXPECT_FALSE(policy->check_helper(BPF_FUNC_probe_read_kernel));
    EXPECT_EQ(policy->limit(RuleId::memory), 64u << 20);
    EXPECT_EQ(policy->time()->count(), 1500);
    EXPECT_EQ(policy->limit(RuleId::map_count), 3u);
    EXPECT_FALSE(policy->check_map(33, 1));
    EXPECT_EQ(policy->grants(RuleId::directories), std::vector<std::string>{"/var/log::/log:ro"});
}

TEST(PolicyFile, WithoutABaseDeniesAllThatItDoesNotAllow) {
    auto policy = Policy::parse("programs = [\"xdp\"]\non_denial = \"fail\"\n", "p.toml");
    ASSERT_TRUE(policy) << policy.error().message;
    EXPECT_TRUE(policy->check_program_type(BPF_PROG_TYPE_XDP));
    EXPECT_FALSE(policy->check_program_type(BPF_PROG_TYPE_KPROBE));
    EXPECT_FALSE(policy->check_helper(BPF_FUNC_map_lookup_elem));
    EXPECT_EQ(policy->on_denial(), Policy::OnDenial::fail_call);
    EXPECT_TRUE(Policy::parse("", "p.toml"));
}

TEST(PolicyFile, MistakesAreSaidWithTheirPlace) {
    const struct {
        const char* text;
        const char* place;
        const char* said;
    } mistakes[] = {
        {"programs = [", "p.toml:1:13: ", ""},
        {"\n  progams = []", "p.toml:2:3: ", "did you mean \"programs\"?"},
        {"[attach]\nkind = []", "p.toml:2:1: ", "did you mean \"attach.kinds\"?"},
        {"[helpers]\nalow = []", "p.toml:2:1: ", "there are allow and deny"},
        {"base = \"everything\"", "p.toml:1:8: ", "\"command\" or \"deny\""},
        {"base = 1", "p.toml:1:8: ", "\"command\" or \"deny\""},
        {"on_denial = true", "p.toml:1:13: ", "\"end\" or \"fail\""},
        {"programs = \"xdp\"", "p.toml:1:12: ", "a list"},
        {"programs = [\"xdp\", 1]", "p.toml:1:20: ", "takes texts, not a whole number"},
        {"programs = [\"xdb\"]", "p.toml:1:13: ", "did you mean \"xdp\"?"},
        {"programs = { allow = \"xdp\" }", "p.toml:1:22: ", "a list of texts, not a text"},
        {"programs = { allow = [\"xdp\"], deny = [\"xdp\"] }", "p.toml:1:39: ", "both allowed and denied"},
        {"attach = 1", "p.toml:1:10: ", "a group of rules"},
        {"kernel_symbols = \"yes\"", "p.toml:1:18: ", "true or false"},
        {"maps.count = \"many\"", "p.toml:1:14: ", "a number"},
        {"maps.count = 1.5", "p.toml:1:14: ", "a number"},
        {"maps.count = -1", "p.toml:1:14: ", "a number"},
        {"maps = { bytes = \"1KB\", bytes_each = \"1MB\" }", "p.toml:1:38: ", "more than maps.bytes"},
        {"time = 1979-05-27", "p.toml:1:8: ", "not a date or time"},
        {"directories = \"/\"", "p.toml:1:15: ", "a list of texts"},
        {"programs = []\nprograms = []", "p.toml:2:12: ", ""},
    };
    for (const auto& [text, place, said] : mistakes) {
        const auto wrong = Policy::parse(text, "p.toml");
        ASSERT_FALSE(wrong) << text;
        EXPECT_EQ(wrong.error().errno_code, EINVAL);
        EXPECT_TRUE(wrong.error().message.starts_with(place)) << text << "\n" << wrong.error().message;
        EXPECT_NE(wrong.error().message.find(said), std::string::npos) << wrong.error().message;
        EXPECT_EQ(wrong.error().message.find('\n'), std::string::npos) << wrong.error().message;
    }
    EXPECT_FALSE(Policy::read("/nonexistent.toml"));
    EXPECT_FALSE(Policy::read("/"));
}

TEST(PolicyRules, EachHasATestThatIsDeniedAndOneThatIsAllowed) {
    std::set<std::string_view> tested;
    for (const test::PolicyRow& row : test::policy_rows()) {
        EXPECT_NE(find_rule(row.rule), nullptr) << row.rule;
        tested.insert(row.rule);
    }
    for (const Rule& rule : rules())
        EXPECT_TRUE(tested.contains(rule.name)) << rule.name << ": tests/kernel/policy_rows.hpp";
}

TEST(PolicyRules, AreDocumentedAsTheyAre) {
    std::ifstream file(TEST_SOURCE_DIR "/docs/policy.md");
    const std::string text{std::istreambuf_iterator(file), {}};
    EXPECT_NE(text.find(rules_markdown()), std::string::npos) << "docs/policy.md should have:\n" << rules_markdown();
    EXPECT_NE(text.find(guarded_markdown()), std::string::npos) << "docs/policy.md should have:\n"
                                                                << guarded_markdown();
}

TEST(PolicyRules, ExampleValuesAreValues) {
    for (const Rule& rule : rules()) {
        if (rule.example.empty()) continue;
        Policy policy;
        EXPECT_TRUE(policy.allow(fmt::format("{}={}", rule.name, rule.example))) << rule.name;
    }
}

TEST(PolicyRules, KnowEveryKindOfAttachment) {
    using bpf::AttachKind;
    for (std::uint32_t number = 0; number <= static_cast<std::uint32_t>(AttachKind::route); number++) {
        const auto kind = static_cast<AttachKind>(number);
        if (kind == AttachKind::automatic || kind == AttachKind::by_section) continue;
        const auto name = bpf::attach_kind_name(kind);
        EXPECT_NE(find_attach_kind(name), nullptr) << number << " " << name;
    }
    // What a program that attaches by BTF is called instead.
    for (const char* name : {"fentry", "fexit", "fmod_ret", "fsession", "tp_btf", "lsm", "lsm_cgroup", "trace"})
        EXPECT_NE(find_attach_kind(name), nullptr) << name;
}

TEST(PolicyAttach, AHookInACgroupIsAskedByBoth) {
    Policy policy;
    const AttachPlace place{.kind = "lsm_cgroup", .function = "socket_bind", .cgroup = "/sys/fs/cgroup/a"};
    EXPECT_TRUE(policy.allow("attach.kinds=lsm_cgroup"));
    EXPECT_TRUE(policy.allow("attach.lsm_hooks=socket_*"));
    EXPECT_FALSE(policy.check_attach(place));
    EXPECT_TRUE(policy.allow("attach.cgroups=/sys/fs/cgroup/*"));
    EXPECT_TRUE(policy.check_attach(place));
    EXPECT_TRUE(policy.deny("attach.lsm_hooks=socket_bind"));
    EXPECT_FALSE(policy.check_attach(place));
}

// toml++ 3.3 has undefined behaviour there; found by fuzzing.
TEST(PolicyFile, HasOtherCharactersByNumberAlone) {
    EXPECT_TRUE(Policy::parse("pins = [\"/\\u00e9\"]", "p.toml"));
    for (const char* wrong :
         {"\u00e9", "# \u00e9", "pins = [\"/\u00e9\"]", "\xef\xbb\x9f R", "_=4'\u04a7'", "'#'=\u00e9"}) {
        const auto policy = Policy::parse(std::string("\n") + wrong, "p.toml");
        ASSERT_FALSE(policy) << wrong;
        EXPECT_TRUE(policy.error().message.starts_with("p.toml:2:")) << policy.error().message;
        EXPECT_NE(policy.error().message.find("\\uXXXX"), std::string::npos) << policy.error().message;
    }
}

}  // namespace
}  // namespace wasm_bpf::policy
