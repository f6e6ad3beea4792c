#include "bpf/tc_hook.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bpf/fd.hpp"
#include "bpf/left_overs.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/small_file.hpp"

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

// The socket on which the kernel answers with the filters of one side of the interface. libbpf cannot list them.
Fd ask_for_filters(int interface_index, std::uint32_t side) {
    Fd netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    struct {
        nlmsghdr header;
        tcmsg filter;
    } request{};
    request.header = {sizeof(request), RTM_GETTFILTER, NLM_F_REQUEST | NLM_F_DUMP, 1, 0};
    request.filter.tcm_family = AF_UNSPEC;
    request.filter.tcm_ifindex = interface_index;
    request.filter.tcm_parent = TC_H_MAKE(TC_H_CLSACT, side);
    if (!netlink.valid() || ::send(netlink.get(), &request, sizeof(request), 0) < 0) return Fd();
    return netlink;
}

// Whether a filter is left on one side of the interface; also true where that cannot be told.
bool has_filters(int interface_index, std::uint32_t side) {
    const Fd netlink = ask_for_filters(interface_index, side);
    if (!netlink.valid()) return true;
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
    [[nodiscard]] bool contains(int interface_index) {
        const std::lock_guard lock(mutex_);
        return interfaces_.contains(interface_index);
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

// The program as the kernel names it: no other has its id until the next boot.
struct ProgramIdentity {
    std::uint32_t id = 0;
    std::array<std::uint8_t, BPF_TAG_SIZE> tag{};
    bool operator==(const ProgramIdentity&) const = default;
};

ProgramIdentity identity_of(int program_fd) {
    bpf_prog_info info{};
    std::uint32_t size = sizeof(info);
    ProgramIdentity identity;
    if (bpf_prog_get_info_by_fd(program_fd, &info, &size) != 0) return identity;
    identity.id = info.id;
    std::ranges::copy(info.tag, identity.tag.begin());
    return identity;
}

// A filter as left_overs.hpp keeps it.
struct TcRecord {
    TcFilter filter{};
    ProgramIdentity program{};
    bool discipline_is_ours = false;

    [[nodiscard]] std::string text() const {
        return fmt::format("tc {} {} {} {} {} {:02x} {:d}", filter.interface_index, filter.place, filter.handle,
                           filter.priority, program.id, fmt::join(program.tag, ""), discipline_is_ours);
    }
    static std::optional<TcRecord> read(const std::string& text) {
        Words words(text);
        std::string word, tag;
        TcRecord record;
        words >> word >> record.filter.interface_index >> record.filter.place >> record.filter.handle >>
            record.filter.priority >> record.program.id >> tag >> record.discipline_is_ours;
        if (!words.ok() || tag.size() != 2 * record.program.tag.size()) return {};
        for (std::size_t i = 0; i < record.program.tag.size(); i++)
            std::from_chars(&tag[2 * i], &tag[2 * i] + 2, record.program.tag[i], 16);
        return record;
    }
};

ProgramIdentity identity_in(const rtattr* options) {
    ProgramIdentity identity;
    auto size = static_cast<int>(RTA_PAYLOAD(options));
    for (auto* each = static_cast<rtattr*>(RTA_DATA(options)); RTA_OK(each, size); each = RTA_NEXT(each, size)) {
        if (each->rta_type == TCA_BPF_ID && RTA_PAYLOAD(each) >= sizeof(identity.id))
            std::memcpy(&identity.id, RTA_DATA(each), sizeof(identity.id));
        if (each->rta_type == TCA_BPF_TAG && RTA_PAYLOAD(each) >= identity.tag.size())
            std::memcpy(identity.tag.data(), RTA_DATA(each), identity.tag.size());
    }
    return identity;
}

// The filter that a message of the kernel's describes, if it runs the record's program where the record says.
std::optional<TcFilter> recorded_filter(nlmsghdr* message, const TcRecord& record) {
    const auto* head = static_cast<const tcmsg*>(NLMSG_DATA(message));
    const TcFilter filter{record.filter.interface_index, record.filter.place, head->tcm_handle, head->tcm_info >> 16};
    // Zero until the kernel has chosen: the process ended right between attaching and writing that down.
    if (record.filter.handle != 0 && record.filter.handle != filter.handle) return {};
    if (record.filter.priority != 0 && record.filter.priority != filter.priority) return {};
    auto size = static_cast<int>(message->nlmsg_len - NLMSG_LENGTH(sizeof(*head)));
    auto* each = reinterpret_cast<rtattr*>(static_cast<char*>(NLMSG_DATA(message)) + NLMSG_ALIGN(sizeof(*head)));
    for (; RTA_OK(each, size); each = RTA_NEXT(each, size))
        if (each->rta_type == TCA_OPTIONS && identity_in(each) == record.program) return filter;
    return {};
}

std::optional<TcFilter> find_filter(const TcRecord& record) {
    const bool ingress = record.filter.place == BPF_TC_INGRESS;
    const Fd netlink = ask_for_filters(record.filter.interface_index, ingress ? TC_H_MIN_INGRESS : TC_H_MIN_EGRESS);
    std::optional<TcFilter> found;
    alignas(nlmsghdr) std::array<char, 32768> answer{};
    while (netlink.valid()) {
        ssize_t size = ::recv(netlink.get(), answer.data(), answer.size(), 0);
        if (size <= 0) return found;
        for (auto* message = reinterpret_cast<nlmsghdr*>(answer.data());
             NLMSG_OK(message, static_cast<std::size_t>(size)); message = NLMSG_NEXT(message, size)) {
            if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) return found;
            if (!found && message->nlmsg_type == RTM_NEWTFILTER) found = recorded_filter(message, record);
        }
    }
    return found;
}

}  // namespace

std::string remove_left_tc_filter(const std::string& text) {
    const auto record = TcRecord::read(text);
    if (!record) return {};
    if (record->discipline_is_ours) made_disciplines().add(record->filter.interface_index);
    const auto filter = find_filter(*record);
    if (!filter) {
        made_disciplines().remove_unused(record->filter.interface_index);
        return {};
    }
    remove_filter(*filter);
    return fmt::format("a traffic control filter on interface {}", filter->interface_index);
}

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
    TcRecord record{filter, identity_of(program_fd), made_disciplines().contains(filter.interface_index)};
    const auto on_disk = std::make_shared<std::unique_ptr<LeftOver>>(std::make_unique<LeftOver>(record.text()));
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
    record.filter.handle = options.handle;
    record.filter.priority = options.priority;
    (*on_disk)->update(record.text());
    return Link(
        [made = record.filter, on_disk] {
            remove_filter(made);
            on_disk->reset();
        },
        [record, on_disk](int other) mutable {
            Result<> replaced = replace_program(record.filter, other);
            if (replaced) record.program = identity_of(other);
            if (replaced && *on_disk) (*on_disk)->update(record.text());
            return replaced;
        });
}

}  // namespace wasm_bpf::bpf
