#include "bpf/attach_targets.hpp"

#include <fmt/format.h>
#include <net/if.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <span>

#include "api/file_paths.hpp"
#include "api/printable.hpp"
#include "bpf/attach_attempt.hpp"
#include "bpf/attach_network.hpp"
#include "bpf/attach_tracing.hpp"
#include "bpf/libbpf_messages.hpp"

namespace wasm_bpf::bpf {
namespace {

using Target = const AttachTarget&;

std::string interface_name(Target target) {
    std::array<char, IF_NAMESIZE> name{};
    return ::if_indextoname(static_cast<unsigned>(target.interface_index), name.data()) != nullptr ? name.data() : "";
}

// For an error's text.
std::string an_interface(Target target) {
    const std::string name = interface_name(target);
    return name.empty() ? fmt::format("interface {}", target.interface_index) : fmt::format("interface \"{}\"", name);
}
std::string functions(Target t) {
    if (!t.name.empty()) return fmt::format("functions \"{}\"", t.name);
    if (!t.names.empty()) return fmt::format("{} functions", t.names.size());
    return fmt::format("{} addresses", t.addresses.size());
}
std::string in_binary(Target t) {
    return t.name.empty() ? fmt::format("offset {:#x} of \"{}\"", t.offset, t.path)
                          : fmt::format("function \"{}:{}\"", t.path, t.name);
}

std::string folder_path(int fd) { return link_target(fmt::format("/proc/self/fd/{}", fd)).value_or(""); }

// What a place holds beside its kind.
enum class Place { nothing, function, in_binary, tracepoint, usdt, interface, cgroup, network_namespace, device };

// Of whom the kernel takes the target, a number, for what the program's type makes of it: an interface's index, or an
// fd of this process's. Empty: libbpf or the kernel looks at the type itself.
using Types = std::span<const bpf_prog_type>;
constexpr bpf_prog_type xdp_programs[] = {BPF_PROG_TYPE_XDP};
constexpr bpf_prog_type classifiers[] = {BPF_PROG_TYPE_SCHED_CLS};
constexpr bpf_prog_type netfilter_programs[] = {BPF_PROG_TYPE_NETFILTER};
constexpr bpf_prog_type namespace_programs[] = {BPF_PROG_TYPE_FLOW_DISSECTOR, BPF_PROG_TYPE_SK_LOOKUP};
constexpr bpf_prog_type sockmap_programs[] = {BPF_PROG_TYPE_SK_SKB, BPF_PROG_TYPE_SK_MSG};
constexpr bpf_prog_type cgroup_programs[] = {
    BPF_PROG_TYPE_CGROUP_SKB,     BPF_PROG_TYPE_CGROUP_SOCK,   BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
    BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_PROG_TYPE_CGROUP_SYSCTL, BPF_PROG_TYPE_CGROUP_DEVICE,
    BPF_PROG_TYPE_SOCK_OPS,       BPF_PROG_TYPE_LSM,
};

struct Row {
    AttachKind kind;
    std::string_view name;
    Result<Link> (*attach)(const Attempt&);
    Place place;
    std::string (*describe)(Target);
    Types types = {};
};
constexpr Row rows[] = {
    {AttachKind::kprobe, "kprobe", attach_kprobe, Place::function,
     [](Target t) { return fmt::format("kernel function \"{}\"", t.name); }},
    {AttachKind::uprobe, "uprobe", attach_uprobe, Place::in_binary, in_binary},
    {AttachKind::tracepoint, "tracepoint", attach_tracepoint, Place::tracepoint,
     [](Target t) { return fmt::format("tracepoint \"{}/{}\"", t.path, t.name); }},
    {AttachKind::raw_tracepoint, "raw_tracepoint", attach_raw_tracepoint, Place::function,
     [](Target t) { return fmt::format("raw tracepoint \"{}\"", t.name); }},
    {AttachKind::kprobe_multi, "kprobe_multi", attach_kprobe_multi, Place::function,
     [](Target t) { return "kernel " + functions(t); }},
    {AttachKind::uprobe_multi, "uprobe_multi", attach_uprobe_multi, Place::in_binary,
     [](Target t) { return fmt::format("{} of \"{}\"", functions(t), t.path); }},
    {AttachKind::ksyscall, "ksyscall", attach_ksyscall, Place::function,
     [](Target t) { return fmt::format("system call \"{}\"", t.name); }},
    {AttachKind::usdt, "usdt", attach_usdt, Place::usdt,
     [](Target t) { return fmt::format("probe \"{}:{}:{}\"", t.path, t.provider, t.name); }},
    {AttachKind::perf_event, "perf_event", attach_perf_event, Place::nothing,
     [](Target) { return std::string("a perf event"); }},
    {AttachKind::trace, "trace", attach_trace, Place::function, [](Target t) { return fmt::format("\"{}\"", t.name); }},
    {AttachKind::freplace, "freplace", attach_freplace, Place::function,
     [](Target t) { return fmt::format("function \"{}\" of a program", t.name); }},
    {AttachKind::iterator, "iterator", attach_iterator, Place::function,
     [](Target t) { return fmt::format("iterator \"{}\"", t.name); }},
    {AttachKind::cgroup, "cgroup", attach_cgroup, Place::cgroup,
     [](Target t) { return fmt::format("cgroup \"{}\"", t.path); }, cgroup_programs},
    {AttachKind::interface_xdp, "xdp", attach_xdp, Place::interface, an_interface, xdp_programs},
    {AttachKind::interface_tcx, "tcx", attach_tcx, Place::interface, an_interface, classifiers},
    {AttachKind::interface_tc, "tc", attach_tc, Place::interface, an_interface, classifiers},
    {AttachKind::interface_netkit, "netkit", attach_netkit, Place::interface, an_interface, classifiers},
    {AttachKind::netfilter, "netfilter", attach_netfilter, Place::nothing,
     [](Target t) { return fmt::format("netfilter hook {} of protocol family {}", t.hook, t.protocol_family); },
     netfilter_programs},
    {AttachKind::network_namespace, "netns", attach_network_namespace, Place::network_namespace,
     [](Target) { return std::string("a network namespace"); }, namespace_programs},
    {AttachKind::sockmap, "sockmap", attach_sockmap, Place::nothing, [](Target) { return std::string("a sockmap"); },
     sockmap_programs},
    {AttachKind::socket, "socket", attach_socket, Place::nothing, [](Target) { return std::string("a socket"); }},
    {AttachKind::lirc, "lirc", attach_lirc, Place::device,
     [](Target t) { return fmt::format("infrared device \"{}\"", t.path); }},
    {AttachKind::route, "route", attach_route, Place::interface,
     [](Target t) { return fmt::format("route to \"{}\"", t.name); }},
};

const Row* find_row(AttachKind kind) {
    const auto* const row = std::ranges::find(rows, kind, &Row::kind);
    return row == std::end(rows) ? nullptr : row;
}

std::string trace_name(const bpf_program* program) {
    const bpf_attach_type type = bpf_program__expected_attach_type(program);
    switch (static_cast<int>(type)) {
        case BPF_TRACE_RAW_TP: return "tp_btf";
        case BPF_TRACE_FENTRY: return "fentry";
        case BPF_TRACE_FEXIT: return "fexit";
        case BPF_MODIFY_RETURN: return "fmod_ret";
        case BPF_TRACE_FSESSION: return "fsession";
        case BPF_LSM_MAC: return "lsm";
        default: return "trace";
    }
}

// The functions that a target names, one of them as a rule.
std::vector<std::string> function_names(Target target) {
    if (!target.names.empty()) return target.names;
    std::vector<std::string> names;
    for (const std::uint64_t address : target.addresses) names.push_back(fmt::format("{:#x}", address));
    if (!names.empty()) return names;
    if (target.offset == 0) return {target.name};
    return {fmt::format("{}{}{:#x}", target.name, target.name.empty() ? "" : "+", target.offset)};
}

void fill_in(AttachPlaceText& text, Place place, Target target) {
    switch (place) {
        case Place::in_binary: text.binary = target.path; break;
        case Place::tracepoint: text.function = target.path + "/" + target.name; break;
        case Place::usdt:
            text.binary = target.path;
            text.function = target.provider + ":" + target.name;
            break;
        case Place::network_namespace: text.network_namespace = target.fd < 0 ? "self" : ""; break;
        case Place::device: text.device = target.path; break;
        case Place::interface: text.interface = interface_name(target); break;
        case Place::cgroup: text.cgroup = target.fd >= 0 ? folder_path(target.fd) : target.path; break;
        case Place::function:
            if (target.cgroup_fd >= 0) text.cgroup = folder_path(target.cgroup_fd);
            break;
        case Place::nothing: break;
    }
}

// libbpf opens a binary for its symbols, and of "ARCHIVE!/FILE" the archive: of another kind of file that could wait
// for ever (a fifo) or do something (a device).
bool is_other_file(const std::string& path) {
    struct stat status{};
    const auto is_other = [&](const std::string& file) {
        return ::stat(file.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
    };
    // A bare name is looked up among programs and libraries.
    return path.find('/') != path.npos && (is_other(path) || is_other(path.substr(0, path.find("!/"))));
}

// Where the kernel has no events for probes, libbpf writes lines with the names in them to tracefs.
bool has_control_characters(Target target) {
    const auto in = [](const std::string& text) {
        return std::ranges::any_of(text, [](unsigned char each) { return each < ' '; });
    };
    return in(target.path) || in(target.name) || in(target.provider) || std::ranges::any_of(target.names, in);
}

}  // namespace

std::string_view attach_kind_name(AttachKind kind) {
    const Row* row = find_row(kind);
    return row ? row->name : std::string_view();
}

std::vector<AttachPlaceText> attach_places(const bpf_program* program, const AttachTarget& target) {
    const Row* row = find_row(target.kind);
    if (!row) return {};
    AttachPlaceText text;
    text.kind = target.kind == AttachKind::trace ? trace_name(program) : std::string(row->name);
    fill_in(text, row->place, target);
    if (target.kind == AttachKind::cgroup && bpf_program__expected_attach_type(program) == BPF_LSM_CGROUP) {
        text.kind = "lsm_cgroup";
        text.function = target.name;
    }
    if (row->place != Place::function && row->place != Place::in_binary) return {std::move(text)};
    std::vector<AttachPlaceText> places;
    for (std::string& function : function_names(target)) {
        places.push_back(text);
        places.back().function = std::move(function);
    }
    return places;
}

Result<Link> attach_program(bpf_program* program, const AttachTarget& target) {
    const Row* row = find_row(target.kind);
    if (!row) return fail(EINVAL, fmt::format("unknown kind of target {}", static_cast<std::uint32_t>(target.kind)));
    const bpf_prog_type type = bpf_program__type(program);
    if (!row->types.empty() && std::ranges::count(row->types, type) == 0) {
        const char* name = libbpf_bpf_prog_type_str(type);
        return fail(EINVAL, fmt::format("{}: programs of type {} do not attach there", printable(row->describe(target)),
                                        name ? name : std::to_string(type)));
    }
    if (has_control_characters(target))
        return fail(EINVAL,
                    fmt::format("{}: control characters are in no such name", printable(row->describe(target))));
    if ((row->place == Place::in_binary || row->place == Place::usdt) && is_other_file(target.path))
        return fail(EINVAL, fmt::format("{}: it is no program and no library", printable(row->describe(target))));
    const LibbpfMessages messages;
    Result<Link> link = row->attach({program, target, messages});
    if (!link) return std::unexpected(std::move(link.error()).in(printable(row->describe(target))));
    return link;
}

}  // namespace wasm_bpf::bpf
