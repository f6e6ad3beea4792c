#pragma once
// Ring, perf and user ring buffers with one wait call. Each is a window of the guest's, or the host's own and copied.

#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "bpf/fd.hpp"
#include "bpf/map.hpp"
#include "bpf/mapping.hpp"
#include "bpf/perf_ring.hpp"
#include "bpf/ring_pages.hpp"
#include "host_api/interrupts.hpp"
#include "host_api/window.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::host_api {

// Of the guest's memory, for its window, or as many bytes of the host's own.
struct RingMemory {
    std::span<std::byte> window;     // empty: the host's own
    std::size_t size_bytes = 0;      // of either
    WindowFaults* faults = nullptr;  // where there is a window
    std::shared_ptr<void> charge{};  // of the policy, or the watch of a ring's positions; ends with the buffer
};

struct PerfRingPlace {
    std::uint32_t key;  // of the perf event array
    int cpu;
    perf_event_attr attr;
};

// Where consumer and producer are: bytes since the start.
struct RingPositions {
    std::uint64_t consumer;
    std::uint64_t producer;
    std::size_t data_bytes;
    bool has_window;
};

class RingSet {
public:
    // `stop` must outlive it.
    static Result<std::unique_ptr<RingSet>> open(const Interrupts& interrupts);
    ~RingSet();

    // Adds a ring buffer or user ring buffer. Its index in the set. The map must be taken out before it ends: forget().
    Result<std::int32_t> add(const bpf::Map& map, const RingMemory& memory);
    // The same for a perf buffer of one CPU.
    Result<std::int32_t> add_perf(const bpf::Map& map, const PerfRingPlace& place, const RingMemory& memory);
    // The number of rings with records or, of user ring buffers, with fresh room; 0 at the timeout (negative: none);
    // -EINTR where the guest is interrupted.
    [[nodiscard]] std::int32_t wait(int timeout_ms);

    // For those without a window: as guest_abi/imports.cpp says of ring_read and ring_write.
    Result<std::int32_t> read(std::uint32_t index, std::span<std::byte> target, bpf::ReadCounts& counts) const;
    Result<std::int32_t> write(std::uint32_t index, std::span<const std::byte> records) const;
    [[nodiscard]] Result<RingPositions> positions(std::uint32_t index) const;

    // Takes a map that is about to be closed out of the set.
    void forget(const bpf::Map& map);
    [[nodiscard]] bool overlaps(std::span<const std::byte> memory) const;

private:
    // Members end in the reverse order: the event before the memory that it writes to.
    struct Buffer {
        const bpf::Map* map;
        std::variant<bpf::Mapping, Window> memory;
        std::variant<bpf::RingPages, bpf::PerfPages> pages;
        std::optional<bpf::PerfRing> event;
        std::shared_ptr<void> charge{};

        [[nodiscard]] int poll_fd() const { return event ? event->fd() : map->fd(); }
        [[nodiscard]] bool is_user_ring() const;
        [[nodiscard]] bool is_ring() const { return !event && !is_user_ring(); }
        [[nodiscard]] bool has_window() const { return std::holds_alternative<Window>(memory); }
    };

    RingSet(bpf::Fd epoll, const Interrupts& interrupts) : epoll_(std::move(epoll)), interrupts_(interrupts) {}
    Result<std::int32_t> keep(Buffer buffer);
    void end(std::unique_ptr<Buffer>& buffer);
    [[nodiscard]] Result<const Buffer*> find(std::uint32_t index) const;
    [[nodiscard]] Result<const Buffer*> find_copied(std::uint32_t index) const;
    [[nodiscard]] std::int32_t rings_with_records() const;

    bpf::Fd epoll_;
    const Interrupts& interrupts_;
    std::vector<std::unique_ptr<Buffer>> buffers_;  // by index; null: forgotten
    bool only_rings_ = true;                        // no perf and no user ring buffers
};

}  // namespace wasm_bpf::host_api
