#include "bpf/attach_network.hpp"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "api/file_paths.hpp"
#include "bpf/attach_attempt.hpp"
#include "bpf/kernel.hpp"
#include "bpf/kernel_features.hpp"
#include "bpf/tc_hook.hpp"

namespace wasm_bpf::bpf {
namespace {

// Where the program goes at its target: as the target says, else as its section did.
bpf_attach_type place_of(const Attempt& attempt) {
    if (attempt.target.attach_type != 0) return static_cast<bpf_attach_type>(attempt.target.attach_type);
    return bpf_program__expected_attach_type(attempt.program);
}

// A link of the kernel's own: closing its fd detaches it. Made directly, since libbpf takes the place (ingress, egress)
// from the section's name alone, and has no flags for some kinds.
Result<Link> link_at(const Attempt& attempt, int target, bpf_attach_type place, const bpf_link_create_opts& options) {
    Fd link(bpf_link_create(bpf_program__fd(attempt.program), target, place, &options));
    if (!link.valid()) return refused(attempt, errno);
    return Link(std::move(link));
}

// Fills in what tcx, netkit and cgroups have alike: a place before or after another program's.
template <typename Order>
void put_among_others(const AttachTarget& target, bpf_link_create_opts& options, Order& order) {
    options.flags = target.flags;
    if (target.relative_fd >= 0) order.relative_fd = static_cast<std::uint32_t>(target.relative_fd);
    order.relative_id = target.relative_id;
    order.expected_revision = target.expected_revision;
}

bool asks_for_order(const AttachTarget& target) {
    return target.flags != 0 || target.relative_fd >= 0 || target.relative_id != 0 || target.expected_revision != 0;
}

// Kernels that keep an order count its changes.
bool orders_programs(int cgroup) {
    auto query = sized<struct bpf_prog_query_opts>();
    return bpf_prog_query_opts(cgroup, BPF_CGROUP_INET_EGRESS, &query) == 0 && query.revision != 0;
}

// A descriptor of the link's own: the guest may end what it attached to before the link.
Result<Fd> own_copy(const Attempt& attempt, int fd) {
    Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!copy.valid()) return refused(attempt, errno);
    return copy;
}

// As older tools attach, where the kernel has no link for the kind: lives on until it is detached.
Result<Link> attach_without_link(const Attempt& attempt, Fd target, bpf_attach_type place) {
    Result<Fd> program = own_copy(attempt, bpf_program__fd(attempt.program));
    if (!program) return std::unexpected(std::move(program).error());
    if (bpf_prog_attach(program->get(), target.get(), place, 0) != 0) return refused(attempt, errno);
    return Link([program = program->release(), target = target.release(), place] {
        bpf_prog_detach2(program, target, place);
        ::close(program);
        ::close(target);
    });
}

}  // namespace

Result<Link> attach_cgroup(const Attempt& attempt) {
    Fd opened;
    int cgroup = attempt.target.fd;
    if (cgroup < 0) {
        Result<Fd> folder = open_cgroup(attempt.target.path);
        if (!folder) return std::unexpected(std::move(folder.error()));
        opened = std::move(*folder);
        cgroup = opened.get();
    }
    // An older kernel would take no notice of some of it.
    if (asks_for_order(attempt.target) && !orders_programs(cgroup))
        return fail(EOPNOTSUPP, no_feature("order among the programs of a cgroup", "6.17"));
    auto options = sized<bpf_link_create_opts>();
    put_among_others(attempt.target, options, options.cgroup);
    return link_at(attempt, cgroup, place_of(attempt), options);
}

Result<Link> attach_xdp(const Attempt& attempt) {
    auto options = sized<bpf_link_create_opts>();
    options.flags = attempt.target.flags;
    return link_at(attempt, attempt.target.interface_index, BPF_XDP, options);
}

Result<Link> attach_tcx(const Attempt& attempt) {
    auto options = sized<bpf_link_create_opts>();
    put_among_others(attempt.target, options, options.tcx);
    bpf_attach_type place = place_of(attempt);
    // Type 0 is BPF_CGROUP_INET_INGRESS: a section that names no place, as "tc".
    if (place == 0) place = BPF_TCX_INGRESS;
    if (place != BPF_TCX_INGRESS && place != BPF_TCX_EGRESS)
        return fail(EINVAL, "the program is written for another place than tcx/ingress and tcx/egress");
    return link_at(attempt, attempt.target.interface_index, place, options);
}

Result<Link> attach_netkit(const Attempt& attempt) {
    auto options = sized<bpf_link_create_opts>();
    put_among_others(attempt.target, options, options.netkit);
    bpf_attach_type place = place_of(attempt);
    if (place == 0) place = BPF_NETKIT_PRIMARY;
    if (place != BPF_NETKIT_PRIMARY && place != BPF_NETKIT_PEER)
        return fail(EINVAL, "the program is written for another place than netkit/primary and netkit/peer");
    return link_at(attempt, attempt.target.interface_index, place, options);
}

Result<Link> attach_tc(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    // libbpf follows null pointers for other places.
    if (target.flags != BPF_TC_INGRESS && target.flags != BPF_TC_EGRESS)
        return fail(EINVAL, "`flags` must be BPF_TC_INGRESS or BPF_TC_EGRESS");
    const TcFilter filter{target.interface_index, target.flags, target.handle, target.priority};
    auto attached = attach_tc_filter(bpf_program__fd(attempt.program), filter);
    if (!attached) return refused(attempt, attached.error());
    return std::move(*attached);
}

Result<Link> attach_netfilter(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    auto options = sized<bpf_link_create_opts>();
    options.netfilter.pf = target.protocol_family;
    options.netfilter.hooknum = target.hook;
    options.netfilter.priority = static_cast<std::int32_t>(target.priority);
    options.netfilter.flags = target.flags;
    return link_at(attempt, 0, BPF_NETFILTER, options);
}

Result<Link> attach_network_namespace(const Attempt& attempt) {
    Fd opened;
    int name_space = attempt.target.fd;
    if (name_space < 0) {
        Result<Fd> own = open_network_namespace("");
        if (!own) return std::unexpected(std::move(own).error());
        opened = std::move(*own);
        name_space = opened.get();
    }
    return link_at(attempt, name_space, place_of(attempt), sized<bpf_link_create_opts>());
}

Result<Link> attach_sockmap(const Attempt& attempt) {
    bpf_attach_type place = place_of(attempt);
    // A section that names no place, as "sk_skb".
    if (place == 0) place = BPF_SK_SKB_STREAM_VERDICT;
    Result<Link> link = link_at(attempt, attempt.target.map_fd, place, sized<bpf_link_create_opts>());
    // Kernels before 6.10 have no such links.
    if (link || link.error().errno_code != EINVAL) return link;
    Result<Fd> map = own_copy(attempt, attempt.target.map_fd);
    if (!map) return std::unexpected(std::move(map).error());
    return attach_without_link(attempt, std::move(*map), place);
}

Result<Link> attach_lirc(const Attempt& attempt) {
    // Opening another device could do something.
    const auto path = real_path(std::string(attempt.target.path));
    if (!path) return refused(attempt, errno);
    if (!path->starts_with("/dev/lirc")) return fail(EINVAL, "it is none: name one as /dev/lirc0");
    Fd device(::open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!device.valid()) return refused(attempt, errno);
    return attach_without_link(attempt, std::move(device), BPF_LIRC_MODE2);
}

}  // namespace wasm_bpf::bpf
