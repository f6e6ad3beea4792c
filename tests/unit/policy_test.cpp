#include "policy/policy.hpp"

#include <linux/bpf.h>

#include <cerrno>

#include <gtest/gtest.h>

namespace wasm_bpf::policy {
namespace {

constexpr struct {
    std::uint32_t id;
    const char* name;
} guarded[] = {{BPF_FUNC_probe_write_user, "bpf_probe_write_user"},
               {BPF_FUNC_override_return, "bpf_override_return"},
               {BPF_FUNC_send_signal, "bpf_send_signal"},
               {BPF_FUNC_send_signal_thread, "bpf_send_signal_thread"},
               {BPF_FUNC_sys_bpf, "bpf_sys_bpf"},
               {BPF_FUNC_sys_close, "bpf_sys_close"}};

TEST(Policy, DeniesWhatAltersOthersAndNamesTheWayToAllowIt) {
    for (const auto& helper : guarded) {
        const auto denied = Policy::command_default().check_helper(helper.id);
        ASSERT_FALSE(denied) << helper.name;
        EXPECT_EQ(denied.error().kind, ErrorKind::denied);
        EXPECT_NE(denied.error().message.find(std::string("--allow ") + helper.name), std::string::npos)
            << denied.error().message;
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

TEST(Policy, NamesTheRulesWhereOneIsUnknown) {
    const auto unknown = Policy::command_default().allow("bpf_send_sgnal");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().errno_code, EINVAL);
    for (const auto& helper : guarded)
        EXPECT_NE(unknown.error().message.find(helper.name), std::string::npos) << helper.name;
}

}  // namespace
}  // namespace wasm_bpf::policy
