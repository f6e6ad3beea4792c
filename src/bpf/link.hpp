#pragma once
// An attachment, and where to attach.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "wasm_bpf/error.hpp"

struct bpf_link;

namespace wasm_bpf::bpf {

// Where a program is attached. The numbers are part of the guest ABI (enum wasm_bpf_attach_kind in
// sdk/c/include/wasm_bpf/abi_types.h); attach_targets.cpp has one row for each.
enum class AttachKind : std::uint32_t {
    automatic = 0,       // by the section's name alone: bpf_program__attach()
    kprobe = 1,          // name: kernel function; offset; return_probe
    uprobe = 2,          // path, name (function; may be empty: then offset in the file), offset, pid, return_probe
    tracepoint = 3,      // path: category; name
    raw_tracepoint = 4,  // name
    cgroup = 5,          // path of the cgroup, or fd of its opened folder
    interface_xdp = 6,   // interface_index; flags: XDP_FLAGS_*
    interface_tcx = 7,   // interface_index
    interface_tc = 8,    // interface_index; the legacy hook: flags: BPF_TC_INGRESS, BPF_TC_EGRESS; handle, priority
    socket = 9,          // fd of a socket
    by_section = 10,     // path: one string that the program's section gives its meaning: interface, cgroup or
                         // "path:function" (what version 0's attach call takes)
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
};

// Detaches when it ends, by whatever means its kind needs (bpf_link__destroy, bpf_tc_detach, SO_DETACH_BPF).
// Does not depend on its object's life.
class Link {
public:
    explicit Link(bpf_link* link) : link_(link) {}
    // An attachment that libbpf has no bpf_link for.
    explicit Link(std::function<void()> detach) : detach_(std::move(detach)) {}
    Link(Link&& other) noexcept;
    Link& operator=(Link&& other) noexcept;
    ~Link();

    // Holds on to what detaching needs.
    void keep_alive(std::shared_ptr<void> needed) { kept_ = std::move(needed); }

private:
    void detach() noexcept;
    bpf_link* link_ = nullptr;
    std::function<void()> detach_;
    std::shared_ptr<void> kept_;
};

}  // namespace wasm_bpf::bpf
