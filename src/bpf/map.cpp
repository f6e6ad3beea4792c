#include "bpf/map.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "api/printable.hpp"
#include "bpf/kernel.hpp"
#include "bpf/kernel_features.hpp"
#include "bpf/privilege.hpp"
#include "bpf/token.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr std::array per_cpu_types = {BPF_MAP_TYPE_PERCPU_HASH, BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_LRU_PERCPU_HASH,
                                      BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE};

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) { return (value + unit - 1) / unit * unit; }

std::uint32_t value_bytes(std::uint32_t type, std::uint32_t value_size) {
    return is_per_cpu(type)
               ? static_cast<std::uint32_t>(round_up(value_size, 8) * static_cast<std::uint64_t>(possible_cpus()))
               : value_size;
}

std::string what_of(std::string_view verb, std::string_view name) {
    return std::string(verb) + " map \"" + printable(name) + "\"";
}

Error create_error(const MapOptions& options, int code) {
    const std::string what = what_of("create", options.name);
    if (code == EPERM) {
        const bool by_token = options.token_fd >= 0;
        const std::string missing =
            missing_capabilities(BPF_PROG_TYPE_UNSPEC, by_token ? AskedIn::own_namespace : AskedIn::machine);
        if (!missing.empty()) return (by_token ? missing_beside_token(missing) : missing_privilege(missing)).in(what);
        if (by_token) return refused_by_token(nullptr).in(what);
    }
    if (code == EINVAL)
        if (std::string missing = missing_map_type(options.type); !missing.empty())
            return {code, what + ": " + missing};
    return errno_error(code, what);
}

}  // namespace

bool is_per_cpu(std::uint32_t type) { return std::ranges::count(per_cpu_types, type) != 0; }

MapShape MapOptions::shape() const {
    return {.type = type,
            .key_size = key_size,
            .value_size = value_size,
            .value_bytes = value_bytes(type, value_size),
            .max_entries = max_entries,
            .map_flags = map_flags,
            .map_extra = map_extra};
}

Map::Map(bpf_map* map) : map_(map), name_(bpf_map__name(map)) {
    // libbpf would map an arena where its definition says, whatever lies there in this process.
    if (bpf_map__type(map) == BPF_MAP_TYPE_ARENA) bpf_map__set_map_extra(map, 0);
    // This layer pins, and not libbpf, which follows symbolic links.
    if (const char* path = bpf_map__pin_path(map)) pin_path_ = path;
    bpf_map__set_pin_path(map, nullptr);
    refresh();
}

Map::Map(Fd fd, const bpf_map_info& info)
    : name_(info.name, ::strnlen(info.name, sizeof(info.name))),
      shape_{.type = info.type,
             .key_size = info.key_size,
             .value_size = info.value_size,
             .value_bytes = value_bytes(info.type, info.value_size),
             .max_entries = info.max_entries,
             .map_flags = info.map_flags,
             .map_extra = info.map_extra},
      fd_(fd.get()),
      own_(std::move(fd)),
      own_details_{.id = info.id,
                   .btf_key_type_id = info.btf_key_type_id,
                   .btf_value_type_id = info.btf_value_type_id,
                   .interface_index = info.ifindex},
      id_(info.id) {}

Result<std::unique_ptr<Map>> Map::create(const MapOptions& options) {
    bpf_map_create_opts settings{};
    settings.sz = sizeof(settings);
    settings.btf_fd = options.btf_fd >= 0 ? static_cast<std::uint32_t>(options.btf_fd) : 0;
    settings.btf_key_type_id = options.btf_key_type_id;
    settings.btf_value_type_id = options.btf_value_type_id;
    settings.inner_map_fd = options.inner_fd >= 0 ? static_cast<std::uint32_t>(options.inner_fd) : 0;
    settings.map_flags = options.map_flags;
    settings.map_extra = options.map_extra;
    settings.numa_node = options.numa_node;
    settings.map_ifindex = options.interface_index;
    if (options.token_fd >= 0) {
        settings.map_flags |= BPF_F_TOKEN_FD;
        settings.token_fd = static_cast<std::uint32_t>(options.token_fd);
    }
    Fd fd(bpf_map_create(static_cast<bpf_map_type>(options.type), options.name.c_str(), options.key_size,
                         options.value_size, options.max_entries, &settings));
    if (!fd.valid()) return std::unexpected(create_error(options, errno));
    auto map = adopt(std::move(fd));
    if (map) (*map)->own_details_.numa_node = options.numa_node;
    return map;
}

