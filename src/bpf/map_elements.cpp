// What is done with the elements of a map: one system call each.

#include <cstring>

#include "bpf/map.hpp"
#include "bpf/system_call.hpp"

namespace wasm_bpf::bpf {
namespace {

std::uint64_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// The kernel takes a shorter struct for one whose rest is zeros: as much as the oldest kernel needs is filled in.
constexpr std::size_t element_bytes_of_attr = offsetof(bpf_attr, flags) + sizeof(bpf_attr::flags);
constexpr std::size_t batch_bytes_of_attr = offsetof(bpf_attr, batch) + sizeof(bpf_attr::batch);

int element_call(bpf_cmd command, int fd, const void* key, const void* value, std::uint64_t flags) {
    bpf_attr attr;
    std::memset(&attr, 0, element_bytes_of_attr);
    attr.map_fd = static_cast<std::uint32_t>(fd);
    attr.key = address(key);
    attr.value = address(value);
    attr.flags = flags;
    return system_call(command, attr, element_bytes_of_attr);
}

int batch_call(bpf_cmd command, int fd, MapBatch& batch) {
    bpf_attr attr;
    std::memset(&attr, 0, batch_bytes_of_attr);
    attr.batch.in_batch = address(batch.in_batch);
    attr.batch.out_batch = address(batch.out_batch);
    attr.batch.keys = address(batch.keys);
    attr.batch.values = address(batch.values);
    attr.batch.count = batch.count;
    attr.batch.map_fd = static_cast<std::uint32_t>(fd);
    attr.batch.elem_flags = batch.elem_flags;
    attr.batch.flags = batch.flags;
    const int result = system_call(command, attr, batch_bytes_of_attr);
    batch.count = attr.batch.count;
    return result;
}

}  // namespace

std::uint32_t Map::element_bytes(std::uint64_t flags) const {
    return (flags & (BPF_F_CPU | BPF_F_ALL_CPUS)) != 0 ? shape_.value_size : shape_.value_bytes;
}

int Map::lookup(const void* key, void* value, std::uint64_t flags) const {
    return element_call(BPF_MAP_LOOKUP_ELEM, fd_, key, value, flags);
}

int Map::update(const void* key, const void* value, std::uint64_t flags) const {
    return element_call(BPF_MAP_UPDATE_ELEM, fd_, key, value, flags);
}

int Map::remove(const void* key, std::uint64_t flags) const {
    return element_call(BPF_MAP_DELETE_ELEM, fd_, key, nullptr, flags);
}

int Map::lookup_and_delete(const void* key, void* value, std::uint64_t flags) const {
    return element_call(BPF_MAP_LOOKUP_AND_DELETE_ELEM, fd_, key, value, flags);
}

int Map::next_key(const void* key, void* next_key) const {
    return element_call(BPF_MAP_GET_NEXT_KEY, fd_, key, next_key, 0);  // next_key is a union with value
}

int Map::lookup_batch(MapBatch& batch) const { return batch_call(BPF_MAP_LOOKUP_BATCH, fd_, batch); }
int Map::lookup_and_delete_batch(MapBatch& batch) const {
    return batch_call(BPF_MAP_LOOKUP_AND_DELETE_BATCH, fd_, batch);
}
int Map::update_batch(MapBatch& batch) const { return batch_call(BPF_MAP_UPDATE_BATCH, fd_, batch); }
int Map::delete_batch(MapBatch& batch) const { return batch_call(BPF_MAP_DELETE_BATCH, fd_, batch); }

}  // namespace wasm_bpf::bpf
