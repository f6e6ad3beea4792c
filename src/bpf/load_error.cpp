#include "bpf/load_error.hpp"

#include <bpf/libbpf.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "bpf/kernel_features.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/privilege.hpp"
#include "bpf/section_needs.hpp"
#include "bpf/verifier_log.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr const char* kernel_btf = "/sys/kernel/btf/vmlinux";

// What any of the object's programs needs and the process lacks.
std::string missing_for_any_program(const bpf_object* object) {
    std::string missing;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object) {
        if (!bpf_program__autoload(program)) continue;
        if (std::string now = missing_capabilities(bpf_program__type(program)); now.size() > missing.size())
            missing = std::move(now);
    }
    return missing.empty() ? missing_capabilities(BPF_PROG_TYPE_UNSPEC) : missing;
}

// libbpf says: prog 'name': BPF program load failed: reason. Null where no program did.
const bpf_program* failed_program(const bpf_object* object, const LibbpfMessages& messages) {
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object) {
        const std::string words = std::string("prog '") + bpf_program__name(program) + "': BPF program load failed";
        if (messages.text().find(words) != std::string::npos) return program;
    }
    return nullptr;
}

Error refused_program(const VerifierLog& log, const ObjectOptions& options, int error) {
    std::string text = "the kernel's verifier refused program \"" + printable(log.program) +
                       "\": " + error_text(error) + ". Its last lines:\n" + last_lines(log);
    const auto path = save_verifier_log(log, options.verifier_log_dir);
    text += path ? "the whole log: " + path->string() : "the whole log could not be saved: " + path.error().message;
    return {plain_errno(error), std::move(text)};
}

bool lacks_kernel_btf(const ObjectOptions& options, const LibbpfMessages& messages) {
    return options.btf_path.empty() && ::access(kernel_btf, R_OK) != 0 &&
           messages.text().find("BTF") != std::string::npos;
}

}  // namespace

Error load_error(const bpf_object* object, const ObjectOptions& options, int error, const LibbpfMessages& messages) {
    const int code = plain_errno(error);
    if (code == EPERM) {
        const std::string missing = missing_for_any_program(object);
        if (!missing.empty()) return missing_privilege(missing);
    }
    if (lacks_kernel_btf(options, messages))
        return {code, std::string("this kernel has no BTF (") + kernel_btf + "): name its BTF file by --btf FILE"};
    const std::optional<VerifierLog> log = find_verifier_log(messages.text());
    const bpf_program* failed = failed_program(object, messages);
    if (failed && !log) {
        if (const auto need = unmet_need(bpf_program__section_name(failed), code); !need.empty())
            return {code, std::string(need)};
    }
    // What a kernel does not know, it calls an invalid argument.
    if (code == EINVAL) {
        std::string missing = missing_feature(object, failed, log ? log->text : "");
        if (!missing.empty()) return {code, std::move(missing)};
    }
    if (log) return refused_program(*log, options, error);
    return {code, messages.explain(error_text(error))};
}

}  // namespace wasm_bpf::bpf
