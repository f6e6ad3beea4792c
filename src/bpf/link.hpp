#pragma once
// An attachment, and where to attach.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

struct bpf_link;
struct bpf_map;

namespace wasm_bpf::bpf {

// Where a program is attached. The numbers are part of the guest ABI (enum wasm_bpf_attach_kind in
// sdk/c/include/wasm_bpf/abi_types.h); attach_targets.cpp has one row for each.
enum class AttachKind : std::uint32_t {
    automatic = 0,           // by the section's name alone: bpf_program__attach()
    kprobe = 1,              // name: kernel function; offset; return_probe
    uprobe = 2,              // path, name (function; may be empty: then offset in the file), offset, pid, return_probe
    tracepoint = 3,          // path: category; name
    raw_tracepoint = 4,      // name
    cgroup = 5,              // path of the cgroup, or fd of its opened folder; as interface_tcx
    interface_xdp = 6,       // interface_index; flags: XDP_FLAGS_*
    interface_tcx = 7,       // interface_index; flags, relative_*, expected_revision
    interface_tc = 8,        // interface_index; the legacy hook: flags: BPF_TC_INGRESS, BPF_TC_EGRESS; handle, priority
    socket = 9,              // fd of a socket: its filter, or its group's chooser (sk_reuseport)
    by_section = 10,         // path: one string that the program's section gives its meaning: interface, cgroup or
                             // "path:function" (what version 0's attach call takes)
    kprobe_multi = 11,       // name: pattern, or names or addresses; cookies; return_probe, session
    uprobe_multi = 12,       // path; name: pattern, or names or addresses (file offsets); cookies, ref_ctr_offsets; pid
    ksyscall = 13,           // name; return_probe
    usdt = 14,               // path, provider, name, pid
    perf_event = 15,         // fd of a perf event
    trace = 16,              // fentry, fexit, fmod_ret, tp_btf, lsm: as the section or set_attach_target() says; cookie
    freplace = 17,           // fd of a loaded program, name: its function
    iterator = 18,           // map_fd; or cgroup_fd and order; or pid, tid
    interface_netkit = 19,   // as interface_tcx
    netfilter = 20,          // protocol_family, hook, priority, flags
    network_namespace = 21,  // fd of a network namespace; -1: this process's own
    sockmap = 22,            // map_fd
    lirc = 23,               // path of the device
    route = 24,              // lwt_*: name: destination, interface_index, path: gateway
};

struct AttachTarget {
    AttachKind kind = AttachKind::automatic;
    std::string path{};
    std::string name{};
    std::uint64_t offset = 0;
    std::uint64_t cookie = 0;
    int pid = -1;  // -1: every process; 0: this one
    int interface_index = 0;
    int fd = -1;
    std::uint32_t flags = 0;
    std::uint32_t handle = 0;
    std::uint32_t priority = 0;
    bool return_probe = false;
    bool session = false;
    bool unique_match = false;    // kprobe_multi: the pattern must match one function alone
    bool leave_disabled = false;  // perf_event: it is not enabled
    std::uint64_t ref_ctr_offset = 0;
    std::uint64_t expected_revision = 0;
    int relative_fd = -1;           // a program or link before or after which to attach
    std::uint32_t relative_id = 0;  // the kernel's id of one, instead
    std::string provider{};
    std::vector<std::string> names{};  // of a multi probe; so are the three lists below, each as long or empty
    std::vector<std::uint64_t> addresses{};
    std::vector<std::uint64_t> cookies{};
    std::vector<std::uint64_t> ref_ctr_offsets{};
    std::uint32_t protocol_family = 0;
    std::uint32_t hook = 0;
    int map_fd = -1;
    int cgroup_fd = -1;
    std::uint32_t order = 0;
    int tid = 0;
    std::uint32_t attach_type = 0;  // enum bpf_attach_type of cgroup, tcx, netkit, sockmap; 0: the program's own

    bool operator==(const AttachTarget&) const = default;
};

class Link;

// How a program was attached, so that it can be again: after a pause, or for another version of it.
struct Attachment {
    // With files of its own: what they were named by may be closed.
    Attachment(std::string program_name, int program_file, const AttachTarget& where);

    // Whether the target is the same place, whatever numbers its files have.
    [[nodiscard]] bool is_at(const AttachTarget& other) const;

