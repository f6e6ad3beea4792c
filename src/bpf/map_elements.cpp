// What is done with many elements of a map: one system call.

#include <linux/bpf.h>

#include <cstring>

#include "bpf/map.hpp"
#include "bpf/system_call.hpp"

namespace wasm_bpf::bpf {
namespace {

std::uint64_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// On a machine of 64 bits a pointer is what the kernel has as __aligned_u64.
static_assert(sizeof(ElementAttributes) == offsetof(bpf_attr, flags) + sizeof(bpf_attr::flags));
static_assert(offsetof(ElementAttributes, key) == offsetof(bpf_attr, key));
static_assert(offsetof(ElementAttributes, value) == offsetof(bpf_attr, value));
static_assert(offsetof(ElementAttributes, value) == offsetof(bpf_attr, next_key));
static_assert(offsetof(ElementAttributes, flags) == offsetof(bpf_attr, flags));
static_assert(static_cast<int>(ElementCommand::lookup) == BPF_MAP_LOOKUP_ELEM);
static_assert(static_cast<int>(ElementCommand::update) == BPF_MAP_UPDATE_ELEM);
static_assert(static_cast<int>(ElementCommand::remove) == BPF_MAP_DELETE_ELEM);
static_assert(static_cast<int>(ElementCommand::next_key) == BPF_MAP_GET_NEXT_KEY);
static_assert(static_cast<int>(ElementCommand::lookup_and_delete) == BPF_MAP_LOOKUP_AND_DELETE_ELEM);

constexpr std::size_t batch_bytes_of_attr = offsetof(bpf_attr, batch) + sizeof(bpf_attr::batch);

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
    const int result = system_call(command, &attr, batch_bytes_of_attr);
    batch.count = attr.batch.count;
    return result;
}

}  // namespace

std::uint32_t Map::element_bytes(std::uint64_t flags) const {
    return (flags & (BPF_F_CPU | BPF_F_ALL_CPUS)) != 0 ? shape_.value_size : shape_.value_bytes;
}

int Map::lookup_batch(MapBatch& batch) const { return batch_call(BPF_MAP_LOOKUP_BATCH, fd_, batch); }
int Map::lookup_and_delete_batch(MapBatch& batch) const {
    return batch_call(BPF_MAP_LOOKUP_AND_DELETE_BATCH, fd_, batch);
}
int Map::update_batch(MapBatch& batch) const { return batch_call(BPF_MAP_UPDATE_BATCH, fd_, batch); }
int Map::delete_batch(MapBatch& batch) const { return batch_call(BPF_MAP_DELETE_BATCH, fd_, batch); }

}  // namespace wasm_bpf::bpf
