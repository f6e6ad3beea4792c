#include "bpf/attach_error.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "bpf/kernel_features.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/privilege.hpp"
#include "bpf/section_needs.hpp"
#include "bpf/tc_hook.hpp"

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

}  // namespace

Error attach_error(const Attempt& attempt, int error) {
    const int code = plain_errno(error);
    if (code == EPERM || code == EACCES) {
        const std::string missing = missing_capabilities(bpf_program__type(attempt.program));
        if (!missing.empty()) return missing_privilege(missing);
    }
    if (const auto need = unmet_need(bpf_program__section_name(attempt.program), code); !need.empty())
        return {code, std::string(need)};
    const auto* const feature = std::ranges::find(features, attempt.target.kind, &Feature::kind);
    if (code == EINVAL && feature != std::end(features) && feature->missing(attempt.target))
        return {code, no_feature(feature->name, feature->first_kernel)};
    return {code, attempt.messages.explain(error_text(error))};
}

}  // namespace wasm_bpf::bpf