    std::string program;
    Fd program_fd;
    AttachTarget target;
    std::vector<Fd> files;
    std::function<Result<Link>()> again{};  // attaches it there once more
};

// What the kernel says about a link; what its type has not is 0 or empty.
struct LinkInfo {
    std::uint32_t type = 0;  // enum bpf_link_type
    std::uint32_t id = 0;
    std::uint32_t program_id = 0;
    std::uint32_t attach_type = 0;  // enum bpf_attach_type
    std::uint64_t target_id = 0;    // cgroup id, network namespace's inode, BTF object's, program's or map's id
    std::uint64_t cookie = 0;
    std::uint64_t offset = 0;   // of a probe in its function or file
    std::uint64_t address = 0;  // of a kernel probe
    std::uint64_t missed = 0;   // runs that a kernel probe missed
    std::uint64_t ref_ctr_offset = 0;
    int interface_index = 0;
    std::uint32_t flags = 0;
    std::uint32_t count = 0;  // of a multi link's places
    std::uint32_t protocol_family = 0;
    std::uint32_t hook = 0;
    int priority = 0;
    std::uint32_t target_type_id = 0;   // in the BTF of target_id
    std::uint32_t perf_event_type = 0;  // enum bpf_perf_event_type
    std::uint32_t pid = 0;
    std::uint32_t tid = 0;
    std::string target{};  // tracepoint, function, file, iterator
};

// An attachment. Detaches when it ends, by whatever means its kind needs (bpf_link__destroy, bpf_tc_detach,
// SO_DETACH_BPF), save where it is pinned. Does not depend on its object's life. Not thread-safe.
class Link {
public:
    explicit Link(bpf_link* link) : link_(link) {}
    // A link of the kernel's that libbpf does not know: made by bpf_link_create, or opened from a pin.
    explicit Link(Fd fd) : fd_(std::move(fd)) {}
    // An attachment that is no link of the kernel's. `replace` puts another program (its fd) in the place of its own.
    using Replace = std::function<Result<>(int program_fd)>;
    explicit Link(std::function<void()> detach, Replace replace = nullptr)
        : detach_(std::move(detach)), replace_(std::move(replace)) {}
    Link(Link&& other) noexcept;
    Link& operator=(Link&& other) noexcept;
    ~Link();

    // The kernel's link; -1 where the attachment is none of its links (a legacy tc filter, a socket's filter).
    [[nodiscard]] int fd() const;

    // How it was attached; null where that is not known, as of one opened from a pin.
    void set_attachment(std::shared_ptr<const Attachment> attachment) { attachment_ = std::move(attachment); }
    [[nodiscard]] const std::shared_ptr<const Attachment>& attachment() const { return attachment_; }
    // The program that it has now, by an fd of its own. Wants attachment().
    [[nodiscard]] Fd program() const;
    // Detaches for a time; this object stays its name. Nothing happens to one that is pinned or detached already, or
    // whose attachment() is not known.
    void suspend();
    // Becomes one that suspend() has detached.
    void set_suspended(std::shared_ptr<const Attachment> attachment);
    // Attaches again what suspend() detached.
    Result<> resume();

    // Holds on to what detaching needs.
    void keep_alive(std::shared_ptr<void> needed) { kept_ = std::move(needed); }

    // The calls below fail with EOPNOTSUPP where this attachment is no link of the kernel's, or the kernel's link
    // cannot do it (as it says itself).
    [[nodiscard]] Result<LinkInfo> info() const;
    // Puts another loaded program in the place of the link's own; there is no moment without one of them.
    Result<> update_program(int program_fd);
    // The same for a struct_ops map, which its object has created.
    Result<> update_map(const bpf_map* map);
    // Detaches now. A link of the kernel's stays as a name for what was attached.
    Result<> detach();
    // Lets the attachment live on at `path` of a BPF file system, whose folders are made where they are missing.
    Result<> pin(const std::string& path);
    // EINVAL where something else is pinned there.
    Result<> unpin(const std::string& path);

private:
    void end() noexcept;
    bpf_link* link_ = nullptr;
    Fd fd_;
    std::function<void()> detach_;
    Replace replace_;
    std::shared_ptr<void> kept_;
    std::shared_ptr<const Attachment> attachment_;
    Fd program_;  // the one that took the place of that which it was attached with
    int pins_ = 0;
    bool detached_ = false;
    bool suspended_ = false;
};

}  // namespace wasm_bpf::bpf
