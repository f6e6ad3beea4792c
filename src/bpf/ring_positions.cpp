#include "bpf/ring_positions.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "bpf/ring_pages.hpp"

namespace wasm_bpf::bpf {

// kernel/bpf/ringbuf.c: the consumer's page, then the producer's.
Result<RingPositionPair> ring_positions(const Fd& map) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    void* memory = ::mmap(nullptr, 2 * page, PROT_READ, MAP_SHARED, map.get(), 0);
    if (memory == MAP_FAILED) return std::unexpected(errno_error(errno, "map a ring buffer's positions"));
    const RingPages pages({static_cast<std::byte*>(memory), 2 * page});
    // The consumer first: it is never seen beyond the producer.
    const std::uint64_t consumer = pages.consumer_position();
    const RingPositionPair result{consumer, pages.producer_position()};
    ::munmap(memory, 2 * page);
    return result;
}

}  // namespace wasm_bpf::bpf
