#include "bpf/load_error.hpp"

#include <bpf/libbpf.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>

#include "api/printable.hpp"
#include "bpf/kernel_features.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/privilege.hpp"
#include "bpf/section_needs.hpp"
#include "bpf/token.hpp"
#include "bpf/verifier_log.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr const char* kernel_btf = "/sys/kernel/btf/vmlinux";

// What any of the object's programs needs and the process lacks.
std::string missing_for_any_program(const bpf_object* object, AskedIn asked_in) {
    std::string missing;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object) {
        if (!bpf_program__autoload(program)) continue;
        if (std::string now = missing_capabilities(bpf_program__type(program), asked_in); now.size() > missing.size())
            missing = std::move(now);
    }
    return missing.empty() ? missing_capabilities(BPF_PROG_TYPE_UNSPEC, asked_in) : missing;
}

// The capability or the token that the kernel said EPERM for; none where it was neither.
std::optional<Error> refused_privilege(const bpf_object* object, const bpf_program* program, bool verified) {
    const bool by_token = bpf_object__token_fd(object) > 0;
    const std::string missing = missing_for_any_program(object, by_token ? AskedIn::own_namespace : AskedIn::machine);
    if (!missing.empty()) return by_token ? missing_beside_token(missing) : missing_privilege(missing);
    // What the verifier has seen, the token has allowed.
    if (by_token && !verified) return refused_by_token(program);
    return {};
}

Error refused_program(std::string_view name, const ObjectOptions& options, const LoadFailure& failure) {
    std::string text = "the kernel's verifier refused program \"" + printable(name) +
                       "\": " + error_text(failure.error) + ". Its last lines:\n" + last_lines(failure.log);
    const auto path = save_verifier_log(name, failure.log, options.verifier_log_dir);
    text += path ? "the whole log: " + path->string() : "the whole log could not be saved: " + path.error().message;
    return {plain_errno(failure.error), std::move(text)};
}

// The kernel fails a load whose log does not fit, whatever it thinks of the program.
std::string log_too_long(std::string_view name, const LoadFailure& failure) {
    return "the verifier's log of program \"" + printable(name) + "\" does not fit in " +
           std::to_string((failure.log.size() + (1 << 20) - 1) >> 20) + " MB: ask for a lower log level";
}

// Of a kernel that has no BTF, where libbpf asked for it; empty otherwise.
std::string missing_kernel_btf(const ObjectOptions& options, const LibbpfMessages& messages) {
    if (::access(kernel_btf, R_OK) == 0) return {};
    const std::string none = std::string("this kernel has no BTF (") + kernel_btf + ")";
    if (messages.text().find("failed to find valid kernel BTF") != std::string::npos && !options.btf_path.empty())
        return none +
               ": a BTF file, which it was given, is enough for CO-RE relocations, but not for programs that the "
               "kernel itself checks by its BTF: tp_btf, fentry, fexit, LSM, iterators, struct_ops, kfuncs";
    if (!options.btf_path.empty() || messages.text().find("BTF") == std::string::npos) return {};
    const std::string reason = options.no_btf_reason.empty() ? "" : ", and " + options.no_btf_reason;
    return none + reason + ": name its BTF file by --btf FILE";
}

// Of a map whose stacks would end in the midst of an address; empty otherwise. (The rule: kernel/bpf/stackmap.c,
// stack_map_alloc.)
std::string cut_stacks(const bpf_object* object) {
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object) {
        const bool has_stacks = bpf_map__type(map) == BPF_MAP_TYPE_STACK_TRACE && bpf_map__autocreate(map);
        if (!has_stacks || bpf_map__value_size(map) % sizeof(std::uint64_t) == 0) continue;
        return "map \"" + printable(bpf_map__name(map)) +
               "\" of stack traces: " + std::to_string(bpf_map__value_size(map)) +
               " bytes are no whole number of addresses, which have 8 bytes each in BPF; pointers and unsigned long "
               "have 4 in a guest: size its values by sizeof(__u64)";
    }
    return {};
}

}  // namespace

// libbpf says: prog 'name': BPF program load failed: reason.
const bpf_program* failed_program(const bpf_object* object, const LibbpfMessages& messages) {
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object) {
        const std::string words = std::string("prog '") + bpf_program__name(program) + "': BPF program load failed";
        if (messages.text().find(words) != std::string::npos) return program;
    }
    return nullptr;
}

Error load_error(const bpf_object* object, const ObjectOptions& options, const LoadFailure& failure,
                 const LibbpfMessages& messages) {
    const int code = plain_errno(failure.error);
    const bool verified = failure.program && !failure.log.empty();
    if (code == EPERM)
        if (auto refused = refused_privilege(object, failure.program, verified)) return std::move(*refused);
    if (std::string missing = missing_kernel_btf(options, messages); !missing.empty())
        return {code, std::move(missing)};
    if (failure.program && !verified) {
        if (const auto need = unmet_need(bpf_program__section_name(failure.program), code); !need.empty())
            return {code, std::string(need)};
    }
    // What a kernel does not know, it calls an invalid argument.
    if (code == EINVAL) {
        if (std::string cut = cut_stacks(object); !cut.empty()) return {code, std::move(cut)};
        std::string missing = missing_feature(object, failure.program, failure.log);
        if (!missing.empty()) return {code, std::move(missing)};
    }
    if (verified) {
        const std::string_view name = bpf_program__name(failure.program);
        if (code == ENOSPC && bpf_program__log_level(failure.program) != 0) return {code, log_too_long(name, failure)};
        return refused_program(name, options, failure);
    }
    return {code, messages.explain(error_text(failure.error))};
}

}  // namespace wasm_bpf::bpf
