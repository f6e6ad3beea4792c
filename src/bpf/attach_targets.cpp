#include "bpf/attach_targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "bpf/attach_attempt.hpp"
#include "bpf/attach_network.hpp"
#include "bpf/attach_tracing.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/section_targets.hpp"

namespace wasm_bpf::bpf {
namespace {

Result<Link> attach_automatically(const Attempt& attempt) {
    const std::string section = bpf_program__section_name(attempt.program);
    if (const SectionTarget* needed = find_section_target(section))
        return fail(EINVAL, fmt::format("section \"{}\" needs {}", printable(section), needed->needs));
    return linked(attempt, bpf_program__attach(attempt.program));
}

std::string interface(const AttachTarget& target) { return fmt::format("interface {}", target.interface_index); }

struct Row {
    AttachKind kind;
    Result<Link> (*attach)(const Attempt&);
    std::string (*describe)(const AttachTarget&);
};
using Target = const AttachTarget&;
constexpr Row rows[] = {
    {AttachKind::automatic, attach_automatically, nullptr},
    {AttachKind::kprobe, attach_kprobe, [](Target t) { return fmt::format("kernel function \"{}\"", t.name); }},
    {AttachKind::uprobe, attach_uprobe, [](Target t) { return fmt::format("function \"{}:{}\"", t.path, t.name); }},
    {AttachKind::tracepoint, attach_tracepoint,
     [](Target t) { return fmt::format("tracepoint \"{}/{}\"", t.path, t.name); }},
    {AttachKind::raw_tracepoint, attach_raw_tracepoint,
     [](Target t) { return fmt::format("raw tracepoint \"{}\"", t.name); }},
    {AttachKind::cgroup, attach_cgroup, [](Target t) { return fmt::format("cgroup \"{}\"", t.path); }},
    {AttachKind::interface_xdp, attach_xdp, interface},
    {AttachKind::interface_tcx, attach_tcx, interface},
    {AttachKind::interface_tc, attach_tc, interface},
    {AttachKind::socket, attach_socket, [](Target) { return std::string("a socket"); }},
};

}  // namespace

Result<Link> attach_program(bpf_program* program, const AttachTarget& target) {
    if (target.kind == AttachKind::by_section) {
        Result<AttachTarget> read = read_section_target(bpf_program__section_name(program), target);
        if (!read) return std::unexpected(std::move(read.error()));
        Result<Link> link = attach_program(program, *read);
        // The guest named an interface by its name: so does the error.
        if (!link && read->interface_index > 0 && !target.path.empty())
            link.error().message += " (interface \"" + printable(target.path) + "\")";
        return link;
    }
    const auto row = std::ranges::find(rows, target.kind, &Row::kind);
    if (row == std::end(rows))
        return fail(EINVAL, fmt::format("unknown kind of target {}", static_cast<std::uint32_t>(target.kind)));
    const LibbpfMessages messages;
    Result<Link> link = row->attach({program, target, messages});
    if (!link && row->describe) return std::unexpected(std::move(link.error()).in(printable(row->describe(target))));
    return link;
}

}  // namespace wasm_bpf::bpf
