// Maps before they are used: made without an object, and what is set of an object's before its load.

#include "bpf/map.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

// What the guest names by handle in its options: the fds of an inner map and of an object's BTF.
Result<> resolve_handles(Host& host, const wasm_bpf_map_create_options& given, bpf::MapOptions& options) {
    if (given.inner != 0) {
        const bpf::Map* inner = host.handles.map(given.inner);
        if (inner == nullptr) return no_such("map", given.inner);
        if (inner->fd() < 0) return fail(EINVAL, fmt::format("inner map \"{}\" is not made yet", inner->name()));
        options.inner_fd = inner->fd();
    }
    if (given.btf_object != 0) {
        const HostObject* object = host.handles.object(given.btf_object);
        if (object == nullptr) return fail(EBADF, fmt::format("{} is no object of this guest's", given.btf_object));
        options.btf_fd = object->object->btf_fd();
        if (options.btf_fd < 0) return fail(EINVAL, "its BTF is in the kernel once the object is loaded");
    }
    return {};
}

I32 map_create(Host& host, std::uint32_t options_offset) {
    const auto given = host.memory.sized_struct<wasm_bpf_map_create_options>(options_offset, "map_create");
    if (!given) return std::unexpected(given.error());
    auto name = host.memory.text(given->name, given->name_size, "map_create");
    if (!name) return std::unexpected(std::move(name).error());
    bpf::MapOptions options{.name = std::move(*name),
                            .type = given->type,
                            .key_size = given->key_size,
                            .value_size = given->value_size,
                            .max_entries = given->max_entries,
                            .map_flags = given->map_flags,
                            .map_extra = given->map_extra,
                            .numa_node = given->numa_node,
                            .interface_index = given->interface_index,
                            .btf_key_type_id = given->btf_key_type_id,
                            .btf_value_type_id = given->btf_value_type_id};
    if (auto done = resolve_handles(host, *given, options); !done)
        return std::unexpected(std::move(done).error().in("map_create"));
    const auto token = host.tokens.of(host.options.token_path);
    if (!token) return std::unexpected(token.error());
    options.token_fd = *token;
    auto charge = host.map_charges.charge(host.options.policy, options.shape());
    if (!charge) return std::unexpected(std::move(charge).error().in(fmt::format("map \"{}\"", options.name)));
    auto map = bpf::Map::create(options);
    if (!map) return std::unexpected(std::move(map).error());
    (*map)->keep_alive(std::move(*charge));
    return host.new_handle(std::move(*map));
}

// How a field is set; a number that does not fit in 32 bits is refused where its setter takes no more.
using SetNumber = Result<> (bpf::Map::*)(std::uint32_t);
using SetFlag = Result<> (bpf::Map::*)(bool);
struct Field {
    std::uint32_t field;  // enum wasm_bpf_map_field
    SetNumber number = nullptr;
    SetFlag flag = nullptr;
};
constexpr Field fields[] = {
    {WASM_BPF_MAP_MAX_ENTRIES, &bpf::Map::set_max_entries},
    {WASM_BPF_MAP_TYPE, &bpf::Map::set_type},
    {WASM_BPF_MAP_KEY_SIZE, &bpf::Map::set_key_size},
    {WASM_BPF_MAP_AUTOCREATE, nullptr, &bpf::Map::set_autocreate},
    {WASM_BPF_MAP_FLAGS, &bpf::Map::set_map_flags},
    {WASM_BPF_MAP_NUMA_NODE, &bpf::Map::set_numa_node},
    {WASM_BPF_MAP_INTERFACE, &bpf::Map::set_interface_index},
    {WASM_BPF_MAP_AUTOATTACH, nullptr, &bpf::Map::set_autoattach},
};

// libbpf makes the initial value of global data as long at once. At load the map takes its place, and the charge's.
Result<> set_value_size(Host& host, bpf::Map& map, std::uint32_t bytes) {
    if (!map.is_global_data()) return map.set_value_size(bytes);
    auto charge = host.object_charges.charge(host.options.policy, bytes);
    if (!charge) return std::unexpected(std::move(charge).error().in(fmt::format("map \"{}\"", map.name())));
    if (auto done = map.set_value_size(bytes); !done) return done;
    map.keep_alive(std::move(*charge));
    return {};
}

