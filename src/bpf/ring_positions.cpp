#include "bpf/ring_positions.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace wasm_bpf::bpf {

// kernel/bpf/ringbuf.c: the consumer's page, then the producer's.
Result<RingPositionPair> ring_positions(const Fd& map) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    void* memory = ::mmap(nullptr, 2 * page, PROT_READ, MAP_SHARED, map.get(), 0);
    if (memory == MAP_FAILED) return std::unexpected(errno_error(errno, "map a ring buffer's positions"));
    const auto* pages = static_cast<const std::byte*>(memory);
    const auto position = [](const std::byte* at) {
        return __atomic_load_n(reinterpret_cast<const std::uint64_t*>(at), __ATOMIC_ACQUIRE);
    };
    // The consumer first: it is never seen beyond the producer.
    const std::uint64_t consumer = position(pages);
    const RingPositionPair result{consumer, position(pages + page)};
    ::munmap(memory, 2 * page);
    return result;
}

}  // namespace wasm_bpf::bpf
