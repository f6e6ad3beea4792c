// What is set of a map before its object is loaded. The guest's values meet libbpf's own memory here, which it sizes at
// open: what it would take at its word is checked first.

#include <bpf/libbpf.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/map.hpp"

namespace wasm_bpf::bpf {
namespace {

// libbpf keeps things of the kind beside such a map from open on, and finds them by the kind.
bool is_prepared_at_open(std::uint32_t type) {
    return type == BPF_MAP_TYPE_STRUCT_OPS || type == BPF_MAP_TYPE_ARENA || type == BPF_MAP_TYPE_PROG_ARRAY ||
           type == BPF_MAP_TYPE_ARRAY_OF_MAPS || type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

}  // namespace

bool Map::has_pages_of_its_own() const { return is_global_data() || shape_.type == BPF_MAP_TYPE_ARENA; }

std::string Map::obstacle_to(std::string_view field) const {
    const auto is_any_of = [&](auto... names) { return ((field == names) || ...); };
    if (is_global_data()) {
        if (is_any_of("type", "key size", "max_entries", "flags", "map_extra"))
            return "global data has the kind and the size of its variables";
        if (field == "value size" && name_.ends_with(".kconfig")) return "the kernel's configuration has its own size";
    }
    if (is_struct_ops() && is_any_of("type", "key size", "value size", "max_entries"))
        return "a struct_ops map has the size of its struct";
    if (field == "type" && is_prepared_at_open(shape_.type)) return "its kind is part of the object";
    if (field == "map_extra" && shape_.type == BPF_MAP_TYPE_ARENA) return "an arena lies where its window does";
    return {};
}

Result<> Map::set(std::string_view field, auto&& call) {
    const auto failed = [&](int code, std::string_view why) {
        return fail(code, fmt::format("set the {} of map \"{}\": {}", field, printable(name_), why));
    };
    if (map_ == nullptr || fd_ >= 0) return failed(EBUSY, "it is made already: set it before the object is loaded");
    if (const std::string obstacle = obstacle_to(field); !obstacle.empty()) return failed(EINVAL, obstacle);
    const LibbpfMessages messages;
    const int error = call();
    refresh();
    if (error == 0) return {};
    return failed(plain_errno(error), messages.explain(error_text(error)));
}

Result<> Map::set_type(std::uint32_t type) {
    if (type != shape_.type && (type == BPF_MAP_TYPE_STRUCT_OPS || type == BPF_MAP_TYPE_ARENA))
        return fail(EINVAL, fmt::format("set the type of map \"{}\": an arena or a struct_ops map must be defined as "
                                        "one in the object",
                                        printable(name_)));
    return set("type", [&] { return bpf_map__set_type(map_, static_cast<bpf_map_type>(type)); });
}

Result<> Map::set_max_entries(std::uint32_t max_entries) {
    return set("max_entries", [&] { return bpf_map__set_max_entries(map_, max_entries); });
}

Result<> Map::set_key_size(std::uint32_t bytes) {
    return set("key size", [&] { return bpf_map__set_key_size(map_, bytes); });
}

Result<> Map::set_value_size(std::uint32_t bytes) {
    return set("value size", [&] { return bpf_map__set_value_size(map_, bytes); });
}

Result<> Map::set_autocreate(bool autocreate) {
    return set("autocreate flag", [&] { return bpf_map__set_autocreate(map_, autocreate); });
}

Result<> Map::set_map_flags(std::uint32_t flags) {
    return set("flags", [&] { return bpf_map__set_map_flags(map_, flags); });
}

Result<> Map::set_numa_node(std::uint32_t node) {
    return set("NUMA node", [&] { return bpf_map__set_numa_node(map_, node); });
}

Result<> Map::set_map_extra(std::uint64_t extra) {
    return set("map_extra", [&] { return bpf_map__set_map_extra(map_, extra); });
}

Result<> Map::set_interface_index(std::uint32_t index) {
    return set("interface", [&] { return bpf_map__set_ifindex(map_, index); });
}

Result<> Map::set_autoattach(bool autoattach) {
    if (map_ != nullptr && bpf_map__set_autoattach(map_, autoattach) == 0) return {};
    return fail(EINVAL, fmt::format("set the autoattach flag of map \"{}\": it is no struct_ops map of an object",
                                    printable(name_)));
}

Result<> Map::set_initial_value(std::span<const std::byte> value) {
    return set("initial value", [&] { return bpf_map__set_initial_value(map_, value.data(), value.size()); });
}

Result<> Map::set_inner(const Map& example) {
    // libbpf keeps the number alone, up to load: the fd must be as good then.
    Fd copy(::fcntl(example.fd_, F_DUPFD_CLOEXEC, 3));
    if (!copy.valid())
        return fail(EBADF, fmt::format("set the inner map of map \"{}\": map \"{}\" is not made yet", printable(name_),
                                       printable(example.name_)));
    auto done = set("inner map", [&] { return bpf_map__set_inner_map_fd(map_, copy.get()); });
    if (done) inner_ = std::move(copy);
    return done;
}

Result<> Map::set_exclusive(bpf_program* program) {
    return set("exclusive program", [&] { return bpf_map__set_exclusive_program(map_, program); });
}

bpf_program* Map::exclusive() const { return map_ != nullptr ? bpf_map__exclusive_program(map_) : nullptr; }

Result<> Map::reuse(const Map& existing) {
    const auto failed = [&](int code, std::string_view why) {
        return fail(
            code, fmt::format("reuse map \"{}\" for map \"{}\": {}", printable(existing.name_), printable(name_), why));
    };
    if (existing.fd_ < 0) return failed(EBADF, "it is not made yet");
    if (map_ == nullptr || fd_ >= 0) return failed(EBUSY, "the latter is made already: reuse before load");
    if (is_struct_ops()) return failed(EINVAL, "a struct_ops map belongs to its object");
    const MapShape& shape = existing.shape_;
    if (shape.type != shape_.type || shape.key_size != shape_.key_size || shape.value_size != shape_.value_size)
        return failed(EINVAL, "their types or sizes differ");
    // libbpf keeps the initial value in as many pages as the map has.
    if (has_pages_of_its_own() && shape.max_entries != shape_.max_entries)
        return failed(EINVAL, "their numbers of elements differ");
    const LibbpfMessages messages;
    if (const int error = bpf_map__reuse_fd(map_, existing.fd_); error != 0)
        return failed(plain_errno(error), messages.explain(error_text(error)));
    reused_ = true;
    refresh();
    return {};
}

}  // namespace wasm_bpf::bpf
