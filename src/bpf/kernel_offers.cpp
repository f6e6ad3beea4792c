#include "bpf/kernel_offers.hpp"

#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "api/printable.hpp"
#include "bpf/feature_versions.hpp"
#include "bpf/kernel.hpp"
#include "bpf/kernel_check.hpp"
#include "bpf/kernel_features.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/privilege.hpp"
#include "bpf/section_needs.hpp"
#include "bpf/target_kernel.hpp"
#include "bpf/token.hpp"

namespace wasm_bpf::bpf {
namespace {

std::string since_text(const std::string& since) { return since.empty() ? "" : "Linux " + since; }

std::string first_line(const char* path) {
    std::string line;
    std::getline(std::ifstream(path), line);
    return line;
}

bool is_mounted(const char* path, long magic) {
    struct statfs system{};
    return ::statfs(path, &system) == 0 && static_cast<long>(system.f_type) == magic;
}

// Rows for each number of an enumeration that libbpf has a name for.
template <typename Type>
std::vector<Offer> numbered(const TargetKernel& kernel, bool ask, Type end, const char* enumeration,
                            const char* (*name)(Type), std::string (*since)(std::uint32_t),
                            int (*probe)(Type, const void*), bool (*probed_by_attaching)(Type)) {
    std::vector<Offer> offers;
    for (std::uint32_t number = 1; number < static_cast<std::uint32_t>(end); number++) {
        const auto type = static_cast<Type>(number);
        const char* text = name(type);
        if (!text) continue;
        bool there = kernel.has_number(enumeration, number, since(number)) != Presence::no;
        if (there && ask && !probed_by_attaching(type)) there = probe(type, nullptr) != 0;
        const bool newer = !is_since(kernel.version(), since(number));
        offers.push_back({text, there, !there && newer ? since_text(since(number)) : ""});
    }
    return offers;
}

// libbpf's probes of these attach to functions, which not every kernel that has the type lets them do.
bool attaches(bpf_prog_type type) {
    return type == BPF_PROG_TYPE_TRACING || type == BPF_PROG_TYPE_EXT || type == BPF_PROG_TYPE_LSM;
}

Offer by_section(const char* name, const char* section, bool can_patch) {
    std::string_view unmet = unmet_need(section, ENOENT);
    if (unmet.empty() && !can_patch) unmet = unmet_need(section, EPERM);
    return {name, unmet.empty(), std::string(unmet)};
}

Offer by_attach_type(const TargetKernel& kernel, const char* name, bpf_attach_type type, const Offer& also) {
    const std::string since = attach_type_since(type);
    if (kernel.has_number("bpf_attach_type", type, since) == Presence::no) return {name, false, since_text(since)};
    return {name, also.there, also.why};
}

std::vector<Offer> attach_offers(const TargetKernel& kernel, bool ask) {
    const bool can_patch = !ask || kernel_can_patch_itself();
    const Offer kprobe = by_section("kprobes", "kprobe/x", can_patch);
    const Offer uprobe = by_section("uprobes, USDT", "uprobe/x", can_patch);
    const Offer always{"", true};
    std::vector<Offer> offers{
        by_section("tracepoints", "tp/x", can_patch),
        by_attach_type(kernel, "raw tracepoints by BTF", BPF_TRACE_RAW_TP, always),
        kprobe,
        by_attach_type(kernel, "kprobe.multi", BPF_TRACE_KPROBE_MULTI, kprobe),
        uprobe,
        by_attach_type(kernel, "uprobe.multi", BPF_TRACE_UPROBE_MULTI, uprobe),
        by_section("fentry, fexit", "fentry/x", can_patch),
        by_section("LSM", "lsm/x", can_patch),
        by_attach_type(kernel, "iterators", BPF_TRACE_ITER, always),
        by_attach_type(kernel, "tcx", BPF_TCX_INGRESS, always),
        by_attach_type(kernel, "netkit", BPF_NETKIT_PRIMARY, always),
        by_attach_type(kernel, "netfilter", BPF_NETFILTER, always),
    };
    const std::string modules = first_line("/sys/kernel/security/lsm");
    Offer& lsm = offers[7];
    if (lsm.there && !modules.empty() && ("," + modules + ",").find(",bpf,") == std::string::npos)
        lsm = {lsm.name, false, "BPF is not among the active LSMs: add bpf to lsm= on the kernel's command line"};
    return offers;
}

std::vector<Offer> system_offers(const TargetKernel& kernel) {
    const bool tracefs =
        is_mounted("/sys/kernel/tracing", TRACEFS_MAGIC) || is_mounted("/sys/kernel/debug/tracing", TRACEFS_MAGIC);
    const bool bpffs = is_mounted("/sys/fs/bpf", BPF_FS_MAGIC);
    const bool cgroups =
        is_mounted("/sys/fs/cgroup", CGROUP2_SUPER_MAGIC) || is_mounted("/sys/fs/cgroup/unified", CGROUP2_SUPER_MAGIC);
    std::error_code error;
    std::size_t modules = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/sys/kernel/btf", error))
        modules += entry.path().filename() != "vmlinux";
    std::vector<Offer> offers{
        {"BTF", kernel.has_btf(), "no /sys/kernel/btf/vmlinux: CO-RE programs need it, or --btf FILE"},
        {"BTF of modules", modules > 0, "none is loaded, or none has BTF"},
        {"tracefs", tracefs, "mount -t tracefs nodev /sys/kernel/tracing"},
        {"BPF file system", bpffs, "mount -t bpf bpffs /sys/fs/bpf"},
        {"cgroup2", cgroups, "mount -t cgroup2 none /sys/fs/cgroup"},
    };
    // Not all kernels have the switch, and most let only root read it.
    if (const std::string jit = first_line("/proc/sys/net/core/bpf_jit_enable"); !jit.empty())
        offers.push_back({"JIT", jit != "0", "sysctl net.core.bpf_jit_enable=1"});
    return offers;
}

std::vector<Offer> privilege_offers() {
    constexpr struct {
        int capability;
        const char *name, *purpose;
    } rows[] = {
        {CAP_BPF, "CAP_BPF", "to load programs and create maps"},
        {CAP_PERFMON, "CAP_PERFMON", "to trace"},
        {CAP_NET_ADMIN, "CAP_NET_ADMIN", "for programs on the network"},
        {CAP_SYS_ADMIN, "CAP_SYS_ADMIN", "stands for all of them; to list other processes' programs"},
    };
    std::vector<Offer> offers;
    const bool counts = in_initial_user_namespace();
    for (const auto& row : rows)
        offers.push_back({row.name, counts && has_capability(row.capability),
                          std::string(row.purpose) + (counts ? "" : "; not outside of this user namespace")});
    return offers;
}

}  // namespace

KernelOffers kernel_offers() {
    const LibbpfMessages messages;
    const auto kernel = TargetKernel::running();
    KernelOffers offers;
    utsname names{};
    ::uname(&names);
    offers.release = names.release;
    offers.machine = names.machine;
    offers.asked = may_load_programs() && in_initial_user_namespace();
    if (!kernel) return offers;
    offers.program_types =
        numbered<bpf_prog_type>(*kernel, offers.asked, __MAX_BPF_PROG_TYPE, "bpf_prog_type", libbpf_bpf_prog_type_str,
                                program_type_since, libbpf_probe_bpf_prog_type, attaches);
    offers.map_types =
        numbered<bpf_map_type>(*kernel, offers.asked, __MAX_BPF_MAP_TYPE, "bpf_map_type", libbpf_bpf_map_type_str,
                               map_type_since, libbpf_probe_bpf_map_type, [](bpf_map_type) { return false; });
    offers.attaching = attach_offers(*kernel, offers.asked);
    offers.system = system_offers(*kernel);
    offers.privileges = privilege_offers();
    return offers;
}

Result<std::vector<Offer>> helper_offers(const std::string& program_type) {
    const LibbpfMessages messages;
    std::uint32_t type = 1;
    std::string known;
    for (; type < __MAX_BPF_PROG_TYPE; type++) {
        const char* name = libbpf_bpf_prog_type_str(static_cast<bpf_prog_type>(type));
        if (!name) continue;
        if (name == program_type) break;
        known.append(known.empty() ? "" : ", ").append(name);
    }
    if (type == __MAX_BPF_PROG_TYPE)
        return fail(EINVAL,
                    fmt::format("there is no program type \"{}\": name one of {}", printable(program_type), known));
    if (!may_load_programs() || !in_initial_user_namespace())
        return std::unexpected(missing_privilege(missing_capabilities(type)));
    std::vector<Offer> offers;
    for (std::uint32_t helper = 1; helper < __BPF_FUNC_MAX_ID; helper++) {
        const int found =
            libbpf_probe_bpf_helper(static_cast<bpf_prog_type>(type), static_cast<bpf_func_id>(helper), nullptr);
        if (found < 0)
            return fail(EOPNOTSUPP,
                        fmt::format("the helpers of {} programs depend on where they attach: they cannot be told",
                                    program_type));
        const std::string since = helper_since(helper);
        offers.push_back({helper_name(helper), found != 0,
                          found == 0 && !is_since(kernel_version(), since) ? since_text(since) : ""});
    }
    return offers;
}

}  // namespace wasm_bpf::bpf
