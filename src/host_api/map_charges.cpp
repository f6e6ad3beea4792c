#include "host_api/map_charges.hpp"

#include "bpf/map_memory.hpp"

namespace wasm_bpf::host_api {

Result<MapCharges::Charge> MapCharges::charge(const policy::Policy& policy, const bpf::MapShape& shape) {
    return charge(policy, shape.type, bpf::map_memory_bytes(shape));
}

Result<MapCharges::Charge> MapCharges::charge(const policy::Policy& policy, std::uint32_t type, std::uint64_t bytes) {
    if (auto allowed = policy.check_map(type, bytes); !allowed) return std::unexpected(allowed.error());
    const std::uint64_t total = bytes > UINT64_MAX - totals_->bytes ? UINT64_MAX : totals_->bytes + bytes;
    if (auto allowed = policy.check_map_total(totals_->maps + 1, total); !allowed)
        return std::unexpected(allowed.error());
    // Without a limit the sum may be at its end already.
    const std::uint64_t charged = total - totals_->bytes;
    totals_->maps++;
    totals_->bytes = total;
    return Charge(nullptr, [totals = totals_, charged](void*) {
        totals->maps--;
        totals->bytes -= charged;
    });
}

Result<MapCharges::Charge> ObjectCharges::charge(const policy::Policy& policy, std::uint64_t bytes) {
    if (auto allowed = policy.check_objects(*total_ + bytes); !allowed) return std::unexpected(allowed.error());
    *total_ += bytes;
    return MapCharges::Charge(nullptr, [total = total_, bytes](void*) { *total -= bytes; });
}

}  // namespace wasm_bpf::host_api
