#include "bpf/ring_window.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

std::unexpected<Error> no_ring(Handle handle) {
    return fail(EBADF, fmt::format("{} is no ring of this guest's", handle));
}

I32 ring_open(Host& host) {
    auto ring = RingSet::open(host.stop);
    if (!ring) return std::unexpected(std::move(ring).error());
    return host.new_handle(std::move(*ring));
}

I32 ring_add(Host& host, Handle handle, Handle map_handle, std::uint32_t window, std::uint32_t size) {
    RingSet* ring = host.handles.ring(handle);
    if (ring == nullptr) return no_ring(handle);
    const bpf::Map* map = host.handles.map(map_handle);
    if (map == nullptr) return fail(EBADF, fmt::format("{} is no map of this guest's", map_handle));
    const std::size_t needed = bpf::ring_window_bytes(*map);
    if (needed == 0) return fail(EINVAL, fmt::format("map \"{}\" is no ring buffer", map->name()));
    if (size != needed)
        return fail(EINVAL, fmt::format("window of \"{}\": takes {} bytes, not {}", map->name(), needed, size));
    auto memory = host.window_memory(window, size, map->name());
    if (!memory) return std::unexpected(std::move(memory).error());
    return ring->add(*map, *memory, host.faults);
}

I32 ring_wait(Host& host, Handle handle, std::int32_t timeout_ms) {
    RingSet* ring = host.handles.ring(handle);
    return ring != nullptr ? ring->wait(timeout_ms) : I32(no_ring(handle));
}

I32 ring_acquire(Host& host, Handle handle) {
    if (host.handles.ring(handle) == nullptr) return no_ring(handle);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return 0;
}

}  // namespace

std::vector<engine::HostImport> ring_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<ring_open>(module, "ring_open"),
        bind<ring_add>(module, "ring_add"),
        bind<ring_wait>(module, "ring_wait"),
        bind<ring_acquire>(module, "ring_acquire"),
    };
}

}  // namespace wasm_bpf::host_api
