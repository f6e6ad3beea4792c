#pragma once
// Ring buffers mapped into the guest, with one wait call.

#include <deque>
#include <memory>

#include "bpf/fd.hpp"
#include "bpf/map.hpp"
#include "host_api/stop_token.hpp"
#include "host_api/window.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::host_api {

class RingSet {
public:
    static Result<std::unique_ptr<RingSet>> open(const StopToken& stop);

    // Maps the ring buffer over `memory`. Its index in the set.
    Result<std::int32_t> add(const bpf::Map& map, std::span<std::byte> memory, WindowFaults& faults);
    // The number of rings with records; 0 at the timeout (negative: none); -EINTR. Kind stopped when the guest is to
    // end.
    Result<std::int32_t> wait(int timeout_ms);
    // Takes a map that is about to be closed out of the set.
    void forget(const bpf::Map& map);
    [[nodiscard]] bool overlaps(std::span<const std::byte> memory) const;

private:
    explicit RingSet(bpf::Fd epoll) : epoll_(std::move(epoll)) {}

    struct Ring {
        const bpf::Map* map;
        Window window;
    };
    bpf::Fd epoll_;
    std::deque<Ring> rings_;
    std::int32_t added_ = 0;
};

}  // namespace wasm_bpf::host_api
