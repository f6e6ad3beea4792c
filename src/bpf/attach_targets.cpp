#include "bpf/attach_targets.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "bpf/attach_error.hpp"
#include "bpf/kernel.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/section_targets.hpp"
#include "bpf/tc_hook.hpp"

namespace wasm_bpf::bpf {
namespace {

// Options structs of libbpf start with their own size.
template <typename Options>
Options sized() {
    Options options{};
    options.sz = sizeof(options);
    return options;
}

std::unexpected<Error> refused(const Attempt& attempt, int error) {
    return std::unexpected(attach_error(attempt, error));
}

Result<Link> linked(const Attempt& attempt, bpf_link* link) {
    const int error = errno;
    if (!link) return refused(attempt, error);
    return Link(link);
}

Result<Link> attach_kprobe(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    auto options = sized<bpf_kprobe_opts>();
    options.bpf_cookie = target.cookie;
    options.offset = target.offset;
    options.retprobe = target.return_probe;
    return linked(attempt, bpf_program__attach_kprobe_opts(attempt.program, target.name.c_str(), &options));
}

Result<Link> attach_uprobe(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    auto options = sized<bpf_uprobe_opts>();
    options.bpf_cookie = target.cookie;
    options.retprobe = target.return_probe;
    options.func_name = target.name.empty() ? nullptr : target.name.c_str();
    return linked(attempt, bpf_program__attach_uprobe_opts(attempt.program, target.pid, target.path.c_str(),
                                                           target.offset, &options));
}

Result<Link> attach_tracepoint(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    auto options = sized<bpf_tracepoint_opts>();
    options.bpf_cookie = target.cookie;
    return linked(attempt, bpf_program__attach_tracepoint_opts(attempt.program, target.path.c_str(),
                                                               target.name.c_str(), &options));
}

Result<Link> attach_raw_tracepoint(const Attempt& attempt) {
    auto options = sized<bpf_raw_tracepoint_opts>();
    options.cookie = attempt.target.cookie;
    return linked(attempt,
                  bpf_program__attach_raw_tracepoint_opts(attempt.program, attempt.target.name.c_str(), &options));
}

Result<Link> attach_cgroup(const Attempt& attempt) {
    Fd opened;
    int cgroup = attempt.target.fd;
    if (cgroup < 0) {
        Result<Fd> folder = open_cgroup(attempt.target.path);
        if (!folder) return std::unexpected(std::move(folder.error()));
        opened = std::move(*folder);
        cgroup = opened.get();
    }
    return linked(attempt, bpf_program__attach_cgroup(attempt.program, cgroup));
}

// A link of the kernel's own: closing its fd detaches it. Made directly, since libbpf takes the place (ingress, egress)
// from the section's name alone and has no flags.
Result<Link> link_interface(const Attempt& attempt, bpf_attach_type place, std::uint32_t flags) {
    auto options = sized<bpf_link_create_opts>();
    options.flags = flags;
    const int fd = bpf_link_create(bpf_program__fd(attempt.program), attempt.target.interface_index, place, &options);
    if (fd < 0) return refused(attempt, fd);
    return Link([fd] { ::close(fd); });
}

Result<Link> attach_xdp(const Attempt& attempt) { return link_interface(attempt, BPF_XDP, attempt.target.flags); }

Result<Link> attach_tcx(const Attempt& attempt) {
    const bpf_attach_type place = bpf_program__expected_attach_type(attempt.program);
    // Type 0 is BPF_CGROUP_INET_INGRESS: a section that names no place, as "tc".
    return link_interface(attempt, place == 0 ? BPF_TCX_INGRESS : place, 0);
}

Result<Link> attach_tc(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    const TcFilter filter{target.interface_index, target.flags, target.handle, target.priority};
    auto attached = attach_tc_filter(bpf_program__fd(attempt.program), filter);
    if (!attached) return refused(attempt, attached.error());
    return std::move(*attached);
}

Result<Link> attach_socket(const Attempt& attempt) {
    const int program = bpf_program__fd(attempt.program);
    // A descriptor of its own: the guest may close its socket before the link.
    Fd socket(::fcntl(attempt.target.fd, F_DUPFD_CLOEXEC, 0));
    if (!socket.valid()) return refused(attempt, errno);
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof(program)) != 0)
        return refused(attempt, errno);
    return Link([fd = socket.release()] {
        const int unused = 0;
        ::setsockopt(fd, SOL_SOCKET, SO_DETACH_BPF, &unused, sizeof(unused));
        ::close(fd);
    });
}

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
