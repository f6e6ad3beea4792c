#include "host_api/map_windows.hpp"

#include <algorithm>
#include <utility>

#include "bpf/map_window.hpp"
#include "bpf/ring_window.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

// The map's content in the place of `memory`, guarded.
Result<Window> open_window(Host& host, const bpf::Map& map, std::span<std::byte> memory) {
    if (auto mapped = bpf::map_content_window(map, memory); !mapped) return std::unexpected(std::move(mapped).error());
    auto window = Window::guard(memory, host.faults, bpf::is_arena(map) ? WindowKind::arena : WindowKind::plain);
    if (!window) bpf::unmap_window(memory);
    return window;
}

// The shape of a map may have been changed since its memory was bound.
Result<std::span<std::byte>> bound_memory(const Host& host, const HostObject::Binding& bound) {
    if (bound.size_bytes != bound.map->mapping_bytes())
        return fail(EINVAL, fmt::format("window of \"{}\": takes {} bytes now, not {} as when it was bound",
                                        bound.map->name(), bound.map->mapping_bytes(), bound.size_bytes));
    return host.memory.bytes(bound.offset, bound.size_bytes, bound.map->name());
}

I32 bind_window(HostObject& object, bpf::Map& map, std::span<std::byte> memory, std::uint32_t offset) {
    const auto same_map = [&](const HostObject::Binding& bound) { return bound.map == &map; };
    if (std::ranges::any_of(object.bindings, same_map))
        return fail(EBUSY, fmt::format("window of \"{}\": it has one already", map.name()));
    std::ranges::fill(memory, std::byte{0});
    std::ranges::copy(map.initial_value(), memory.begin());
    object.bindings.push_back({&map, offset, static_cast<std::uint32_t>(memory.size())});
    return 0;
}

I32 map_window(Host& host, Handle handle, std::uint32_t window, std::uint32_t size) {
    bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    const std::size_t needed = map->mapping_bytes();
    if (needed == 0)
        return fail(EINVAL,
                    fmt::format("map \"{}\" is neither global data, nor an mmapable array, nor an arena; a ring "
                                "buffer's window is made by ring_add",
                                map->name()));
    if (size != needed)
        return fail(EINVAL, fmt::format("window of \"{}\": takes {} bytes, not {}", map->name(), needed, size));
    auto memory = host.window_memory(window, size, map->name());
    if (!memory) return std::unexpected(std::move(memory).error());
    if (bpf::is_arena(*map) && !host.shares_pointers())
        return fail(EOPNOTSUPP,
                    fmt::format("window of \"{}\": the pointers of an arena are not the guest's here", map->name()));
    HostObject* object = host.handles.object(host.handles.owner_of(handle));
    if (object != nullptr && !object->object->loaded()) return bind_window(*object, *map, *memory, window);
    auto opened = open_window(host, *map, *memory);
    if (!opened) return std::unexpected(std::move(opened).error());
    if (object != nullptr)
        object->windows.push_back(std::move(*opened));
    else
        host.handles.keep_window(*map, std::move(*opened));
    return 0;
}

I32 map_read(Host& host, Handle handle, std::uint64_t offset, std::uint32_t data, std::uint32_t size) {
    const bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    auto target = host.memory.bytes(data, size, "map_read");
    if (!target) return std::unexpected(std::move(target).error());
    if (auto done = bpf::read_map_content(*map, offset, *target); !done)
        return std::unexpected(std::move(done).error());
    return 0;
}

I32 map_write(Host& host, Handle handle, std::uint64_t offset, std::uint32_t data, std::uint32_t size) {
    const bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    auto source = host.memory.bytes(data, size, "map_write");
    if (!source) return std::unexpected(std::move(source).error());
    if (auto done = bpf::write_map_content(*map, offset, *source); !done)
        return std::unexpected(std::move(done).error());
    return 0;
}

}  // namespace

namespace {

Result<> create_arena(Host& host, const HostObject& object, bpf::Map& map, std::span<const std::byte> memory) {
    const auto token = host.tokens.of(object.object->token_path());
    if (!token) return std::unexpected(token.error());
    return bpf::create_arena_at(map, memory, *token);
}

}  // namespace

Result<std::vector<Window>> prepare_windows(Host& host, HostObject& object) {
    std::vector<Window> arenas;
    for (HostObject::Binding& bound : object.bindings) {
        bpf::Map& map = *bound.map;
        auto memory = bound_memory(host, bound);
        if (!memory) return std::unexpected(std::move(memory).error());
        // One that the object reuses has its content.
        const bool is_new = map.fd() < 0;
        if (is_new && !map.initial_value().empty() && !bpf::is_kernel_configuration(map))
            if (auto set = map.set_initial_value(memory->first(map.initial_value().size())); !set)
                return std::unexpected(std::move(set).error());
        if (!bpf::is_arena(map)) continue;
        bound.fill_arena |= is_new;  // after a load that ended before the kernel's, it is there already
        if (is_new)
            if (auto made = create_arena(host, object, map, *memory); !made)
                return std::unexpected(std::move(made).error());
        auto window = open_window(host, map, *memory);
        if (!window) return std::unexpected(std::move(window).error());
        arenas.push_back(std::move(*window));
    }
    return arenas;
}

Result<> open_windows(Host& host, HostObject& object, std::vector<Window> arenas) {
    std::ranges::move(arenas, std::back_inserter(object.windows));
    for (const HostObject::Binding& bound : std::exchange(object.bindings, {})) {
        const bpf::Map& map = *bound.map;
        auto memory = bound_memory(host, bound);
        if (!memory) return std::unexpected(std::move(memory).error());
        if (bpf::is_arena(map)) {
            if (bound.fill_arena)
                if (auto filled = bpf::fill_arena(map, *memory); !filled) return filled;
            continue;
        }
        auto window = open_window(host, map, *memory);
        if (!window) return std::unexpected(std::move(window).error());
        object.windows.push_back(std::move(*window));
    }
    return {};
}

std::vector<engine::HostImport> map_window_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<map_window>(module, "map_window"),
        bind<map_read>(module, "map_read"),
        bind<map_write>(module, "map_write"),
    };
}

}  // namespace wasm_bpf::host_api
