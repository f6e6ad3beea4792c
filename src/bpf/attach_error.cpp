#include "bpf/attach_error.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <utility>

#include "bpf/attach_needs.hpp"
#include "bpf/kernel_features.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/perf_event.hpp"
#include "bpf/privilege.hpp"
#include "bpf/section_needs.hpp"
#include "bpf/tc_hook.hpp"
#include "bpf/uprobe_link.hpp"

namespace wasm_bpf::bpf {
namespace {

using Target = const AttachTarget&;

// Kernels without it, or built without it, do not know the place. Others refuse an interface of another kind otherwise.
bool knows_netkit(Target target) {
    struct bpf_prog_query_opts query{};
    query.sz = sizeof(query);
    return bpf_prog_query_opts(target.interface_index, BPF_NETKIT_PRIMARY, &query) != -EINVAL;
}

// What a kind of target needs of the kernel beside the program's type; EINVAL is how an older kernel says that it does
// not know it.
struct Feature {
    AttachKind kind;
    bool (*missing)(Target target);
    const char* name;
    const char* first_kernel;
};
constexpr Feature features[] = {
    {AttachKind::interface_tcx, [](Target t) { return !kernel_has_tcx(t.interface_index); }, "tcx", "6.6"},
    {AttachKind::interface_netkit, [](Target t) { return !knows_netkit(t); },
     "netkit, or was built without CONFIG_NETKIT", "6.7"},
};

// What the kernel says no to although the process may attach programs of that type: the end of the error's text.
std::string what_would_help(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    switch (target.kind) {
        case AttachKind::kprobe:
        case AttachKind::ksyscall:
        case AttachKind::tracepoint:
            return perf_events_take_sys_admin() ? would_help(CAP_SYS_ADMIN, "CAP_SYS_ADMIN") : std::string();
        case AttachKind::uprobe:
            // kernel/events/core.c: perf_uprobe_event_init.
            if (!takes_uprobe_link(attempt.program) && !has_capability(CAP_SYS_ADMIN))
                return would_help(CAP_SYS_ADMIN, "CAP_SYS_ADMIN");
            [[fallthrough]];
        case AttachKind::uprobe_multi:
        case AttachKind::usdt:
            // kernel/ptrace.c: the folders of other users' processes; fs/namei.c: files below others' closed folders.
            if (target.path.starts_with("/proc/") || target.pid > 0)
                return would_help(CAP_SYS_PTRACE, "CAP_SYS_PTRACE");
            return would_help(CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH");
        case AttachKind::network_namespace: return would_help(CAP_SYS_PTRACE, "CAP_SYS_PTRACE");
        // kernel/bpf/syscall.c: BPF_BTF_GET_FD_BY_ID, by which libbpf looks the other program's functions up.
        case AttachKind::freplace: return would_help(CAP_SYS_ADMIN, "CAP_SYS_ADMIN");
        default: return {};
    }
}

// kernel/events/core.c: perf events, probes and tracepoints among them, take no BPF token.
bool is_perf_event(const Attempt& attempt) {
    switch (attempt.target.kind) {
        case AttachKind::kprobe:
        case AttachKind::ksyscall:
        case AttachKind::tracepoint:
        case AttachKind::perf_event: return true;
        case AttachKind::uprobe: return !takes_uprobe_link(attempt.program);
        case AttachKind::usdt: return !kernel_has_uprobe_multi();
        default: return false;
    }
}

// The capability that the kernel said no for; none where it was another reason. In a user namespace of its own a
// process has loaded the program by a token, and shows it again by attaching the program.
std::optional<Error> refused_privilege(const Attempt& attempt) {
    const std::uint32_t type = bpf_program__type(attempt.program);
    const std::string missing = missing_capabilities(type);
    if (missing.empty()) return {};
    if (in_initial_user_namespace()) return missing_privilege(missing);
    if (is_perf_event(attempt))
        return Error{EPERM,
                     "attaching so takes CAP_PERFMON outside of this process's user namespace: a BPF token is not "
                     "enough",
                     ErrorKind::missing_privilege};
    const std::string missing_here = missing_capabilities(type, AskedIn::own_namespace);
    if (!missing_here.empty()) return missing_beside_token(missing_here);
    return {};
}

}  // namespace

Error attach_error(const Attempt& attempt, int error) {
    const int code = plain_errno(error);
    if (code == EPERM || code == EACCES)
        if (auto refused = refused_privilege(attempt)) return std::move(*refused);
    if (const auto need = unmet_need(bpf_program__section_name(attempt.program), code); !need.empty())
        return {code, std::string(need)};
    if (std::string need = unmet_need(attempt.program, attempt.target, code); !need.empty())
        return {code, std::move(need)};
    const auto* const feature = std::ranges::find(features, attempt.target.kind, &Feature::kind);
    if (code == EINVAL && feature != std::end(features) && feature->missing(attempt.target))
        return {code, no_feature(feature->name, feature->first_kernel)};
    std::string text = attempt.messages.explain(error_text(error));
    if (code == EPERM || code == EACCES) text += what_would_help(attempt);
    return {code, std::move(text)};
}

}  // namespace wasm_bpf::bpf
