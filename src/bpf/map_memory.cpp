#include "bpf/map_memory.hpp"

#include <linux/bpf.h>
#include <unistd.h>

#include "bpf/kernel.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr std::uint32_t arena_type = 33;  // BPF_MAP_TYPE_ARENA, younger than some linux/bpf.h

// More than any product below, and nowhere near the end of a double's whole numbers of its size.
using Bytes = long double;

Bytes round_up_8(std::uint32_t bytes) { return static_cast<Bytes>((std::uint64_t{bytes} + 7) / 8 * 8); }

// Of one element, with what the kernel keeps beside it (struct htab_elem, its bucket, a trie's node, a storage's
// element).
Bytes element_bytes(const MapShape& shape, Bytes cpus) {
    constexpr Bytes node = 64;
    constexpr Bytes pointer = 8;
    const Bytes key = round_up_8(shape.key_size);
    const Bytes value = round_up_8(shape.value_size);
    switch (shape.type) {
        case BPF_MAP_TYPE_ARRAY:
        case BPF_MAP_TYPE_QUEUE:
        case BPF_MAP_TYPE_STACK: return value;
        case BPF_MAP_TYPE_PERCPU_ARRAY: return value * cpus + pointer;
        case BPF_MAP_TYPE_PERCPU_HASH:
        case BPF_MAP_TYPE_LRU_PERCPU_HASH:
        case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE: return node + key + value * cpus;
        case BPF_MAP_TYPE_PROG_ARRAY:
        case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
        case BPF_MAP_TYPE_CGROUP_ARRAY:
        case BPF_MAP_TYPE_ARRAY_OF_MAPS:
        case BPF_MAP_TYPE_SOCKMAP:
        case BPF_MAP_TYPE_XSKMAP:
        case BPF_MAP_TYPE_REUSEPORT_SOCKARRAY: return pointer * 2;
        case BPF_MAP_TYPE_BLOOM_FILTER: return value + 8;
        case BPF_MAP_TYPE_RINGBUF:
        case BPF_MAP_TYPE_USER_RINGBUF: return 1;
        case arena_type: return static_cast<Bytes>(::sysconf(_SC_PAGESIZE));
        default: return node + key + value;
    }
}

}  // namespace

std::uint64_t map_memory_bytes(const MapShape& shape) {
    constexpr Bytes map_itself = 512;
    const auto cpus = static_cast<Bytes>(possible_cpus());
    // A perf event array without a size gets one element a CPU; maps in local storage have no size.
    const Bytes entries = shape.max_entries != 0 ? static_cast<Bytes>(shape.max_entries) : cpus;
    const Bytes bytes = map_itself + entries * element_bytes(shape, cpus);
    constexpr Bytes most = 1.8e19L;
    return bytes >= most ? UINT64_MAX : static_cast<std::uint64_t>(bytes);
}

}  // namespace wasm_bpf::bpf
