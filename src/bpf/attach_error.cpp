#include "bpf/attach_error.hpp"

#include <bpf/libbpf.h>

#include <cerrno>

#include "bpf/kernel_features.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/privilege.hpp"
#include "bpf/section_needs.hpp"
#include "bpf/tc_hook.hpp"

namespace wasm_bpf::bpf {

Error attach_error(const Attempt& attempt, int error) {
    const int code = plain_errno(error);
    if (code == EPERM || code == EACCES) {
        const std::string missing = missing_capabilities(bpf_program__type(attempt.program));
        if (!missing.empty()) return missing_privilege(missing);
    }
    if (const auto need = unmet_need(bpf_program__section_name(attempt.program), code); !need.empty())
        return {code, std::string(need)};
    const AttachTarget& target = attempt.target;
    if (target.kind == AttachKind::interface_tcx && code == EINVAL && !kernel_has_tcx(target.interface_index))
        return {code, no_feature("tcx", "6.6")};
    return {code, attempt.messages.explain(error_text(error))};
}

}  // namespace wasm_bpf::bpf
