#pragma once
// Sets of Linux capabilities, and giving them up.

#include <cstdint>
#include <string>
#include <string_view>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::runtime {

// A value: which of CAP_* are in the set.
class CapabilitySet {
public:
    [[nodiscard]] bool contains(int capability) const { return (bits_ >> capability & 1) != 0; }
    void add(int capability) { bits_ |= std::uint64_t{1} << capability; }
    [[nodiscard]] std::uint64_t bits() const { return bits_; }
    [[nodiscard]] CapabilitySet without(const CapabilitySet& other) const {
        return CapabilitySet(bits_ & ~other.bits_);
    }
    [[nodiscard]] bool empty() const { return bits_ == 0; }
    // As `CAP_BPF, CAP_PERFMON`.
    [[nodiscard]] std::string text() const;

    // What the calling thread is permitted.
    [[nodiscard]] static CapabilitySet permitted();

    CapabilitySet() = default;

private:
    explicit CapabilitySet(std::uint64_t bits) : bits_(bits) {}
    std::uint64_t bits_ = 0;
};

// The number behind "CAP_NET_RAW", "cap_net_raw" or "net_raw". EINVAL where there is none of that name.
[[nodiscard]] Result<int> capability_by_name(std::string_view name);

// Whether the running kernel knows the capability.
[[nodiscard]] bool kernel_has_capability(int capability);

// From here on the calling thread, and the threads and programs that it starts, have at most `kept`: those of them that
// it was permitted are effective, the rest is gone from the permitted, inheritable and ambient sets, and from the
// bounding set where CAP_SETPCAP is there to do it. No later exec gains any (no_new_privs). Other threads keep theirs:
// to be called while there are none.
[[nodiscard]] Result<> keep_only(const CapabilitySet& kept);

}  // namespace wasm_bpf::runtime