Result<> map_set(Host& host, Handle handle, std::uint32_t field, std::uint64_t value) {
    bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    if (field == WASM_BPF_MAP_EXTRA) return map->set_map_extra(value);
    if (value > UINT32_MAX) return fail(ERANGE, fmt::format("map_set: {} does not fit in 32 bits", value));
    const auto number = static_cast<std::uint32_t>(value);
    if (field == WASM_BPF_MAP_VALUE_SIZE) return set_value_size(host, *map, number);
    for (const Field& known : fields) {
        if (known.field != field) continue;
        return known.number != nullptr ? (map->*known.number)(number) : (map->*known.flag)(number != 0);
    }
    return fail(EINVAL, fmt::format("map_set: this host knows no field {}", field));
}

Result<> map_set_initial_value(Host& host, Handle handle, std::uint32_t value, std::uint32_t size) {
    bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    auto bytes = host.memory.bytes(value, size, "map_set_initial_value");
    if (!bytes) return std::unexpected(std::move(bytes).error());
    return map->set_initial_value(*bytes);
}

Result<> map_set_inner(Host& host, Handle handle, Handle inner) {
    bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    const bpf::Map* example = host.handles.map(inner);
    if (example == nullptr) return no_such("map", inner);
    return map->set_inner(*example);
}

Result<> map_set_exclusive(Host& host, Handle handle, Handle program_handle) {
    bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    const bpf::Program* program = host.handles.program(program_handle);
    if (program == nullptr) return no_such("program", program_handle);
    return map->set_exclusive(program->raw());
}

I32 map_exclusive(Host& host, Handle handle) {
    const bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    const bpf_program* raw = map->exclusive();
    if (raw == nullptr) return 0;
    const Handle owner = host.handles.owner_of(handle);
    for (bpf::Program& program : host.handles.object(owner)->object->programs())
        if (program.raw() == raw) return host.handle_or_error(host.handles.handle_of(owner, &program));
    return 0;
}

Result<> map_set_pin_path(Host& host, Handle handle, std::uint32_t path, std::uint32_t path_size) {
    bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    auto text = host.memory.text(path, path_size, "map_set_pin_path");
    if (!text) return std::unexpected(std::move(text).error());
    if (!text->empty())
        if (auto allowed = host.admit_pin(*text); !allowed)
            return std::unexpected(std::move(allowed).error().in("map_set_pin_path"));
    return map->set_pin_path(std::move(*text));
}

I32 map_pin_path(Host& host, Handle handle, std::uint32_t path, std::uint32_t size) {
    const bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    if (auto written = host.memory.write_text(path, size, map->pin_path(), "map_pin_path"); !written)
        return std::unexpected(std::move(written).error());
    return static_cast<std::int32_t>(map->pin_path().size());
}

Result<> map_reuse(Host& host, Handle handle, Handle existing) {
    bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    const bpf::Map* other = host.handles.map(existing);
    if (other == nullptr) return no_such("map", existing);
    return map->reuse(*other);
}

Result<> map_freeze(Host& host, Handle handle) {
    bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    return map->freeze();
}

}  // namespace

std::vector<engine::HostImport> map_setup_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<map_create>(module, "map_create"),
        bind<map_set>(module, "map_set"),
        bind<map_set_initial_value>(module, "map_set_initial_value"),
        bind<map_set_inner>(module, "map_set_inner"),
        bind<map_set_exclusive>(module, "map_set_exclusive"),
        bind<map_exclusive>(module, "map_exclusive"),
        bind<map_set_pin_path>(module, "map_set_pin_path"),
        bind<map_pin_path>(module, "map_pin_path"),
        bind<map_reuse>(module, "map_reuse"),
        bind<map_freeze>(module, "map_freeze"),
    };
}

}  // namespace wasm_bpf::host_api
