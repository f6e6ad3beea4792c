// What a link's own type adds to its info: a row for each type.

#include <bpf/bpf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <iterator>

#include "bpf/libbpf_messages.hpp"
#include "bpf/link.hpp"

namespace wasm_bpf::bpf {
namespace {

// Where the kernel writes the one text that an info may have; a path is the longest.
using Text = std::array<char, PATH_MAX>;

std::uint64_t address(Text& text) { return reinterpret_cast<std::uintptr_t>(text.data()); }

struct Row {
    std::uint32_t type;  // enum bpf_link_type
    // Points the kernel to the buffer for the type's text; null where it has none.
    void (*ask)(bpf_link_info& info, Text& text);
    void (*take)(const bpf_link_info& info, LinkInfo& result);
};

void take_perf_event(const bpf_link_info& info, LinkInfo& result) {
    const auto& event = info.perf_event;
    result.perf_event_type = event.type;
    switch (event.type) {
        case BPF_PERF_EVENT_UPROBE:
        case BPF_PERF_EVENT_URETPROBE:
            result.offset = event.uprobe.offset;
            result.cookie = event.uprobe.cookie;
            result.ref_ctr_offset = event.uprobe.ref_ctr_offset;
            break;
        case BPF_PERF_EVENT_KPROBE:
        case BPF_PERF_EVENT_KRETPROBE:
            result.offset = event.kprobe.offset;
            result.address = event.kprobe.addr;
            result.missed = event.kprobe.missed;
            result.cookie = event.kprobe.cookie;
            break;
        case BPF_PERF_EVENT_TRACEPOINT: result.cookie = event.tracepoint.cookie; break;
        default: result.cookie = event.event.cookie;
    }
}

// The place of a perf event's text is the same for each of its types; which one it is, the kernel says only with it.
void ask_perf_event(bpf_link_info& info, Text& text) {
    info.perf_event.tracepoint.tp_name = address(text);
    info.perf_event.tracepoint.name_len = text.size();
}

using Info = const bpf_link_info&;
constexpr Row rows[] = {
    {BPF_LINK_TYPE_RAW_TRACEPOINT,
     [](bpf_link_info& info, Text& text) {
         info.raw_tracepoint.tp_name = address(text);
         info.raw_tracepoint.tp_name_len = text.size();
     },
     [](Info info, LinkInfo& result) { result.cookie = info.raw_tracepoint.cookie; }},
    {BPF_LINK_TYPE_TRACING, nullptr,
     [](Info info, LinkInfo& result) {
         result.attach_type = info.tracing.attach_type;
         result.target_id = info.tracing.target_obj_id;
         result.target_type_id = info.tracing.target_btf_id;
         result.cookie = info.tracing.cookie;
     }},
    {BPF_LINK_TYPE_CGROUP, nullptr,
     [](Info info, LinkInfo& result) {
         result.target_id = info.cgroup.cgroup_id;
         result.attach_type = info.cgroup.attach_type;
     }},
    {BPF_LINK_TYPE_ITER,
     [](bpf_link_info& info, Text& text) {
         info.iter.target_name = address(text);
         info.iter.target_name_len = text.size();
     },
     [](Info info, LinkInfo& result) {
         // Which member of the unions it is, the iterator's name tells.
         if (result.target == "cgroup") {
             result.target_id = info.iter.cgroup.cgroup_id;
             result.flags = info.iter.cgroup.order;
         } else if (result.target.starts_with("task")) {
             result.tid = info.iter.task.tid;
             result.pid = info.iter.task.pid;
         } else {
             result.target_id = info.iter.map.map_id;
         }
     }},
    {BPF_LINK_TYPE_NETNS, nullptr,
     [](Info info, LinkInfo& result) {
         result.target_id = info.netns.netns_ino;
         result.attach_type = info.netns.attach_type;
     }},
    {BPF_LINK_TYPE_XDP, nullptr,
     [](Info info, LinkInfo& result) { result.interface_index = static_cast<int>(info.xdp.ifindex); }},
    {BPF_LINK_TYPE_PERF_EVENT, ask_perf_event, take_perf_event},
    {BPF_LINK_TYPE_KPROBE_MULTI, nullptr,
     [](Info info, LinkInfo& result) {
         result.count = info.kprobe_multi.count;
         result.flags = info.kprobe_multi.flags;
         result.missed = info.kprobe_multi.missed;
     }},
    {BPF_LINK_TYPE_STRUCT_OPS, nullptr, [](Info info, LinkInfo& result) { result.target_id = info.struct_ops.map_id; }},
    {BPF_LINK_TYPE_NETFILTER, nullptr,
     [](Info info, LinkInfo& result) {
         result.protocol_family = info.netfilter.pf;
         result.hook = info.netfilter.hooknum;
         result.priority = info.netfilter.priority;
         result.flags = info.netfilter.flags;
     }},
    {BPF_LINK_TYPE_TCX, nullptr,
     [](Info info, LinkInfo& result) {
         result.interface_index = static_cast<int>(info.tcx.ifindex);
         result.attach_type = info.tcx.attach_type;
     }},
    {BPF_LINK_TYPE_UPROBE_MULTI,
     [](bpf_link_info& info, Text& text) {
         info.uprobe_multi.path = address(text);
         info.uprobe_multi.path_size = text.size();
     },
     [](Info info, LinkInfo& result) {
         result.count = info.uprobe_multi.count;
         result.flags = info.uprobe_multi.flags;
         result.pid = info.uprobe_multi.pid;
     }},
    {BPF_LINK_TYPE_NETKIT, nullptr,
     [](Info info, LinkInfo& result) {
         result.interface_index = static_cast<int>(info.netkit.ifindex);
         result.attach_type = info.netkit.attach_type;
     }},
    {BPF_LINK_TYPE_SOCKMAP, nullptr,
     [](Info info, LinkInfo& result) {
         result.target_id = info.sockmap.map_id;
         result.attach_type = info.sockmap.attach_type;
     }},
};

int ask_kernel(int fd, bpf_link_info& info) {
    std::uint32_t size = sizeof(info);
    return bpf_link_get_info_by_fd(fd, &info, &size);
}

}  // namespace

Result<LinkInfo> Link::info() const {
    if (fd() < 0) return fail(EOPNOTSUPP, "link info: this attachment is no link of the kernel's");
    bpf_link_info info{};
    if (const int error = ask_kernel(fd(), info); error != 0) {
        // EINVAL: a perf event's fd, as kernels without links for them (before 5.15) leave it with libbpf.
        const int code = plain_errno(error) == EINVAL ? EOPNOTSUPP : plain_errno(error);
        return std::unexpected(errno_error(code, "link info"));
    }
    LinkInfo result{.type = info.type, .id = info.id, .program_id = info.prog_id};
    const auto row = std::ranges::find(rows, info.type, &Row::type);
    if (row == std::end(rows)) return result;
    if (row->ask) {
        Text text{};
        bpf_link_info with_text{};
        row->ask(with_text, text);
        // Without the right to see kernel addresses, or on a kernel that does not know the text, there is none.
        if (ask_kernel(fd(), with_text) == 0) {
            info = with_text;
            result.target = text.data();
        }
    }
    row->take(info, result);
    return result;
}

}  // namespace wasm_bpf::bpf
