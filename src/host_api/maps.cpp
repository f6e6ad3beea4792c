#include <algorithm>

#include "bpf/ring_window.hpp"
#include "bpf/struct_ops.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/element_call.hpp"
#include "host_api/element_fds.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

// 0 where the map has no window, or none that a guest could hold.
std::size_t window_bytes(const bpf::Map& map) {
    const std::size_t ring = bpf::ring_window_bytes(map);
    const std::size_t bytes = ring != 0 ? ring : map.mapping_bytes();
    return bytes <= UINT32_MAX ? bytes : 0;
}

Result<> map_info(Host& host, Handle handle, std::uint32_t info, std::uint32_t size) {
    const bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    const bpf::MapShape& shape = map->shape();
    wasm_bpf_map_info result{};
    result.type = shape.type;
    result.key_size = shape.key_size;
    result.value_size = shape.value_size;
    result.value_bytes = shape.value_bytes;
    result.max_entries = shape.max_entries;
    result.map_flags = shape.map_flags;
    result.window_bytes = static_cast<std::uint32_t>(window_bytes(*map));
    result.read_only = map->is_read_only();
    result.global_data = map->is_global_data();
    result.data_bytes = static_cast<std::uint32_t>(map->initial_value().size());
    const bpf::MapDetails details = map->details();
    result.map_extra = shape.map_extra;
    result.id = details.id;
    result.numa_node = details.numa_node;
    result.btf_key_type_id = details.btf_key_type_id;
    result.btf_value_type_id = details.btf_value_type_id;
    result.interface_index = details.interface_index;
    result.autocreate = details.autocreate;
    result.autoattach = details.autoattach;
    result.pinned = map->pinned();
    result.data_offset = static_cast<std::uint32_t>(map->global_offset());
    result.handles = handle_parts(*map);
    map->name().copy(result.name, sizeof(result.name) - 1);
    return host.memory.write(info, size, result, "map_info");
}

[[gnu::always_inline]] inline I32 element(Host& host, Handle handle, const ElementCall& call) {
    const bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    return status(host, call_element(host, *map, call));
}

I32 map_lookup(Host& host, Handle map, std::uint32_t key, std::uint32_t value, std::uint64_t flags) {
    return element(host, map, {ElementCommand::lookup, key, value, 0, flags});
}
I32 map_update(Host& host, Handle map, std::uint32_t key, std::uint32_t value, std::uint64_t flags) {
    return element(host, map, {ElementCommand::update, key, value, 0, flags});
}
I32 map_delete(Host& host, Handle map, std::uint32_t key, std::uint64_t flags) {
    return element(host, map, {ElementCommand::remove, key, 0, 0, flags});
}
I32 map_lookup_and_delete(Host& host, Handle map, std::uint32_t key, std::uint32_t value, std::uint64_t flags) {
    return element(host, map, {ElementCommand::lookup_and_delete, key, value, 0, flags});
}
I32 map_next_key(Host& host, Handle map, std::uint32_t key, std::uint32_t next_key) {
    return element(host, map, {ElementCommand::next_key, key, 0, next_key, 0});
}

I32 map_initial_value(Host& host, Handle handle, std::uint32_t value, std::uint32_t size) {
    const bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    const auto initial = map->initial_value();
    auto target = host.memory.bytes(value, size, "map_initial_value");
    if (!target) return std::unexpected(std::move(target).error());
    std::copy_n(initial.begin(), std::min(initial.size(), target->size()), target->begin());
    return static_cast<std::int32_t>(initial.size());
}

// Of the members of the options none has a meaning here.
std::shared_ptr<const bpf::Attachment> struct_ops_attachment(const bpf::Map& map,
                                                             const std::shared_ptr<bpf::Object>& object) {
    auto attachment = std::make_shared<bpf::Attachment>(map.name(), map.fd(), bpf::AttachTarget{});
    attachment->again = [&map, kept = std::weak_ptr(object)]() -> Result<bpf::Link> {
        if (kept.expired()) return fail(ENOENT, "the map's object was closed");
        return bpf::attach_struct_ops(map);
    };
    return attachment;
}

I32 map_attach(Host& host, Handle handle, std::uint32_t options_offset) {
    bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    if (options_offset != 0) {
        auto options = host.memory.sized_struct<wasm_bpf_attach_options>(options_offset, "attach options");
        if (!options) return std::unexpected(std::move(options).error());
        wasm_bpf_attach_options none{};
        none.size = options->size;
        if (std::memcmp(&none, &*options, sizeof(none)) != 0)
            return fail(EINVAL, "map_attach: every member of the options must be 0");
    }
    policy::AttachPlace place{};
    place.kind = "struct_ops";
    place.function = map->name();
    auto allowed = host.options.policy.check_attach(place);
    if (!allowed) return std::unexpected(std::move(allowed).error().in(fmt::format("attach \"{}\"", map->name())));
    auto link = bpf::attach_struct_ops(*map);
    if (!link) return std::unexpected(std::move(link).error());
    const HostObject* object = host.handles.object(host.handles.owner_of(handle));
    if (object != nullptr && host.options.keeps_attachments)
        link->set_attachment(struct_ops_attachment(*map, object->object));
    return host.new_handle(std::move(*link));
}

}  // namespace

std::vector<engine::HostImport> map_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<map_info>(module, "map_info"),
        bind<map_lookup>(module, "map_lookup"),
        bind<map_update>(module, "map_update"),
        bind<map_delete>(module, "map_delete"),
        bind<map_lookup_and_delete>(module, "map_lookup_and_delete"),
        bind<map_next_key>(module, "map_next_key"),
        bind<map_initial_value>(module, "map_initial_value"),
        bind<map_attach>(module, "map_attach"),
    };
}

}  // namespace wasm_bpf::host_api
