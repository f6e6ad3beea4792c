// Many elements in one system call. Lengths are products of two 32-bit numbers of the guest's, taken in 64 bits.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/element_fds.hpp"
#include "host_api/version_1.hpp"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

constexpr int kernel_not_supported = 524;  // ENOTSUPP, the kernel's own

using BatchOperation = int (bpf::Map::*)(bpf::MapBatch&) const;

// A guest's arguments; places that an operation does not have are none.
struct BatchCall {
    BatchOperation operation;
    std::optional<std::uint32_t> in_batch{};
    std::optional<std::uint32_t> out_batch{};
    std::uint32_t keys = 0;
    std::optional<std::uint32_t> values{};
    std::uint32_t count = 0;  // where it is
    std::uint64_t elem_flags = 0;
    std::uint64_t flags = 0;
};

// Points into the guest's memory, where all of it is inside.
class Places {
public:
    explicit Places(const GuestMemory& memory) : memory_(memory) {}
    void* at(std::uint64_t offset, std::uint64_t size) {
        void* place = memory_.at(offset, size);
        inside_ &= place != nullptr;
        return place;
    }
    [[nodiscard]] bool all_inside() const { return inside_; }

private:
    const GuestMemory& memory_;
    bool inside_ = true;
};

// Values that hold handles go through a copy with fds, a part at a time, so that a guest's count costs no memory here.
int update_with_fds(Host& host, const bpf::Map& map, bpf::MapBatch& batch) {
    std::array<std::byte, 4096> copy;
    const std::size_t size = map.shape().value_size;
    if (size == 0 || size > max_fd_element_bytes) return -EINVAL;
    const auto* keys = static_cast<const std::byte*>(batch.keys);
    const auto* values = static_cast<const std::byte*>(batch.values);
    const std::uint32_t all = batch.count;
    std::uint32_t done = 0;
    int result = 0;
    bpf::Fd opened;
    while (done < all && result == 0) {
        const auto part = static_cast<std::uint32_t>(std::min<std::size_t>(all - done, copy.size() / size));
        std::memcpy(copy.data(), values + done * size, part * size);
        std::uint32_t good = 0;
        while (good < part && result == 0) {
            result = put_fd(host.handles, map, ElementPart::value, std::span(copy).subspan(good * size, size), opened);
            good += result == 0;
        }
        bpf::MapBatch some = batch;
        some.keys = const_cast<std::byte*>(keys + std::size_t{done} * map.shape().key_size);
        some.values = copy.data();
        some.count = good;
        if (const int error = good > 0 ? map.update_batch(some) : 0; error != 0) result = error;
        done += some.count;
    }
    batch.count = done;
    return result;
}

I32 call_batch(Host& host, Handle handle, const BatchCall& call) {
    const bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    std::byte* count = host.memory.at(call.count, sizeof(std::uint32_t));
    if (count == nullptr) return status(host, -EFAULT);
    bpf::MapBatch batch{.elem_flags = call.elem_flags, .flags = call.flags};
    std::memcpy(&batch.count, count, sizeof(batch.count));

    Places places(host.memory);
    const bpf::MapShape& shape = map->shape();
    const std::uint64_t place_bytes = std::max<std::uint64_t>(shape.key_size, sizeof(std::uint32_t));
    batch.keys = places.at(call.keys, std::uint64_t{batch.count} * shape.key_size);
    if (call.in_batch && *call.in_batch != 0) batch.in_batch = places.at(*call.in_batch, place_bytes);
    if (call.out_batch) batch.out_batch = places.at(*call.out_batch, place_bytes);
    if (call.values)
        batch.values = places.at(*call.values, std::uint64_t{batch.count} * map->element_bytes(call.elem_flags));
    if (!places.all_inside()) return status(host, -EFAULT);
    // The kernel has no batches of these; should it get them, their keys must not be taken for fds.
    if (holds_fd(*map, ElementPart::key)) return status(host, -kernel_not_supported);

    const bool translated = call.operation == &bpf::Map::update_batch && holds_fd(*map, ElementPart::value);
    const int result = translated ? update_with_fds(host, *map, batch) : (map->*call.operation)(batch);
    std::memcpy(count, &batch.count, sizeof(batch.count));
    return status(host, result);
}

I32 map_lookup_batch(Host& host, Handle map, std::uint32_t in_batch, std::uint32_t out_batch, std::uint32_t keys,
                     std::uint32_t values, std::uint32_t count, std::uint64_t elem_flags, std::uint64_t flags) {
    return call_batch(host, map,
                      {&bpf::Map::lookup_batch, in_batch, out_batch, keys, values, count, elem_flags, flags});
}

I32 map_lookup_and_delete_batch(Host& host, Handle map, std::uint32_t in_batch, std::uint32_t out_batch,
                                std::uint32_t keys, std::uint32_t values, std::uint32_t count, std::uint64_t elem_flags,
                                std::uint64_t flags) {
    return call_batch(
        host, map, {&bpf::Map::lookup_and_delete_batch, in_batch, out_batch, keys, values, count, elem_flags, flags});
}

I32 map_update_batch(Host& host, Handle map, std::uint32_t keys, std::uint32_t values, std::uint32_t count,
                     std::uint64_t elem_flags, std::uint64_t flags) {
    return call_batch(host, map, {&bpf::Map::update_batch, {}, {}, keys, values, count, elem_flags, flags});
}

I32 map_delete_batch(Host& host, Handle map, std::uint32_t keys, std::uint32_t count, std::uint64_t elem_flags,
                     std::uint64_t flags) {
    return call_batch(host, map, {&bpf::Map::delete_batch, {}, {}, keys, {}, count, elem_flags, flags});
}

}  // namespace

std::vector<engine::HostImport> map_batch_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<map_lookup_batch>(module, "map_lookup_batch"),
        bind<map_lookup_and_delete_batch>(module, "map_lookup_and_delete_batch"),
        bind<map_update_batch>(module, "map_update_batch"),
        bind<map_delete_batch>(module, "map_delete_batch"),
    };
}

}  // namespace wasm_bpf::host_api
