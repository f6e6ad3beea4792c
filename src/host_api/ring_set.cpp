#include "host_api/ring_set.hpp"

#include <linux/bpf.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "bpf/ring_window.hpp"

namespace wasm_bpf::host_api {
namespace {

// What the epoll set says of an interrupt; buffers have their index plus one.
constexpr std::uint64_t interrupt_event = 0;
constexpr std::size_t max_buffers = 4096;

// Pages for a buffer: the guest's or the host's own.
struct Pages {
    bpf::Mapping own;
    std::span<std::byte> bytes;
};

Result<Pages> pages_of(const RingMemory& memory) {
    if (!memory.window.empty()) return Pages{{}, memory.window};
    auto own = bpf::Mapping::reserve(memory.size_bytes);
    if (!own) return std::unexpected(std::move(own).error());
    const auto bytes = own->memory();
    return Pages{std::move(*own), bytes};
}

// Takes over what is mapped by now.
Result<std::variant<bpf::Mapping, Window>> owner_of(Pages pages, const RingMemory& memory, WindowKind kind) {
    if (memory.window.empty()) return std::move(pages.own);
    auto window = Window::guard(pages.bytes, *memory.faults, kind);
    if (window) return std::move(*window);
    bpf::unmap_window(pages.bytes);
    return std::unexpected(std::move(window).error());
}

Result<std::int32_t> copied(std::int64_t bytes, std::uint32_t index) {
    if (bytes >= 0) return static_cast<std::int32_t>(bytes);
    switch (bytes) {
        case -ENOSPC: return -ENOSPC;
        case -EINVAL:
            return fail(EINVAL, fmt::format("buffer {} of the set: no whole record that fits the ring", index));
        default:
            return fail(EBADMSG,
                        fmt::format("buffer {} of the set: its positions were written over; records are lost", index));
    }
}

}  // namespace

bool RingSet::Buffer::is_user_ring() const { return map->shape().type == BPF_MAP_TYPE_USER_RINGBUF; }

Result<std::unique_ptr<RingSet>> RingSet::open(const Interrupts& interrupts) {
    bpf::Fd epoll(epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.valid()) return std::unexpected(errno_error(errno, "create an epoll set"));
    epoll_event event{.events = EPOLLIN, .data = {.u64 = interrupt_event}};
    if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, interrupts.fd(), &event) != 0)
        return std::unexpected(errno_error(errno, "watch for interrupts"));
    return std::unique_ptr<RingSet>(new RingSet(std::move(epoll), interrupts));
}

RingSet::~RingSet() {
    for (auto& buffer : buffers_) end(buffer);
}

Result<std::int32_t> RingSet::add(const bpf::Map& map, const RingMemory& memory) {
    const auto same_map = [&](const auto& buffer) { return buffer && buffer->map == &map; };
    if (std::ranges::any_of(buffers_, same_map))
        return fail(EEXIST, fmt::format("map \"{}\" is in this ring set already", map.name()));
    auto pages = pages_of(memory);
    if (!pages) return std::unexpected(std::move(pages).error());
    const auto bytes = pages->bytes;
    if (auto mapped = bpf::map_ring_window(map, bytes); !mapped) return std::unexpected(std::move(mapped).error());
    auto owner = owner_of(std::move(*pages), memory, WindowKind::plain);
    if (!owner) return std::unexpected(std::move(owner).error());
    return keep({&map, std::move(*owner), bpf::RingPages(bytes), std::nullopt, memory.charge});
}

Result<std::int32_t> RingSet::add_perf(const bpf::Map& map, const PerfRingPlace& place, const RingMemory& memory) {
    auto pages = pages_of(memory);
    if (!pages) return std::unexpected(std::move(pages).error());
    const auto bytes = pages->bytes;
    auto event = bpf::PerfRing::start(map, place.key, place.attr, place.cpu, bytes);
    if (!event) return std::unexpected(std::move(event).error());
    auto owner = owner_of(std::move(*pages), memory, WindowKind::perf);
    if (!owner) return std::unexpected(std::move(owner).error());
    return keep({&map, std::move(*owner), bpf::PerfPages(bytes), std::move(*event), memory.charge});
}

