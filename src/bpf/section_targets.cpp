#include "bpf/section_targets.hpp"

#include <bpf/libbpf.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "api/printable.hpp"
#include "bpf/kernel.hpp"
#include "bpf/section_places.hpp"
#include "bpf/tc_hook.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr const char* an_interface = "the name of a network interface as target";
constexpr const char* a_cgroup = "the path of a cgroup as target";
constexpr const char* a_function = "a target of the form path:function";
constexpr const char* a_kernel_function = "the name of a kernel function as target";

Result<AttachTarget> read_xdp(std::string_view, const std::string& text) {
    const Result<int> index = interface_index(text);
    if (!index) return std::unexpected(index.error());
    return AttachTarget{.kind = AttachKind::interface_xdp, .interface_index = *index};
}

// tcx where the kernel has it, else the older hook.
Result<AttachTarget> read_tc(std::string_view section, const std::string& text) {
    const Result<int> index = interface_index(text);
    if (!index) return std::unexpected(index.error());
    AttachTarget target{.kind = AttachKind::interface_tcx, .interface_index = *index};
    if (!kernel_has_tcx(*index)) {
        target.kind = AttachKind::interface_tc;
        target.flags = section.ends_with("/egress") ? BPF_TC_EGRESS : BPF_TC_INGRESS;
    }
    return target;
}

Result<AttachTarget> read_netkit(std::string_view, const std::string& text) {
    const Result<int> index = interface_index(text);
    if (!index) return std::unexpected(index.error());
    return AttachTarget{.kind = AttachKind::interface_netkit, .interface_index = *index};
}

Result<AttachTarget> read_cgroup(std::string_view, const std::string& text) {
    return AttachTarget{.kind = AttachKind::cgroup, .path = text};
}

Result<AttachTarget> read_uprobe(std::string_view section, const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos || colon == 0 || colon + 1 == text.size())
        return fail(EINVAL, fmt::format("\"{}\": section \"{}\" needs {}", printable(text), section, a_function));
    return AttachTarget{.kind = AttachKind::uprobe,
                        .path = text.substr(0, colon),
                        .name = text.substr(colon + 1),
                        .return_probe = section.starts_with("uret")};
}

Result<AttachTarget> read_kprobe(std::string_view section, const std::string& text) {
    return AttachTarget{.kind = AttachKind::kprobe, .name = text, .return_probe = section.starts_with("kret")};
}

