#include "bpf/attach_needs.hpp"

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <span>
#include <string_view>

#include "bpf/kernel_features.hpp"

namespace wasm_bpf::bpf {
namespace {

// A kernel's BTF says what it knows, whatever its version: distributions bring features to older kernels.
class KernelTypes {
public:
    KernelTypes() : btf_(btf__load_vmlinux_btf(), btf__free) {}
    explicit operator bool() const { return btf_ != nullptr; }

    [[nodiscard]] bool has_enumerator(const char* enumeration, std::string_view enumerator) const {
        const btf_type* type = find(enumeration, BTF_KIND_ENUM);
        if (!type) return false;
        const std::span values(::btf_enum(type), btf_vlen(type));
        return std::ranges::any_of(values,
                                   [&](const struct btf_enum& value) { return name(value.name_off) == enumerator; });
    }
    [[nodiscard]] bool has_member(const char* structure, std::string_view member) const {
        const btf_type* type = find(structure, BTF_KIND_STRUCT);
        if (!type) return false;
        const std::span members(btf_members(type), btf_vlen(type));
        return std::ranges::any_of(members, [&](const btf_member& each) { return name(each.name_off) == member; });
    }

private:
    [[nodiscard]] std::string_view name(std::uint32_t offset) const { return btf__name_by_offset(btf_.get(), offset); }
    [[nodiscard]] const btf_type* find(const char* type, std::uint32_t kind) const {
        const int id = btf__find_by_name_kind(btf_.get(), type, kind);
        return id > 0 ? btf__type_by_id(btf_.get(), static_cast<std::uint32_t>(id)) : nullptr;
    }

    std::unique_ptr<btf, void (*)(btf*)> btf_;
};

struct Asked {
    const bpf_program* program;
    const AttachTarget& target;
};

bool attach_type_is(const Asked& asked, bpf_attach_type type) {
    return bpf_program__expected_attach_type(asked.program) == type;
}

// What a target takes; `known` says whether the kernel has it.
struct Need {
    bool (*needed)(const Asked& asked);
    bool (*known)(const KernelTypes& kernel);
    std::string_view feature;
    std::string_view first_kernel;
};
constexpr Need needs[] = {
    {[](const Asked& a) { return a.target.kind == AttachKind::kprobe_multi && a.target.session; },
     [](const KernelTypes& k) { return k.has_enumerator("bpf_attach_type", "BPF_TRACE_KPROBE_SESSION"); },
     "sessions of kprobes", "6.10"},
    {[](const Asked& a) { return a.target.kind == AttachKind::kprobe_multi; },
     [](const KernelTypes& k) { return k.has_member("bpf_kprobe_multi_link", "fp"); }, "multi-kprobes (CONFIG_FPROBE)",
     "5.18"},
    {[](const Asked& a) { return a.target.kind == AttachKind::uprobe_multi && a.target.session; },
     [](const KernelTypes& k) { return k.has_enumerator("bpf_attach_type", "BPF_TRACE_UPROBE_SESSION"); },
     "sessions of uprobes", "6.13"},
    {[](const Asked& a) { return a.target.kind == AttachKind::uprobe_multi; },
     [](const KernelTypes& k) { return k.has_enumerator("bpf_attach_type", "BPF_TRACE_UPROBE_MULTI"); },
     "multi-uprobes", "6.6"},
    {[](const Asked& a) {
         const bool raw = a.target.kind == AttachKind::raw_tracepoint ||
                          (a.target.kind == AttachKind::trace && attach_type_is(a, BPF_TRACE_RAW_TP));
         return raw && a.target.cookie != 0;
     },
     [](const KernelTypes& k) { return k.has_member("bpf_raw_tp_link", "cookie"); }, "cookies of raw tracepoints",
     "6.10"},
    {[](const Asked& a) { return a.target.kind == AttachKind::trace && a.target.cookie != 0; },
     [](const KernelTypes& k) { return k.has_member("bpf_tramp_link", "cookie"); }, "cookies of fentry and its kin",
     "5.19"},
    {[](const Asked& a) { return a.target.kind == AttachKind::iterator && (a.target.pid > 0 || a.target.tid > 0); },
     [](const KernelTypes& k) { return k.has_member("bpf_iter_aux_info", "task"); }, "iterators over one task", "6.1"},
    {[](const Asked& a) { return a.target.kind == AttachKind::iterator && a.target.cgroup_fd >= 0; },
     [](const KernelTypes& k) { return k.has_enumerator("bpf_cgroup_iter_order", "BPF_CGROUP_ITER_SELF_ONLY"); },
     "iterators over cgroups", "6.1"},
};

}  // namespace

std::string unmet_need(const bpf_program* program, const AttachTarget& target, int error) {
    // What a kernel does not know, it calls invalid or not supported.
    if (error != EINVAL && error != EOPNOTSUPP) return {};
    const KernelTypes kernel;
    if (!kernel) return {};
    const Asked asked{program, target};
    const auto* const need =
        std::ranges::find_if(needs, [&](const Need& each) { return each.needed(asked) && !each.known(kernel); });
    return need == std::end(needs) ? std::string() : no_feature(need->feature, need->first_kernel);
}

}  // namespace wasm_bpf::bpf