Result<std::unique_ptr<Map>> Map::adopt(Fd fd) {
    bpf_map_info info{};
    std::uint32_t size = sizeof(info);
    if (bpf_map_get_info_by_fd(fd.get(), &info, &size) != 0)
        return std::unexpected(errno_error(errno, "ask the kernel about a map"));
    return std::unique_ptr<Map>(new Map(std::move(fd), info));
}

void Map::refresh() {
    // Where libbpf created none, its fd is a mere place holder.
    fd_ = bpf_map__autocreate(map_) ? bpf_map__fd(map_) : -1;
    shape_.type = bpf_map__type(map_);
    shape_.key_size = bpf_map__key_size(map_);
    shape_.value_size = bpf_map__value_size(map_);
    shape_.max_entries = bpf_map__max_entries(map_);
    shape_.map_flags = bpf_map__map_flags(map_);
    shape_.map_extra = bpf_map__map_extra(map_);
    shape_.value_bytes = value_bytes(shape_.type, shape_.value_size);
    if (id_ == 0 && fd_ >= 0) {
        bpf_map_info info{};
        std::uint32_t size = sizeof(info);
        if (bpf_map_get_info_by_fd(fd_, &info, &size) == 0) id_ = info.id;
    }
}

MapDetails Map::details() const {
    if (map_ == nullptr) return own_details_;
    return {.id = id_,
            .numa_node = bpf_map__numa_node(map_),
            .btf_key_type_id = bpf_map__btf_key_type_id(map_),
            .btf_value_type_id = bpf_map__btf_value_type_id(map_),
            .interface_index = bpf_map__ifindex(map_),
            .autocreate = bpf_map__autocreate(map_),
            .autoattach = bpf_map__autoattach(map_)};
}

Result<> Map::freeze() {
    if (bpf_map_freeze(fd_) == 0) return {};
    return std::unexpected(errno_error(errno, what_of("freeze", name_)));
}

// libbpf keeps the content of a struct_ops map with pointers of its own in it: nothing for a guest to see.
std::span<const std::byte> Map::initial_value() const {
    if (map_ == nullptr || is_struct_ops()) return {};
    std::size_t bytes = 0;
    const void* value = bpf_map__initial_value(map_, &bytes);
    return {static_cast<const std::byte*>(value), value ? bytes : 0};
}

bool Map::autocreate() const { return map_ == nullptr || bpf_map__autocreate(map_); }

bool Map::is_global_data() const { return map_ != nullptr && bpf_map__is_internal(map_); }

bool Map::is_struct_ops() const { return shape_.type == BPF_MAP_TYPE_STRUCT_OPS; }

// As the kernel sizes it (kernel/bpf/arraymap.c: array_map_alloc; kernel/bpf/arena.c: arena_map_alloc).
std::size_t Map::mapping_bytes() const {
    if (shape_.type == BPF_MAP_TYPE_ARENA)
        return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) * shape_.max_entries;
    if (shape_.type != BPF_MAP_TYPE_ARRAY || !(shape_.map_flags & BPF_F_MMAPABLE)) return 0;
    const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return round_up(round_up(shape_.value_size, 8) * shape_.max_entries, page);
}

// libbpf freezes only its own read-only data; any other BPF_F_RDONLY_PROG array stays writable for user space.
bool Map::is_read_only() const { return is_global_data() && (shape_.map_flags & BPF_F_RDONLY_PROG); }

}  // namespace wasm_bpf::bpf
