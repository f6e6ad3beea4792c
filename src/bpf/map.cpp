#include "bpf/map.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "bpf/kernel.hpp"
#include "bpf/libbpf_messages.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr std::array per_cpu_types = {BPF_MAP_TYPE_PERCPU_HASH, BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_LRU_PERCPU_HASH,
                                      BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE};

constexpr std::size_t round_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace

Map::Map(bpf_map* map) : map_(map), name_(bpf_map__name(map)) { refresh(); }

void Map::refresh() {
    // Where libbpf created none, its fd is a mere place holder.
    fd_ = bpf_map__autocreate(map_) ? bpf_map__fd(map_) : -1;
    shape_.type = bpf_map__type(map_);
    shape_.key_size = bpf_map__key_size(map_);
    shape_.value_size = bpf_map__value_size(map_);
    shape_.max_entries = bpf_map__max_entries(map_);
    shape_.map_flags = bpf_map__map_flags(map_);
    const bool per_cpu = std::ranges::count(per_cpu_types, shape_.type) != 0;
    shape_.value_bytes =
        per_cpu ? static_cast<std::uint32_t>(round_up(shape_.value_size, 8) * possible_cpus()) : shape_.value_size;
}

int Map::lookup(const void* key, void* value, std::uint64_t flags) const {
    return bpf_map_lookup_elem_flags(fd_, key, value, flags);
}

int Map::update(const void* key, const void* value, std::uint64_t flags) const {
    return bpf_map_update_elem(fd_, key, value, flags);
}

int Map::remove(const void* key, std::uint64_t flags) const { return bpf_map_delete_elem_flags(fd_, key, flags); }

int Map::lookup_and_delete(const void* key, void* value, std::uint64_t flags) const {
    return bpf_map_lookup_and_delete_elem_flags(fd_, key, value, flags);
}

int Map::next_key(const void* key, void* next_key) const { return bpf_map_get_next_key(fd_, key, next_key); }

Result<> Map::changed(int error, const LibbpfMessages& messages, std::string_view field) {
    refresh();
    if (error == 0) return {};
    const std::string what = "set the " + std::string(field) + " of map \"" + printable(name_) + "\"";
    if (fd_ >= 0) return fail(EBUSY, what + ": the object is loaded already");
    return fail(plain_errno(error), messages.explain(what + ": " + error_text(error)));
}

// libbpf maps global data in the host at open, and unmaps at close what its type and its entries say then.
// A struct_ops map is one by its section.
Result<> Map::check_resizable(std::string_view field) const {
    if (!is_global_data() && shape_.type != BPF_MAP_TYPE_STRUCT_OPS) return {};
    return fail(EINVAL, "set the " + std::string(field) + " of map \"" + printable(name_) +
                            "\": global data and struct_ops are what their sections say");
}

Result<> Map::set_type(std::uint32_t type) {
    if (auto resizable = check_resizable("type"); !resizable) return resizable;
    if (type == BPF_MAP_TYPE_STRUCT_OPS)
        return fail(EINVAL,
                    "set the type of map \"" + printable(name_) + "\": struct_ops maps come from their section");
    const LibbpfMessages messages;
    return changed(bpf_map__set_type(map_, static_cast<bpf_map_type>(type)), messages, "type");
}

Result<> Map::set_max_entries(std::uint32_t max_entries) {
    if (auto resizable = check_resizable("max_entries"); !resizable) return resizable;
    const LibbpfMessages messages;
    return changed(bpf_map__set_max_entries(map_, max_entries), messages, "max_entries");
}

Result<> Map::set_key_size(std::uint32_t bytes) {
    const LibbpfMessages messages;
    return changed(bpf_map__set_key_size(map_, bytes), messages, "key size");
}

Result<> Map::set_value_size(std::uint32_t bytes) {
    const LibbpfMessages messages;
    return changed(bpf_map__set_value_size(map_, bytes), messages, "value size");
}

Result<> Map::set_autocreate(bool autocreate) {
    const LibbpfMessages messages;
    return changed(bpf_map__set_autocreate(map_, autocreate), messages, "autocreate flag");
}

Result<> Map::set_initial_value(std::span<const std::byte> value) {
    const LibbpfMessages messages;
    return changed(bpf_map__set_initial_value(map_, value.data(), value.size()), messages, "initial value");
}

// Of a struct_ops map libbpf would give the programs' addresses in the host.
std::span<const std::byte> Map::initial_value() const {
    if (shape_.type == BPF_MAP_TYPE_STRUCT_OPS) return {};
    std::size_t bytes = 0;
    const void* value = bpf_map__initial_value(map_, &bytes);
    return {static_cast<const std::byte*>(value), value ? bytes : 0};
}

bool Map::autocreate() const { return bpf_map__autocreate(map_); }

bool Map::is_global_data() const { return bpf_map__is_internal(map_); }

// As the kernel sizes it (kernel/bpf/arraymap.c: array_map_alloc).
std::size_t Map::mapping_bytes() const {
    if (shape_.type != BPF_MAP_TYPE_ARRAY || !(shape_.map_flags & BPF_F_MMAPABLE)) return 0;
    const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return round_up(round_up(shape_.value_size, 8) * shape_.max_entries, page);
}

// libbpf freezes only its own read-only data; any other BPF_F_RDONLY_PROG array stays writable for user space.
bool Map::is_read_only() const { return is_global_data() && (shape_.map_flags & BPF_F_RDONLY_PROG); }

}  // namespace wasm_bpf::bpf
