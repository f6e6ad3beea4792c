#include "bpf/ring_window.hpp"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <tuple>

#include "api/printable.hpp"
#include "bpf/map.hpp"

namespace wasm_bpf::bpf {
namespace {

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

bool page_aligned(std::span<std::byte> memory) {
    return reinterpret_cast<std::uintptr_t>(memory.data()) % page_bytes() == 0;
}

// MAP_POPULATE so that the guest's first pass over the data takes no page faults.
bool map_over(std::span<std::byte> memory, int protection, int flags, int fd, std::size_t offset) {
    return ::mmap(memory.data(), memory.size(), protection, MAP_SHARED | MAP_FIXED | flags, fd,
                  static_cast<off_t>(offset)) != MAP_FAILED;
}

std::string window_of(const Map& map) { return "window of map \"" + printable(map.name()) + "\""; }

// The kernel removes what was mapped before it asks the map, so a failed call may have left a hole.
std::unexpected<Error> restored(const Map& map, std::span<std::byte> memory, int error) {
    unmap_window(memory);
    return std::unexpected(errno_error(error, window_of(map)));
}

}  // namespace

std::size_t ring_window_bytes(const Map& map) {
    if (map.shape().type != BPF_MAP_TYPE_RINGBUF && map.shape().type != BPF_MAP_TYPE_USER_RINGBUF) return 0;
    return 2 * page_bytes() + 2 * static_cast<std::size_t>(map.shape().max_entries);
}

Result<> map_ring_window(const Map& map, std::span<std::byte> memory) {
    if (ring_window_bytes(map) == 0) return fail(EINVAL, window_of(map) + ": the map is no ring buffer");
    if (map.fd() < 0) return fail(EBADF, window_of(map) + ": the object is not loaded");
    if (!page_aligned(memory) || memory.size() != ring_window_bytes(map))
        return fail(EINVAL, window_of(map) + ": it takes " + std::to_string(ring_window_bytes(map)) +
                                " bytes of page-aligned memory");
    const std::size_t page = page_bytes();
    const bool user = map.shape().type == BPF_MAP_TYPE_USER_RINGBUF;
    const int consumer = user ? PROT_READ : PROT_READ | PROT_WRITE;
    const int producer = user ? PROT_READ | PROT_WRITE : PROT_READ;
    if (!map_over(memory.first(page), consumer, 0, map.fd(), 0)) return restored(map, memory, errno);
    if (!map_over(memory.subspan(page), producer, MAP_POPULATE, map.fd(), page)) return restored(map, memory, errno);
    return {};
}

void unmap_window(std::span<std::byte> memory) noexcept {
    if (memory.empty()) return;
    // Where even this fails (the process has too many mappings) the kernel's memory stays there, as harmless as before.
    std::ignore =
        ::mmap(memory.data(), memory.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

}  // namespace wasm_bpf::bpf
