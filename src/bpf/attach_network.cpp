#include "bpf/attach_network.hpp"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bpf/attach_attempt.hpp"
#include "bpf/kernel.hpp"
#include "bpf/tc_hook.hpp"

namespace wasm_bpf::bpf {

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

namespace {

// A link of the kernel's own: closing its fd detaches it. Made directly, since libbpf takes the place (ingress, egress)
// from the section's name alone and has no flags.
Result<Link> link_interface(const Attempt& attempt, bpf_attach_type place, std::uint32_t flags) {
    auto options = sized<bpf_link_create_opts>();
    options.flags = flags;
    Fd link(bpf_link_create(bpf_program__fd(attempt.program), attempt.target.interface_index, place, &options));
    if (!link.valid()) return refused(attempt, errno);
    return Link(std::move(link));
}

}  // namespace

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

}  // namespace wasm_bpf::bpf
