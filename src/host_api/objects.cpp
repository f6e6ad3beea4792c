#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

std::unexpected<Error> no_object(Handle handle) {
    return fail(EBADF, fmt::format("{} is no object of this guest's", handle));
}

I32 new_handle(Handle handle) {
    if (handle == -EMFILE) return fail(EMFILE, "the guest holds too many handles: close what it does not need");
    return handle;
}

I32 object_open(Host& host, std::uint32_t data, std::uint32_t size, std::uint32_t options_offset) {
    auto elf = host.memory.bytes(data, size, "object_open");
    if (!elf) return std::unexpected(std::move(elf).error());
    std::string name;
    if (options_offset != 0) {
        auto options = host.memory.sized_struct<wasm_bpf_object_options>(options_offset, "object options");
        if (!options) return std::unexpected(std::move(options).error());
        auto text = host.memory.text(options->name, options->name_size, "object name");
        if (!text) return std::unexpected(std::move(text).error());
        name = std::move(*text);
    }
    auto object = host.open_object(*elf, std::move(name));
    if (!object) return std::unexpected(std::move(object).error());
    return host.new_handle(std::move(*object));
}

Result<> object_load(Host& host, Handle handle) {
    HostObject* object = host.handles.object(handle);
    if (object == nullptr) return no_object(handle);
    return host.load_object(*object);
}

I32 object_find_map(Host& host, Handle handle, std::uint32_t name, std::uint32_t name_size) {
    HostObject* object = host.handles.object(handle);
    if (object == nullptr) return no_object(handle);
    auto text = host.memory.text(name, name_size, "map name");
    if (!text) return std::unexpected(std::move(text).error());
    bpf::Map* map = object->object->find_map(*text);
    if (map == nullptr)
        return fail(ENOENT, fmt::format("object \"{}\" has no map \"{}\"", object->object->name(), *text));
    return new_handle(host.handles.handle_of(handle, map));
}

I32 object_find_program(Host& host, Handle handle, std::uint32_t name, std::uint32_t name_size) {
    HostObject* object = host.handles.object(handle);
    if (object == nullptr) return no_object(handle);
    auto text = host.memory.text(name, name_size, "program name");
    if (!text) return std::unexpected(std::move(text).error());
    bpf::Program* program = object->object->find_program(*text);
    if (program == nullptr)
        return fail(ENOENT, fmt::format("object \"{}\" has no program \"{}\"", object->object->name(), *text));
    return new_handle(host.handles.handle_of(handle, program));
}

// The one after `previous` (null: the first) in a deque; null at its end.
template <typename T>
T* next_in(std::deque<T>& items, const T* previous) {
    auto at = items.begin();
    if (previous != nullptr) {
        while (at != items.end() && &*at != previous) ++at;
        if (at != items.end()) ++at;
    }
    return at != items.end() ? &*at : nullptr;
}

I32 object_next_map(Host& host, Handle handle, Handle previous) {
    HostObject* object = host.handles.object(handle);
    if (object == nullptr) return no_object(handle);
    const bpf::Map* before = previous != 0 ? host.handles.map(previous) : nullptr;
    if (previous != 0 && before == nullptr) return fail(EBADF, fmt::format("{} is no map of this guest's", previous));
    bpf::Map* map = next_in(object->object->maps(), before);
    return map != nullptr ? new_handle(host.handles.handle_of(handle, map)) : I32(0);
}

I32 object_next_program(Host& host, Handle handle, Handle previous) {
    HostObject* object = host.handles.object(handle);
    if (object == nullptr) return no_object(handle);
    const bpf::Program* before = previous != 0 ? host.handles.program(previous) : nullptr;
    if (previous != 0 && before == nullptr)
        return fail(EBADF, fmt::format("{} is no program of this guest's", previous));
    bpf::Program* program = next_in(object->object->programs(), before);
    return program != nullptr ? new_handle(host.handles.handle_of(handle, program)) : I32(0);
}

}  // namespace

std::vector<engine::HostImport> object_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<object_open>(module, "object_open"),
        bind<object_load>(module, "object_load"),
        bind<object_find_map>(module, "object_find_map"),
        bind<object_next_map>(module, "object_next_map"),
        bind<object_find_program>(module, "object_find_program"),
        bind<object_next_program>(module, "object_next_program"),
    };
}

}  // namespace wasm_bpf::host_api
