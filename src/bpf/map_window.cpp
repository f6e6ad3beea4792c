#include "bpf/map_window.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/fd.hpp"
#include "bpf/kernel_features.hpp"
#include "bpf/map.hpp"
#include "bpf/mapping.hpp"
#include "bpf/ring_window.hpp"

namespace wasm_bpf::bpf {
namespace {

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

std::string window_of(const Map& map) { return fmt::format("window of map \"{}\"", printable(map.name())); }

Result<Mapping> mapped(const Map& map, int protection) {
    return Mapping::share(map.fd(), map.mapping_bytes(), protection, window_of(map));
}

// Whether the map can be mapped is asked elsewhere first: a kernel before 6.12 takes away what was mapped before it
// asks the map, and until it is put back another thread's mapping may land in the hole.
Result<int> usable_protection(const Map& map) {
    auto writable = mapped(map, PROT_READ | PROT_WRITE);
    if (writable) return PROT_READ | PROT_WRITE;
    if (writable.error().errno_code != EPERM) return std::unexpected(std::move(writable).error());
    auto readable = mapped(map, PROT_READ);  // frozen
    if (!readable) return std::unexpected(std::move(readable).error());
    return PROT_READ;
}

Result<> map_over(const Map& map, std::span<std::byte> memory, int protection) {
    if (::mmap(memory.data(), memory.size(), protection, MAP_SHARED | MAP_FIXED, map.fd(), 0) != MAP_FAILED) return {};
    const int error = errno;
    unmap_window(memory);
    return std::unexpected(errno_error(error, window_of(map)));
}

// The pages of an arena may be missing, and a plain copy would end the process: the kernel copies, and tells.
Result<> copy_by_kernel(const Map& map, const void* from, const void* to, std::size_t bytes) {
    const iovec source{const_cast<void*>(from), bytes}, target{const_cast<void*>(to), bytes};
    const ssize_t copied = ::process_vm_readv(::getpid(), &target, 1, &source, 1, 0);
    if (copied == static_cast<ssize_t>(bytes)) return {};
    if (copied < 0 && errno != EFAULT) return std::unexpected(errno_error(errno, window_of(map)));
    return fail(EFAULT, window_of(map) + ": no program allocated some of its pages there");
}

// What the host itself sees of a created map: libbpf's mapping, or one for the time of a copy.
struct Content {
    std::span<std::byte> bytes;
    Mapping own;
};

Result<Content> content_of(const Map& map, int protection, std::size_t offset, std::size_t size) {
    const std::size_t bytes = map.mapping_bytes();
    if (bytes == 0) return fail(EINVAL, window_of(map) + ": the map is neither global data nor mmapable");
    if (map.fd() < 0) return fail(EBADF, window_of(map) + ": the object is not loaded");
    if (offset > bytes || size > bytes - offset)
        return fail(ERANGE,
                    fmt::format("{}: {} bytes at {:#x} are not all in its {}", window_of(map), size, offset, bytes));
    if (std::byte* start = map.libbpf_mapping(); start != nullptr) return Content{.bytes = {start, bytes}, .own = {}};
    if (is_arena(map)) return fail(EOPNOTSUPP, window_of(map) + ": an arena that has a window is read there");
    auto own = mapped(map, protection);
    if (!own) return std::unexpected(std::move(own).error());
    const auto memory = own->memory();
    return Content{.bytes = memory, .own = std::move(*own)};
}

}  // namespace

Result<> Map::prepare_for_load() {
    if (bpf_map__type(map_) != BPF_MAP_TYPE_ARENA) return {};
    if (fd_ < 0) bpf_map__set_map_extra(map_, 0);
    // libbpf places the variables in the last pages without a look at how many there are.
    if (mapping_bytes() < initial_value().size())
        return fail(E2BIG, fmt::format("arena \"{}\": its global variables take more than its max_entries pages",
                                       printable(name_)));
    // The pages of the variables are missing until a program allocates them; libbpf would write to them.
    if ((shape_.map_flags & BPF_F_SEGV_ON_FAULT) && !initial_value().empty())
        return fail(EINVAL, fmt::format("arena \"{}\": global variables need one without BPF_F_SEGV_ON_FAULT",
                                        printable(name_)));
    return {};
}

std::byte* Map::libbpf_mapping() const {
    if (!libbpf_maps_ || (!is_global_data() && !is_arena(*this))) return nullptr;
    std::size_t bytes = 0;
    return static_cast<std::byte*>(bpf_map__initial_value(map_, &bytes));
}

bool is_arena(const Map& map) { return map.shape().type == BPF_MAP_TYPE_ARENA; }

// libbpf names custom sections in full, and others by the object's name first.
bool is_kernel_configuration(const Map& map) {
    return map.is_global_data() && map.name().ends_with(".kconfig") && !map.name().starts_with('.');
}

Result<> map_content_window(const Map& map, std::span<std::byte> memory) {
    const std::size_t bytes = map.mapping_bytes();
    if (bytes == 0) return fail(EINVAL, window_of(map) + ": the map cannot be mapped");
    if (map.fd() < 0) return fail(EBADF, window_of(map) + ": the object is not loaded");
    if (reinterpret_cast<std::uintptr_t>(memory.data()) % page_bytes() != 0 || memory.size() != bytes)
        return fail(EINVAL, fmt::format("{}: it takes {} bytes of page-aligned memory", window_of(map), bytes));
    if (is_arena(map)) {
        // The kernel lets an arena lie in one place alone.
        if (map.libbpf_mapping() != nullptr)
            return fail(EBUSY, window_of(map) + ": an arena's window is bound before the object is loaded");
        return map_over(map, memory, PROT_READ | PROT_WRITE);
    }
    if (map.is_read_only()) return map_over(map, memory, PROT_READ);
    auto protection = usable_protection(map);
    if (!protection) return std::unexpected(std::move(protection).error());
    return map_over(map, memory, *protection);
}

Result<> create_arena_at(Map& map, std::span<const std::byte> memory, int token_fd) {
    const MapShape& shape = map.shape();
    if (!map.pin_path().empty())
        return fail(EOPNOTSUPP, window_of(map) + ": an arena that is pinned by its definition has none");
    const auto arena = Map::create({.name = map.name(),
                                    .type = BPF_MAP_TYPE_ARENA,
                                    .key_size = shape.key_size,
                                    .value_size = shape.value_size,
                                    .max_entries = shape.max_entries,
                                    .map_flags = shape.map_flags,
                                    .map_extra = reinterpret_cast<std::uintptr_t>(memory.data()),
                                    .numa_node = bpf_map__numa_node(map.raw()),
                                    .token_fd = token_fd});
    if (!arena) return std::unexpected(arena.error());
    if (const int error = bpf_map__reuse_fd(map.raw(), (*arena)->fd()); error != 0)
        return std::unexpected(errno_error(-error, fmt::format("create arena \"{}\"", printable(map.name()))));
    map.refresh();
    return {};
}

Result<> fill_arena(const Map& map, std::span<std::byte> memory) {
    const auto initial = map.initial_value();
    if (initial.empty()) return {};
    if (map.global_offset() > memory.size() || initial.size() > memory.size() - map.global_offset())
        return fail(E2BIG, window_of(map) + ": its global variables do not fit in it");
    return copy_by_kernel(map, initial.data(), memory.data() + map.global_offset(), initial.size());
}

Result<> read_map_content(const Map& map, std::size_t offset, std::span<std::byte> data) {
    auto content = content_of(map, PROT_READ, offset, data.size());
    if (!content) return std::unexpected(std::move(content).error());
    const auto source = content->bytes.subspan(offset, data.size());
    if (is_arena(map)) return copy_by_kernel(map, source.data(), data.data(), data.size());
    std::ranges::copy(source, data.begin());
    return {};
}

Result<> write_map_content(const Map& map, std::size_t offset, std::span<const std::byte> data) {
    if (map.is_read_only()) return fail(EPERM, window_of(map) + ": it is read-only");
    auto content = content_of(map, PROT_READ | PROT_WRITE, offset, data.size());
    if (!content) return std::unexpected(std::move(content).error());
    const auto target = content->bytes.subspan(offset, data.size());
    if (is_arena(map)) return copy_by_kernel(map, data.data(), target.data(), data.size());
    std::ranges::copy(data, target.begin());
    return {};
}

}  // namespace wasm_bpf::bpf
