#include "host_api/ring_set.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "bpf/ring_window.hpp"

namespace wasm_bpf::host_api {
namespace {

// What the epoll set says of the stop token; rings have their map's address.
constexpr std::uint64_t stop_event = 0;

}  // namespace

Result<std::unique_ptr<RingSet>> RingSet::open(const StopToken& stop) {
    bpf::Fd epoll(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.valid()) return std::unexpected(errno_error(errno, "create an epoll set"));
    epoll_event event{.events = EPOLLIN, .data = {.u64 = stop_event}};
    if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, stop.fd(), &event) != 0)
        return std::unexpected(errno_error(errno, "watch the stop token"));
    return std::unique_ptr<RingSet>(new RingSet(std::move(epoll)));
}

Result<std::int32_t> RingSet::add(const bpf::Map& map, std::span<std::byte> memory, WindowFaults& faults) {
    const auto same_map = [&](const Ring& ring) { return ring.map == &map; };
    if (std::ranges::any_of(rings_, same_map))
        return fail(EEXIST, fmt::format("map \"{}\" is in this ring set already", map.name()));
    if (auto mapped = bpf::map_ring_window(map, memory); !mapped) return std::unexpected(std::move(mapped).error());
    auto window = Window::guard(memory, faults);
    if (!window) {
        bpf::unmap_window(memory);
        return std::unexpected(std::move(window).error());
    }
    epoll_event event{.events = EPOLLIN, .data = {.ptr = const_cast<bpf::Map*>(&map)}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, map.fd(), &event) != 0)
        return std::unexpected(errno_error(errno, fmt::format("watch ring buffer \"{}\"", map.name())));
    rings_.push_back({&map, std::move(*window)});
    return added_++;
}

Result<std::int32_t> RingSet::wait(int timeout_ms) {
    std::array<epoll_event, 32> events;
    const int ready = epoll_wait(epoll_.get(), events.data(), events.size(), timeout_ms);
    if (ready < 0) return -errno;
    for (int i = 0; i < ready; i++)
        if (events[i].data.u64 == stop_event) return StopToken::stopped();
    // The kernel publishes a record with a release store; this makes the guest's plain loads see it on any CPU.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return ready;
}

void RingSet::forget(const bpf::Map& map) {
    std::erase_if(rings_, [&](const Ring& ring) {
        if (ring.map != &map) return false;
        epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, map.fd(), nullptr);
        return true;
    });
}

bool RingSet::overlaps(std::span<const std::byte> memory) const {
    return std::ranges::any_of(rings_, [&](const Ring& ring) { return ring.window.overlaps(memory); });
}

}  // namespace wasm_bpf::host_api
