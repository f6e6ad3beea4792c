#include "bpf/tc_hook.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <set>

#include "bpf/fd.hpp"
#include "bpf/libbpf_messages.hpp"

namespace wasm_bpf::bpf {
namespace {

bpf_tc_hook hook_at(int interface_index, bpf_tc_attach_point place) {
    bpf_tc_hook hook{};
    hook.sz = sizeof(hook);
    hook.ifindex = interface_index;
    hook.attach_point = place;
    return hook;
}

constexpr auto both_sides = static_cast<bpf_tc_attach_point>(BPF_TC_INGRESS | BPF_TC_EGRESS);

// Whether a filter is left on one side of the interface; also true where that cannot be told. libbpf cannot list them.
bool has_filters(int interface_index, std::uint32_t side) {
    const Fd netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    struct {
        nlmsghdr header;
        tcmsg filter;
    } request{};
    request.header = {sizeof(request), RTM_GETTFILTER, NLM_F_REQUEST | NLM_F_DUMP, 1, 0};
    request.filter.tcm_family = AF_UNSPEC;
    request.filter.tcm_ifindex = interface_index;
    request.filter.tcm_parent = TC_H_MAKE(TC_H_CLSACT, side);
    if (!netlink.valid() || ::send(netlink.get(), &request, sizeof(request), 0) < 0) return true;
    // The first message of the answer tells: the end of the list, or a filter.
    alignas(nlmsghdr) std::array<char, 16384> answer{};
    const ssize_t size = ::recv(netlink.get(), answer.data(), answer.size(), 0);
    const auto* first = reinterpret_cast<const nlmsghdr*>(answer.data());
    return size < static_cast<ssize_t>(sizeof(*first)) || first->nlmsg_type != NLMSG_DONE;
}

// The interfaces whose queueing discipline this process made, so that whichever of its filters goes last removes it.
class MadeDisciplines {
public:
    void add(int interface_index) {
        const std::lock_guard lock(mutex_);
        interfaces_.insert(interface_index);
    }
    // Destroys the interface's discipline where it is ours and no filter, of whomever, is left on it.
    void remove_unused(int interface_index) {
        const std::lock_guard lock(mutex_);
        if (!interfaces_.contains(interface_index) || has_filters(interface_index, TC_H_MIN_INGRESS) ||
            has_filters(interface_index, TC_H_MIN_EGRESS))
            return;
        bpf_tc_hook both = hook_at(interface_index, both_sides);
        bpf_tc_hook_destroy(&both);
        interfaces_.erase(interface_index);
    }

private:
    std::mutex mutex_;
    std::set<int> interfaces_;
};

MadeDisciplines& made_disciplines() {
    static MadeDisciplines made;
    return made;
}

void remove_filter(const TcFilter& filter) {
    const LibbpfMessages messages;
    const bpf_tc_hook hook = hook_at(filter.interface_index, static_cast<bpf_tc_attach_point>(filter.place));
    bpf_tc_opts options{};
    options.sz = sizeof(options);
    options.handle = filter.handle;
    options.priority = filter.priority;
    bpf_tc_detach(&hook, &options);
    made_disciplines().remove_unused(filter.interface_index);
}

Result<> replace_program(const TcFilter& filter, int program_fd) {
    const LibbpfMessages messages;
    const bpf_tc_hook hook = hook_at(filter.interface_index, static_cast<bpf_tc_attach_point>(filter.place));
    bpf_tc_opts options{};
    options.sz = sizeof(options);
    options.prog_fd = program_fd;
    options.flags = BPF_TC_F_REPLACE;
    options.handle = filter.handle;
    options.priority = filter.priority;
    if (const int error = bpf_tc_attach(&hook, &options); error != 0)
        return fail(plain_errno(error), messages.explain("replace a tc filter's program: " + error_text(error)));
    return {};
}

}  // namespace

bool kernel_has_tcx(int interface_index) {
    struct bpf_prog_query_opts query{};
    query.sz = sizeof(query);
    // EPERM and the like come from a kernel that knows the place.
    return bpf_prog_query_opts(interface_index, BPF_TCX_INGRESS, &query) != -EINVAL;
}

std::expected<Link, int> attach_tc_filter(int program_fd, const TcFilter& filter) {
    bpf_tc_hook hook = hook_at(filter.interface_index, static_cast<bpf_tc_attach_point>(filter.place));
    const int created = bpf_tc_hook_create(&hook);
    if (created != 0 && created != -EEXIST) return std::unexpected(-created);
    if (created == 0) made_disciplines().add(filter.interface_index);
    bpf_tc_opts options{};
    options.sz = sizeof(options);
    options.prog_fd = program_fd;
    options.handle = filter.handle;
    options.priority = filter.priority;
    const int attached = bpf_tc_attach(&hook, &options);
    if (attached != 0) {
        made_disciplines().remove_unused(filter.interface_index);
        return std::unexpected(-attached);
    }
    const TcFilter made{filter.interface_index, filter.place, options.handle, options.priority};
    return Link([made] { remove_filter(made); }, [made](int other) { return replace_program(made, other); });
}

}  // namespace wasm_bpf::bpf