using enum SectionTarget::Match;
constexpr SectionTarget rows[] = {
    {"xdp", with_suffix, an_interface, read_xdp},
    {"xdp.frags", with_suffix, an_interface, read_xdp},
    {"tc", with_suffix, an_interface, read_tc},
    {"tcx", with_suffix, an_interface, read_tc},
    {"classifier", with_suffix, an_interface, read_tc},
    {"action", with_suffix, an_interface, read_tc},
    {"netkit", with_suffix, an_interface, read_netkit},
    {"sockops", with_suffix, a_cgroup, read_cgroup},
    {"cgroup_skb", with_suffix, a_cgroup, read_cgroup},
    {"cgroup", with_suffix, a_cgroup, read_cgroup},
    {"lsm_cgroup", with_suffix, a_cgroup, read_cgroup},
    {"uprobe", alone, a_function, read_uprobe},
    {"uprobe.s", alone, a_function, read_uprobe},
    {"uretprobe", alone, a_function, read_uprobe},
    {"uretprobe.s", alone, a_function, read_uprobe},
    {"kprobe", alone, a_kernel_function, read_kprobe},
    {"kretprobe", alone, a_kernel_function, read_kprobe},
    {"kprobe.multi", alone, "a pattern of functions in its name, as kprobe.multi/PATTERN", nullptr},
    {"kretprobe.multi", alone, "a pattern of functions in its name, as kretprobe.multi/PATTERN", nullptr},
    {"kprobe.session", alone, "a pattern of functions in its name, as kprobe.session/PATTERN", nullptr},
    {"uprobe.multi", alone, "path:pattern in its name, as uprobe.multi/PATH:PATTERN", nullptr},
    {"uprobe.multi.s", alone, "path:pattern in its name, as uprobe.multi.s/PATH:PATTERN", nullptr},
    {"uretprobe.multi", alone, "path:pattern in its name, as uretprobe.multi/PATH:PATTERN", nullptr},
    {"uretprobe.multi.s", alone, "path:pattern in its name, as uretprobe.multi.s/PATH:PATTERN", nullptr},
    {"uprobe.session", alone, "path:pattern in its name, as uprobe.session/PATH:PATTERN", nullptr},
    {"uprobe.session.s", alone, "path:pattern in its name, as uprobe.session.s/PATH:PATTERN", nullptr},
    {"ksyscall", alone, "a system call in its name, as ksyscall/NAME", nullptr},
    {"kretsyscall", alone, "a system call in its name, as kretsyscall/NAME", nullptr},
    {"usdt", alone, "a probe in its name, as usdt/PATH:PROVIDER:NAME", nullptr},
    {"usdt.s", alone, "a probe in its name, as usdt.s/PATH:PROVIDER:NAME", nullptr},
    {"tp", alone, "a tracepoint in its name, as tp/CATEGORY/NAME", nullptr},
    {"tracepoint", alone, "a tracepoint in its name, as tracepoint/CATEGORY/NAME", nullptr},
    {"raw_tp", alone, "a tracepoint in its name, as raw_tp/NAME", nullptr},
    {"raw_tracepoint", alone, "a tracepoint in its name, as raw_tracepoint/NAME", nullptr},
    {"raw_tp.w", alone, "a tracepoint in its name, as raw_tp.w/NAME", nullptr},
    {"raw_tracepoint.w", alone, "a tracepoint in its name, as raw_tracepoint.w/NAME", nullptr},
    {"socket", with_suffix, "an opened socket as target", nullptr},
    {"sk_reuseport", with_suffix, "an opened socket as target", nullptr},
    {"sk_skb", with_suffix, "a sockmap as target", nullptr},
    {"sk_msg", with_suffix, "a sockmap as target", nullptr},
    {"perf_event", with_suffix, "a perf event as target", nullptr},
    {"flow_dissector", with_suffix, "a network namespace as target", nullptr},
    {"sk_lookup", with_suffix, "a network namespace as target", nullptr},
    {"netfilter", with_suffix, "a netfilter hook as target", nullptr},
    {"lirc_mode2", with_suffix, "an infrared device as target", nullptr},
    {"syscall", with_suffix, "no attaching: it is run by a test run", nullptr},
    {"struct_ops", with_suffix, "no attaching: its map is what attaches", nullptr},
};

bool matches(const SectionTarget& row, std::string_view section) {
    if (section == row.section) return true;
    return row.match == with_suffix && section.starts_with(row.section) && section[row.section.size()] == '/';
}

}  // namespace

const SectionTarget* find_section_target(std::string_view section) {
    const auto row = std::ranges::find_if(rows, [&](const SectionTarget& each) { return matches(each, section); });
    return row == std::end(rows) ? nullptr : &*row;
}

Result<AttachTarget> resolve_target(std::string_view section, const AttachTarget& target) {
    const bool by_section = target.kind == AttachKind::by_section;
    if (!by_section && target.kind != AttachKind::automatic) return target;
    const SectionTarget* needed = find_section_target(section);
    if (needed && (!by_section || !needed->read || target.path.empty()))
        return fail(EINVAL, fmt::format("section \"{}\" needs {}", printable(section), needed->needs));
    Result<AttachTarget> resolved = needed ? needed->read(section, target.path) : read_section_place(section);
    if (resolved) resolved->cookie = target.cookie;
    return resolved;
}

}  // namespace wasm_bpf::bpf
