#include "host_api/attach_options.hpp"

#include <algorithm>
#include <iterator>
#include <span>

#include "bpf/attach_targets.hpp"
#include "host_api/heritage.hpp"

namespace wasm_bpf::host_api {
namespace {

using Options = wasm_bpf_attach_options;
using bpf::AttachTarget;

enum Member : std::uint32_t {
    cookie = 1 << 0,
    offset = 1 << 1,
    path = 1 << 2,
    name = 1 << 3,
    pid = 1 << 4,
    interface_index = 1 << 5,
    flags = 1 << 6,
    handle = 1 << 7,
    tc_handle = 1 << 8,
    priority = 1 << 9,
    ref_ctr_offset = 1 << 10,
    expected_revision = 1 << 11,
    relative = 1 << 12,
    relative_id = 1 << 13,
    provider = 1 << 14,
    names = 1 << 15,
    addresses = 1 << 16,
    cookies = 1 << 17,
    ref_ctr_offsets = 1 << 18,
    protocol_family = 1 << 19,
    hook = 1 << 20,
    order = 1 << 21,
    tid = 1 << 22,
    attach_type = 1 << 23,
    reserved = 1 << 24,
};

struct MemberRow {
    Member member;
    std::string_view name;
    bool (*given)(const Options&);
};
#define MEMBER(field) {field, #field, [](const Options& options) { return options.field != 0; }}
#define TEXT(field) {field, #field, [](const Options& options) { return options.field##_size != 0; }}
constexpr MemberRow members[] = {
    MEMBER(cookie),
    MEMBER(offset),
    TEXT(path),
    TEXT(name),
    MEMBER(pid),
    MEMBER(interface_index),
    MEMBER(flags),
    MEMBER(handle),
    MEMBER(tc_handle),
    MEMBER(priority),
    MEMBER(ref_ctr_offset),
    MEMBER(expected_revision),
    MEMBER(relative),
    MEMBER(relative_id),
    TEXT(provider),
    TEXT(names),
    MEMBER(addresses),
    MEMBER(cookies),
    MEMBER(ref_ctr_offsets),
    MEMBER(protocol_family),
    MEMBER(hook),
    MEMBER(order),
    MEMBER(tid),
    MEMBER(attach_type),
    MEMBER(reserved),
};
#undef MEMBER
#undef TEXT

// What `handle` names, put where the kind takes it. False where it names no such thing.
using TakeHandle = bool (*)(Host& host, Handle handle, AttachTarget& target);

template <typename T>
bool take_fd(Host& host, Handle handle, AttachTarget& target) {
    const T* item = host.handles.get<T>(handle);
    if (item) target.fd = item->fd.get();
    return item != nullptr;
}
bool take_program(Host& host, Handle handle, AttachTarget& target) {
    const bpf::Program* program = host.handles.program(handle);
    if (program) target.fd = program->fd();
    return target.fd >= 0;
}
bool take_map(Host& host, Handle handle, AttachTarget& target) {
    const bpf::Map* map = host.handles.map(handle);
    if (map) target.map_fd = map->fd();
    return target.map_fd >= 0;
}
bool take_map_or_cgroup(Host& host, Handle handle, AttachTarget& target) {
    const auto* cgroup = host.handles.get<Cgroup>(handle);
    if (!cgroup) return take_map(host, handle, target);
    target.cgroup_fd = cgroup->fd.get();
    return true;
}

struct KindRow {
    wasm_bpf_attach_kind kind;
    std::uint32_t members;  // of enum Member, that the kind uses
    TakeHandle take_handle = nullptr;
    std::string_view handle_is = {};  // what the handle must name
    bool handle_needed = false;
    std::uint32_t known_flags = 0;  // WASM_BPF_ATTACH_*, of the kinds whose flags are these
};
constexpr std::uint32_t among_others = flags | relative | relative_id | expected_revision | attach_type;
constexpr std::uint32_t multi = name | names | addresses | cookies | flags;
constexpr std::uint32_t at_return = WASM_BPF_ATTACH_RETURN;
constexpr std::uint32_t at_return_or_session = WASM_BPF_ATTACH_RETURN | WASM_BPF_ATTACH_SESSION;
constexpr std::uint32_t kprobe_multi_flags = at_return_or_session | WASM_BPF_ATTACH_UNIQUE;
constexpr KindRow kinds[] = {
    {.kind = WASM_BPF_ATTACH_AUTO, .members = cookie},
    {.kind = WASM_BPF_ATTACH_BY_SECTION, .members = cookie | path},
    {.kind = WASM_BPF_ATTACH_KPROBE, .members = cookie | name | offset | flags, .known_flags = at_return},
    {.kind = WASM_BPF_ATTACH_UPROBE,
     .members = cookie | path | name | offset | ref_ctr_offset | pid | flags,
     .known_flags = at_return},
    {.kind = WASM_BPF_ATTACH_TRACEPOINT, .members = cookie | path | name},
    {.kind = WASM_BPF_ATTACH_RAW_TRACEPOINT, .members = cookie | name},
    {.kind = WASM_BPF_ATTACH_CGROUP,
     .members = path | handle | among_others,
     .take_handle = take_fd<Cgroup>,
     .handle_is = "cgroup"},
    {.kind = WASM_BPF_ATTACH_XDP, .members = interface_index | flags},
    {.kind = WASM_BPF_ATTACH_TCX, .members = interface_index | among_others},
    {.kind = WASM_BPF_ATTACH_TC, .members = interface_index | flags | tc_handle | priority},
    {.kind = WASM_BPF_ATTACH_SOCKET,
     .members = handle,
     .take_handle = take_fd<Socket>,
     .handle_is = "socket",
     .handle_needed = true},
    {.kind = WASM_BPF_ATTACH_KPROBE_MULTI, .members = multi, .known_flags = kprobe_multi_flags},
    {.kind = WASM_BPF_ATTACH_UPROBE_MULTI,
     .members = multi | path | ref_ctr_offsets | pid,
     .known_flags = at_return_or_session},
    {.kind = WASM_BPF_ATTACH_KSYSCALL, .members = cookie | name | flags, .known_flags = at_return},
    {.kind = WASM_BPF_ATTACH_USDT, .members = cookie | path | provider | name | pid},
    {.kind = WASM_BPF_ATTACH_PERF_EVENT,
     .members = cookie | handle | flags,
     .take_handle = take_fd<PerfEvent>,
     .handle_is = "perf event",
     .handle_needed = true,
     .known_flags = WASM_BPF_ATTACH_LEAVE_DISABLED},
    {.kind = WASM_BPF_ATTACH_TRACE, .members = cookie},
    {.kind = WASM_BPF_ATTACH_FREPLACE,
     .members = handle | name,
     .take_handle = take_program,
     .handle_is = "loaded program"},
    {.kind = WASM_BPF_ATTACH_ITERATOR,
     .members = handle | order | pid | tid,
     .take_handle = take_map_or_cgroup,
     .handle_is = "loaded map or cgroup"},
    {.kind = WASM_BPF_ATTACH_NETKIT, .members = interface_index | among_others},
    {.kind = WASM_BPF_ATTACH_NETFILTER, .members = protocol_family | hook | priority | flags},
    {.kind = WASM_BPF_ATTACH_NETNS,
     .members = handle,
     .take_handle = take_fd<NetworkNamespace>,
     .handle_is = "network namespace"},
    {.kind = WASM_BPF_ATTACH_SOCKMAP,
     .members = handle | attach_type,
     .take_handle = take_map,
     .handle_is = "loaded map",
     .handle_needed = true},
    {.kind = WASM_BPF_ATTACH_LIRC, .members = path},
    {.kind = WASM_BPF_ATTACH_ROUTE, .members = name | interface_index | path},
};

// The guest's own names for the kinds, for error texts.
std::string_view kind_name(const Options& options) {
    if (options.kind == WASM_BPF_ATTACH_AUTO) return "auto";
    if (options.kind == WASM_BPF_ATTACH_BY_SECTION) return "by_section";
    return bpf::attach_kind_name(static_cast<bpf::AttachKind>(options.kind));
}

Result<> check_members(const KindRow& row, const Options& options) {
    for (const MemberRow& member : members)
        if ((row.members & member.member) == 0 && member.given(options))
            return fail(EINVAL, fmt::format("attach: kind {} ({}) has no use for `{}`: it must be 0", options.kind,
                                            kind_name(options), member.name));
    if (row.known_flags != 0 && (options.flags & ~row.known_flags) != 0)
        return fail(EINVAL, fmt::format("attach: kind {} ({}) has no `flags` {:#x}", options.kind, kind_name(options),
                                        options.flags & ~row.known_flags));
    return {};
}

Result<> read_texts(Host& host, const Options& options, AttachTarget& target) {
    const struct {
        std::string& to;
        wasm_bpf_ptr offset;
        std::uint32_t size;
        std::string_view what;
    } texts[] = {
        {target.path, options.path, options.path_size, "attach path"},
        {target.name, options.name, options.name_size, "attach name"},
        {target.provider, options.provider, options.provider_size, "attach provider"},
    };
    for (const auto& text : texts) {
        auto read = host.memory.text(text.offset, text.size, text.what);
        if (!read) return std::unexpected(std::move(read).error());
        text.to = std::move(*read);
    }
    return {};
}

// As many as the kernel takes (MAX_KPROBE_MULTI_CNT, MAX_UPROBE_MULTI_CNT).
constexpr std::uint32_t max_multi_count = 1U << 20;

Result<> read_numbers(Host& host, wasm_bpf_ptr at, std::uint32_t count, std::string_view what,
                      std::vector<std::uint64_t>& to) {
    if (at == 0) return {};
    auto bytes = host.memory.bytes(at, std::uint64_t{count} * sizeof(std::uint64_t), what);
    if (!bytes) return std::unexpected(std::move(bytes).error());
    to.resize(count);
    std::memcpy(to.data(), bytes->data(), bytes->size());
    return {};
}

// Many times what the names of all functions that the kernel can probe take.
constexpr std::uint32_t max_names_bytes = 64 << 20;

Result<> read_names(Host& host, const Options& options, AttachTarget& target) {
    if (options.names_size == 0) return {};
    if (options.names_size > max_names_bytes)
        return fail(E2BIG, fmt::format("attach names: {} bytes of names; {} are the most", options.names_size,
                                       max_names_bytes));
    auto bytes = host.memory.bytes(options.names, options.names_size, "attach names");
    if (!bytes) return std::unexpected(std::move(bytes).error());
    // Not read where they lie, where they may change.
    const std::string copy(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    std::string_view rest = copy;
    for (std::uint32_t i = 0; i < options.count; i++) {
        const std::size_t end = rest.find('\0');
        if (end == rest.npos || end == 0 || end > max_text_bytes)
            return fail(EINVAL, fmt::format("attach names: no text number {} of {}", i + 1, options.count));
        target.names.emplace_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    if (!rest.empty())
        return fail(EINVAL, fmt::format("attach names: more than the {} texts of `count`", options.count));
    return {};
}

Result<> read_lists(Host& host, const Options& options, AttachTarget& target) {
    const bool listed = options.names_size != 0 || options.addresses != 0;
    if (!listed) {
        const std::string_view without = options.cookies != 0           ? "cookies"
                                         : options.ref_ctr_offsets != 0 ? "ref_ctr_offsets"
                                         : options.count != 0           ? "count"
                                                                        : "";
        if (without.empty()) return {};
        return fail(EINVAL, fmt::format("attach: `{}` goes with `names` or `addresses` only", without));
    }
    if (options.names_size != 0 && options.addresses != 0)
        return fail(EINVAL, "attach: give `names` or `addresses`, not both");
    if (options.name_size != 0) return fail(EINVAL, "attach: give `name`, a pattern, or a list, not both");
    if (options.count == 0) return fail(EINVAL, "attach: the lists have no elements: `count` is 0");
    if (options.count > max_multi_count)
        return fail(E2BIG, fmt::format("attach: {} places; the kernel takes {}", options.count, max_multi_count));
    if (auto read = read_names(host, options, target); !read) return read;
    if (auto read = read_numbers(host, options.addresses, options.count, "attach addresses", target.addresses); !read)
        return read;
    if (auto read = read_numbers(host, options.cookies, options.count, "attach cookies", target.cookies); !read)
        return read;
    return read_numbers(host, options.ref_ctr_offsets, options.count, "attach ref_ctr_offsets", target.ref_ctr_offsets);
}

constexpr std::uint32_t relative_is_link = 1U << 13;  // BPF_F_LINK, younger than some linux/bpf.h

// A program or link of this guest's; the flags tell the kernel which, and must agree.
Result<> read_relative(Host& host, const Options& options, AttachTarget& target) {
    target.relative_id = options.relative_id;
    if (options.relative == 0) return {};
    if (options.relative_id != 0) return fail(EINVAL, "attach: give `relative` or `relative_id`, not both");
    const bool wants_link = (options.flags & relative_is_link) != 0;
    if (const bpf::Program* program = host.handles.program(options.relative); program && !wants_link)
        target.relative_fd = program->fd();
    else if (const bpf::Link* link = host.handles.get<bpf::Link>(options.relative); link && wants_link)
        target.relative_fd = link->fd();
    if (target.relative_fd >= 0) return {};
    return fail(EBADF, fmt::format("attach: `relative`: {} is no {} of this guest's", options.relative,
                                   wants_link ? "link (as BPF_F_LINK says)" : "loaded program (no BPF_F_LINK)"));
}

Result<> read_handle(Host& host, const KindRow& row, const Options& options, AttachTarget& target) {
    if (options.handle == 0 && !row.handle_needed) return {};
    if (row.take_handle(host, options.handle, target)) return {};
    return fail(EBADF, fmt::format("attach: {} is no {} of this guest's", options.handle, row.handle_is));
}

}  // namespace

Result<bpf::AttachTarget> read_attach_options(Host& host, const wasm_bpf_attach_options& options) {
    const auto* const row = std::ranges::find_if(
        kinds, [&](const KindRow& each) { return static_cast<std::uint32_t>(each.kind) == options.kind; });
    if (row == std::end(kinds)) return fail(EINVAL, fmt::format("attach: there is no kind {}", options.kind));
    if (auto checked = check_members(*row, options); !checked) return std::unexpected(std::move(checked).error());
    const std::uint32_t own_flags = options.flags & row->known_flags;
    AttachTarget target{
        .kind = static_cast<bpf::AttachKind>(options.kind),
        .offset = options.offset,
        .cookie = options.cookie,
        .pid = (row->members & pid) != 0 ? options.pid : -1,
        .interface_index = options.interface_index,
        .flags = row->known_flags != 0 ? 0 : options.flags,
        .handle = options.tc_handle,
        .priority = options.priority,
        .return_probe = (own_flags & WASM_BPF_ATTACH_RETURN) != 0,
        .session = (own_flags & WASM_BPF_ATTACH_SESSION) != 0,
        .unique_match = (own_flags & WASM_BPF_ATTACH_UNIQUE) != 0,
        .leave_disabled = (own_flags & WASM_BPF_ATTACH_LEAVE_DISABLED) != 0,
        .ref_ctr_offset = options.ref_ctr_offset,
        .expected_revision = options.expected_revision,
        .protocol_family = options.protocol_family,
        .hook = options.hook,
        .order = options.order,
        .tid = options.tid,
        .attach_type = options.attach_type,
    };
    if (auto read = read_texts(host, options, target); !read) return std::unexpected(std::move(read).error());
    if (auto read = read_lists(host, options, target); !read) return std::unexpected(std::move(read).error());
    if (auto read = read_relative(host, options, target); !read) return std::unexpected(std::move(read).error());
    if (auto read = read_handle(host, *row, options, target); !read) return std::unexpected(std::move(read).error());
    return target;
}

Result<> check_places(const Host& host, const bpf::Program& program, const bpf::AttachTarget& resolved) {
    for (const bpf::AttachPlaceText& place : bpf::attach_places(program.raw(), resolved)) {
        auto allowed = host.options.policy.check_attach({.kind = place.kind,
                                                         .function = place.function,
                                                         .binary = place.binary,
                                                         .interface = place.interface,
                                                         .cgroup = place.cgroup,
                                                         .network_namespace = place.network_namespace,
                                                         .device = place.device});
        if (!allowed)
            return std::unexpected(std::move(allowed).error().in(fmt::format("attach \"{}\"", program.name())));
    }
    return {};
}

namespace {

// A new version of a guest takes the old one's place over where it can; where it cannot, both are attached for a
// moment.
Result<bpf::Link> attach_or_inherit(Host& host, bpf::Program& program, const bpf::AttachTarget& target) {
    const std::shared_ptr<Heritage> heritage = host.heritage;
    if (heritage) {
        auto given = heritage->give_link(program, target);
        if (given) return std::move(*given);
    }
    auto link = program.attach(target);
    if (link && heritage) heritage->end_link(program, target);
    return link;
}

}  // namespace

Result<bpf::Link> attach_if_allowed(Host& host, const HostObject& object, bpf::Program& program,
                                    const bpf::AttachTarget& target) {
    auto resolved = program.resolve(target);
    if (!resolved) return std::unexpected(std::move(resolved).error());
    if (auto allowed = check_places(host, program, *resolved); !allowed)
        return std::unexpected(std::move(allowed).error());
    if (!host.options.keeps_attachments) return program.attach(*resolved);
    auto attachment = std::make_shared<bpf::Attachment>(program.name(), program.fd(), *resolved);
    attachment->again = [where = attachment.get(), &program,
                         kept = std::weak_ptr(object.object)]() -> Result<bpf::Link> {
        if (kept.expired()) return fail(ENOENT, "the program's object was closed");
        return program.attach(where->target);
    };
    auto link = attach_or_inherit(host, program, *resolved);
    if (link) link->set_attachment(std::move(attachment));
    return link;
}

}  // namespace wasm_bpf::host_api
