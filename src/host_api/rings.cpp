#include <linux/bpf.h>

#include "bpf/perf_event_attr.hpp"
#include "bpf/ring_window.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/deadline.hpp"
#include "host_api/perf_event_policy.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

I32 ring_open(Host& host) {
    auto ring = RingSet::open(host.interrupts);
    if (!ring) return std::unexpected(std::move(ring).error());
    return host.new_handle(std::move(*ring));
}

// The guest's window, or, where it gives none, `size_bytes` of the host's own.
Result<RingMemory> ring_memory(Host& host, std::uint32_t window, std::size_t size_bytes, const bpf::Map& map) {
    if (window == 0) return RingMemory{{}, size_bytes, nullptr};
    auto memory = host.window_memory(window, size_bytes, map.name());
    if (!memory) return std::unexpected(std::move(memory).error());
    return RingMemory{*memory, size_bytes, &host.faults};
}

I32 ring_add(Host& host, Handle handle, Handle map_handle, std::uint32_t window, std::uint32_t size) {
    RingSet* ring = host.handles.ring(handle);
    if (ring == nullptr) return no_such("ring", handle);
    const bpf::Map* map = host.handles.map(map_handle);
    if (map == nullptr) return no_such("map", map_handle);
    const std::size_t needed = bpf::ring_window_bytes(*map);
    if (needed == 0) return fail(EINVAL, fmt::format("map \"{}\" is no ring buffer", map->name()));
    if (size != needed && (window != 0 || size != 0))
        return fail(EINVAL, fmt::format("window of \"{}\": takes {} bytes, not {}", map->name(), needed, size));
    auto memory = ring_memory(host, window, needed, *map);
    if (!memory) return std::unexpected(std::move(memory).error());
    // Without one its positions are not shown.
    if (map->shape().type == BPF_MAP_TYPE_RINGBUF)
        if (auto watched = host.options.metrics->watch_ring(*map)) memory->charge = std::move(*watched);
    return ring->add(*map, *memory);
}

// Without an attr of the guest's the event counts nothing but what BPF programs put out: no question for the policy.
Result<perf_event_attr> perf_attr(Host& host, const wasm_bpf_perf_ring_options& options) {
    if (options.attr == 0)
        return bpf::bpf_output_attr(options.sample_period != 0 ? options.sample_period : 1,
                                    options.wakeup_events != 0 ? options.wakeup_events : 1);
    auto bytes = host.memory.bytes(options.attr, options.attr_size, "perf event attr");
    if (!bytes) return std::unexpected(std::move(bytes).error());
    auto attr = bpf::guest_perf_event_attr(*bytes);
    if (!attr) return attr;
    if (auto allowed = check_perf_event(host, *attr, -1, options.cpu); !allowed)
        return std::unexpected(std::move(allowed).error());
    return attr;
}

I32 perf_ring_add(Host& host, Handle handle, Handle map_handle, std::uint32_t options_offset, std::uint32_t window,
                  std::uint32_t size) {
    RingSet* ring = host.handles.ring(handle);
    if (ring == nullptr) return no_such("ring", handle);
    const bpf::Map* map = host.handles.map(map_handle);
    if (map == nullptr) return no_such("map", map_handle);
    auto options = host.memory.sized_struct<wasm_bpf_perf_ring_options>(options_offset, "perf_ring_add");
    if (!options) return std::unexpected(std::move(options).error());
    const std::uint64_t bytes = window != 0 ? size : (std::uint64_t{options->pages} + 1) * page_size;
    if (!bpf::is_perf_ring_size(bytes))
        return fail(EINVAL, fmt::format("perf buffer of \"{}\": {} bytes are not a page and 2^n pages of data",
                                        map->name(), bytes));
    auto attr = perf_attr(host, *options);
    if (!attr) return std::unexpected(std::move(attr).error());
    auto memory = ring_memory(host, window, bytes, *map);
    if (!memory) return std::unexpected(std::move(memory).error());
    // The kernel's memory, as a map's is.
    auto charge = host.map_charges.charge(host.options.policy, map->shape().type, bytes);
    if (!charge)
        return std::unexpected(std::move(charge).error().in(fmt::format("perf buffer of \"{}\"", map->name())));
    memory->charge = std::move(*charge);
    return ring->add_perf(*map, {options->map_key, options->cpu, *attr}, *memory);
}

I32 ring_wait(Host& host, Handle handle, std::int32_t timeout_ms) {
    host.note_wait();
    const Deadline deadline(timeout_ms);
    for (std::int32_t left_ms = timeout_ms;; left_ms = deadline.left_ms()) {
        RingSet* ring = host.handles.ring(handle);
        if (ring == nullptr) return no_such("ring", handle);
        const std::int32_t ready = ring->wait(left_ms);
        if (ready != -EINTR) return ready;
        auto resumes = host.resume_wait();
        if (!resumes) return std::unexpected(std::move(resumes).error());
        if (!*resumes) return host.interrupted();
    }
}

I32 ring_acquire(Host& host, Handle handle) {
    if (host.handles.ring(handle) == nullptr) return no_such("ring", handle);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return 0;
}

I32 ring_read(Host& host, Handle handle, std::uint32_t index, std::uint32_t data, std::uint32_t size) {
    const RingSet* ring = host.handles.ring(handle);
    if (ring == nullptr) return no_such("ring", handle);
    auto target = host.memory.bytes(data, size, "ring_read");
    if (!target) return std::unexpected(std::move(target).error());
    bpf::ReadCounts counts;
    auto bytes = ring->read(index, *target, counts);
    if (host.is_component) {  // modules count by their SDKs
        host.options.metrics->counts.events += counts.events;
        host.options.metrics->counts.lost_samples += counts.lost_samples;
    }
    return bytes ? status(host, *bytes) : bytes;
}

I32 ring_write(Host& host, Handle handle, std::uint32_t index, std::uint32_t data, std::uint32_t size) {
    const RingSet* ring = host.handles.ring(handle);
    if (ring == nullptr) return no_such("ring", handle);
    auto records = host.memory.bytes(data, size, "ring_write");
    if (!records) return std::unexpected(std::move(records).error());
    return ring->write(index, *records);
}

Result<> ring_info(Host& host, Handle handle, std::uint32_t index, std::uint32_t info, std::uint32_t size) {
    const RingSet* ring = host.handles.ring(handle);
    if (ring == nullptr) return no_such("ring", handle);
    const auto positions = ring->positions(index);
    if (!positions) return std::unexpected(positions.error());
    const wasm_bpf_ring_info result{positions->consumer, positions->producer,
                                    static_cast<std::uint32_t>(positions->data_bytes), positions->has_window};
    return host.memory.write(info, size, result, "ring_info");
}

}  // namespace

std::vector<engine::HostImport> ring_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<ring_open>(module, "ring_open"),         bind<ring_add>(module, "ring_add"),
        bind<perf_ring_add>(module, "perf_ring_add"), bind<ring_wait>(module, "ring_wait"),
        bind<ring_acquire>(module, "ring_acquire"),   bind<ring_read>(module, "ring_read"),
        bind<ring_write>(module, "ring_write"),       bind<ring_info>(module, "ring_info"),
    };
}

}  // namespace wasm_bpf::host_api
