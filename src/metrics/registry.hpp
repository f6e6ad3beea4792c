#pragma once
// The metrics of one guest: what it published and what the host itself knows of it. The guest's thread publishes and
// counts, any thread reads. A reading takes no part of the guest's thread, and makes it wait for no system call: at
// most, where the guest publishes or ends at the same moment, while numbers are copied out of its memory.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bpf/fd.hpp"
#include "bpf/map.hpp"
#include "metrics/declaration.hpp"
#include "metrics/source.hpp"
#include "wasm_bpf/metrics.hpp"

namespace wasm_bpf::metrics {

// What the guest's maps come to. Written by its thread.
struct MapTotals {
    std::atomic<std::uint64_t> maps = 0;
    std::atomic<std::uint64_t> bytes = 0;
};

// What the host counts by itself.
struct Counts {
    std::atomic<std::uint64_t> events = 0;        // records that the host handed over
    std::atomic<std::uint64_t> lost_samples = 0;  // that it saw lost
    std::atomic<std::uint64_t> memory_bytes = 0;  // of linear memory
    std::atomic<std::uint64_t> restarts = 0;      // counted by whoever restarts the guest
};

class Registry;

// A published metric: ends with this.
class Publication {
public:
    Publication(std::shared_ptr<Registry> registry, std::uint64_t id) : registry_(std::move(registry)), id_(id) {}
    Publication(Publication&& other) noexcept = default;
    Publication& operator=(Publication&& other) noexcept {
        std::swap(registry_, other.registry_);
        std::swap(id_, other.id_);
        return *this;
    }
    ~Publication();

private:
    std::shared_ptr<Registry> registry_;  // null: moved from
    std::uint64_t id_;
};

class Registry : public std::enable_shared_from_this<Registry> {
public:
    using Source = std::variant<MemorySource, MapSource>;

    // Publishes what check() took. EEXIST where there is a metric of that name and another kind, unit or shape, ENOSPC
    // where the guest has too many. `memory`: where the guest's memory begins.
    Result<std::uint64_t> publish(Declaration declaration, Source source, const std::byte* memory);
    void withdraw(std::uint64_t id);
    // Copies what is read by copy: where the guest's memory moves, whenever the guest waits.
    void copy_memory(const std::byte* memory);
    // The guest's memory is about to go: all that was published ends; what its readers counted is kept.
    void end_run();
    // Around what the guest's thread does for the guest, on that thread.
    void enter_thread();
    void leave_thread();

    // An fd of its own of a map: one, for all metrics of that map.
    Result<std::shared_ptr<const bpf::Map>> open_map(const bpf::Map& map);
    // From now on until what it gives ends, the ring buffer's positions are shown.
    Result<std::shared_ptr<void>> watch_ring(const bpf::Map& map);
    void watch_maps(std::shared_ptr<const MapTotals> totals);

    // Everything there is now, the runtime's own first. From any thread.
    [[nodiscard]] std::vector<MetricFamily> read() const;

    Counts counts;

private:
    struct Metric {
        Declaration declaration;
        std::variant<MemorySource, std::shared_ptr<const MapSource>> source;
        const std::byte* memory;
    };
    struct WatchedRing {
        std::string name;
        bpf::Fd fd;
    };
    // What is copied while nothing may be published or end.
    struct Snapshot;

    [[nodiscard]] Result<> admit(const Declaration& declaration) const;
    [[nodiscard]] Snapshot snapshot() const;
    [[nodiscard]] double cpu_seconds() const;

    mutable std::mutex mutex_;
    std::uint64_t next_id_ = 1;
    std::vector<std::pair<std::uint64_t, Metric>> metrics_;  // in the order of publication
    bool has_copied_ = false;
    std::vector<std::weak_ptr<const bpf::Map>> maps_;
    std::vector<std::weak_ptr<const WatchedRing>> rings_;
    std::shared_ptr<const MapTotals> map_totals_;
    std::chrono::nanoseconds cpu_before_{0};  // of runs that ended, less what the thread of now had used before
    std::optional<clockid_t> cpu_clock_;      // of the thread that runs the guest now
    double started_ = 0;                      // seconds since 1970; 0: not yet
};

}  // namespace wasm_bpf::metrics
