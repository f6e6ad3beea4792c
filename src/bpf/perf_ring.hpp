#pragma once
// The perf buffer of one CPU: a perf event with memory of its own in an element of a perf event array.

#include <linux/perf_event.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

class Map;

// The event by which bpf_perf_event_output() writes.
[[nodiscard]] perf_event_attr bpf_output_attr(std::uint32_t sample_period, std::uint32_t wakeup_events);

// Whether a perf buffer can have that many bytes: a page and 2^n pages of data.
[[nodiscard]] bool is_perf_ring_size(std::size_t bytes);

// Not thread-safe.
class PerfRing {
public:
    // Opens the event for every process on `cpu` and maps it over `memory` (page-aligned, is_perf_ring_size),
    // read-write; element `key` of `map` gets it, and it counts from then on. ENODEV where the CPU is offline. On
    // failure the memory is as it was, save its content; else it is for the caller to undo with unmap_window(). `map`
    // must outlive it.
    static Result<PerfRing> start(const Map& map, std::uint32_t key, perf_event_attr attr, int cpu,
                                  std::span<std::byte> memory);
    PerfRing(PerfRing&& other) noexcept
        : event_(std::move(other.event_)), map_(std::exchange(other.map_, nullptr)), key_(other.key_) {}
    PerfRing& operator=(PerfRing&& other) noexcept {
        std::swap(event_, other.event_);
        std::swap(map_, other.map_);
        std::swap(key_, other.key_);
        return *this;
    }
    // Deletes the element and disables the event.
    ~PerfRing();

    [[nodiscard]] int fd() const { return event_.get(); }

private:
    explicit PerfRing(Fd event) : event_(std::move(event)) {}

    Fd event_;
    const Map* map_ = nullptr;  // once its element holds the event
    std::uint32_t key_ = 0;
};

}  // namespace wasm_bpf::bpf