// Edges of ring buffers and user ring buffers, since wait() looks at a ring's records itself, and most user ring
// buffers have room at most times. Each wake-up of a perf buffer is told once by the kernel itself.
Result<std::int32_t> RingSet::keep(Buffer buffer) {
    if (buffers_.size() >= max_buffers)
        return fail(ENOSPC, fmt::format("a ring set takes {} buffers, those that ended too", max_buffers));
    epoll_event event{.events = EPOLLIN, .data = {.u64 = buffers_.size() + 1}};
    if (buffer.is_ring()) event.events = EPOLLIN | EPOLLET;
    if (buffer.is_user_ring()) event.events = EPOLLOUT | EPOLLET;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, buffer.poll_fd(), &event) != 0)
        return std::unexpected(errno_error(errno, fmt::format("watch buffer \"{}\"", buffer.map->name())));
    only_rings_ &= buffer.is_ring();
    buffers_.push_back(std::make_unique<Buffer>(std::move(buffer)));
    return static_cast<std::int32_t>(buffers_.size() - 1);
}

// Out of the epoll set first: the map's element keeps the event's file for a while after its fd is closed.
void RingSet::end(std::unique_ptr<Buffer>& buffer) {
    if (!buffer) return;
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, buffer->poll_fd(), nullptr);
    buffer.reset();
}

std::int32_t RingSet::rings_with_records() const {
    return static_cast<std::int32_t>(std::ranges::count_if(buffers_, [](const auto& buffer) {
        const auto* ring = buffer ? std::get_if<bpf::RingPages>(&buffer->pages) : nullptr;
        return ring != nullptr && !buffer->is_user_ring() && ring->has_record();
    }));
}

std::int32_t RingSet::wait(int timeout_ms) {
    const std::int32_t waiting = rings_with_records();
    if (waiting > 0 && only_rings_) return interrupts_.pending() ? -EINTR : waiting;
    std::array<epoll_event, 32> events;
    const int ready = epoll_wait(epoll_.get(), events.data(), events.size(), waiting > 0 ? 0 : timeout_ms);
    if (ready < 0) return -errno;
    for (int i = 0; i < ready; i++)
        if (events[i].data.u64 == interrupt_event) return -EINTR;
    // The kernel publishes a record with a release store; this makes the guest's plain loads see it on any CPU.
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return std::max(ready, waiting);
}

Result<const RingSet::Buffer*> RingSet::find(std::uint32_t index) const {
    if (index >= buffers_.size() || !buffers_[index])
        return fail(ENOENT, fmt::format("the ring set has no buffer {}", index));
    return buffers_[index].get();
}

Result<const RingSet::Buffer*> RingSet::find_copied(std::uint32_t index) const {
    auto buffer = find(index);
    if (buffer && (*buffer)->has_window())
        return fail(EINVAL, fmt::format("buffer {} of the set is a window: read and write it there", index));
    return buffer;
}

Result<std::int32_t> RingSet::read(std::uint32_t index, std::span<std::byte> target, bpf::ReadCounts& counts) const {
    const auto buffer = find_copied(index);
    if (!buffer) return std::unexpected(buffer.error());
    if ((*buffer)->is_user_ring())
        return fail(EINVAL, fmt::format("buffer {} of the set is the guest's to write", index));
    return copied(std::visit([&](const auto& pages) { return pages.read(target, counts); }, (*buffer)->pages), index);
}

Result<std::int32_t> RingSet::write(std::uint32_t index, std::span<const std::byte> records) const {
    const auto buffer = find_copied(index);
    if (!buffer) return std::unexpected(buffer.error());
    if (!(*buffer)->is_user_ring())
        return fail(EINVAL, fmt::format("buffer {} of the set is no user ring buffer", index));
    return copied(std::get<bpf::RingPages>((*buffer)->pages).write(records), index);
}

Result<RingPositions> RingSet::positions(std::uint32_t index) const {
    const auto found = find(index);
    if (!found) return std::unexpected(found.error());
    const Buffer& buffer = **found;
    if (const auto* ring = std::get_if<bpf::RingPages>(&buffer.pages))
        return RingPositions{ring->consumer_position(), ring->producer_position(), ring->data_bytes(),
                             buffer.has_window()};
    const auto& perf = std::get<bpf::PerfPages>(buffer.pages);
    return RingPositions{perf.tail(), perf.head(), perf.data_bytes(), buffer.has_window()};
}

void RingSet::forget(const bpf::Map& map) {
    for (auto& buffer : buffers_)
        if (buffer && buffer->map == &map) end(buffer);
}

bool RingSet::overlaps(std::span<const std::byte> memory) const {
    return std::ranges::any_of(buffers_, [&](const auto& buffer) {
        const Window* window = buffer ? std::get_if<Window>(&buffer->memory) : nullptr;
        return window != nullptr && window->overlaps(memory);
    });
}

}  // namespace wasm_bpf::host_api
