#pragma once
// What a guest's maps come to: charged when one is made, given back when it is closed.

#include <cstdint>
#include <memory>

#include "bpf/map.hpp"
#include "metrics/registry.hpp"
#include "policy/policy.hpp"

namespace wasm_bpf::host_api {

// Used by the guest's thread alone.
class MapCharges {
public:
    // Gives back what it was charged when the last copy ends; may outlive the MapCharges.
    using Charge = std::shared_ptr<void>;

    // Kind denied where the policy has no room for a map of that shape, or not its type. To be asked before the map is
    // made, and the charge kept with it (Map::keep_alive).
    [[nodiscard]] Result<Charge> charge(const policy::Policy& policy, const bpf::MapShape& shape);
    // The same for what a map of that type takes beside itself: the buffers of a perf event array.
    [[nodiscard]] Result<Charge> charge(const policy::Policy& policy, std::uint32_t type, std::uint64_t bytes);

    [[nodiscard]] std::uint64_t maps() const { return totals_->maps; }
    [[nodiscard]] std::uint64_t bytes() const { return totals_->bytes; }

    // The same, for other threads.
    [[nodiscard]] std::shared_ptr<const metrics::MapTotals> totals() const { return totals_; }

private:
    std::shared_ptr<metrics::MapTotals> totals_ = std::make_shared<metrics::MapTotals>();
};

// The same of the host's memory for the guest's open objects.
class ObjectCharges {
public:
    // Kind denied where the policy has no room for so much more.
    [[nodiscard]] Result<MapCharges::Charge> charge(const policy::Policy& policy, std::uint64_t bytes);

private:
    std::shared_ptr<std::uint64_t> total_ = std::make_shared<std::uint64_t>(0);
};

}  // namespace wasm_bpf::host_api
