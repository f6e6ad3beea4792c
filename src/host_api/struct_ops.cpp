// The struct of a struct_ops map, which the guest sees with handles in the place of programs.

#include "bpf/struct_ops.hpp"

#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

// The object whose map it is: a struct_ops map is always one's.
Result<HostObject*> object_of(Host& host, Handle map) {
    HostObject* object = host.handles.object(host.handles.owner_of(map));
    if (object == nullptr) return fail(EINVAL, "the map is none of an object");
    return object;
}

I32 map_struct_ops(Host& host, Handle handle, std::uint32_t content, std::uint32_t size) {
    const bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    const auto object = object_of(host, handle);
    if (!object) return std::unexpected(object.error());
    auto target = host.memory.bytes(content, size, "map_struct_ops");
    if (!target) return std::unexpected(std::move(target).error());
    const Handle owner = host.handles.owner_of(handle);
    const auto bytes =
        bpf::struct_ops_content(*map, *(*object)->object, [&](bpf::Program& program) -> Result<std::uint64_t> {
            const I32 named = host.handle_or_error(host.handles.handle_of(owner, &program));
            if (!named) return std::unexpected(named.error());
            return static_cast<std::uint64_t>(*named);
        });
    if (!bytes) return std::unexpected(bytes.error());
    std::copy_n(bytes->begin(), std::min(bytes->size(), target->size()), target->begin());
    return static_cast<std::int32_t>(bytes->size());
}

Result<> map_set_struct_ops(Host& host, Handle handle, std::uint32_t content, std::uint32_t size) {
    const bpf::Map* map = host.handles.map(handle);
    if (map == nullptr) return no_such("map", handle);
    const auto object = object_of(host, handle);
    if (!object) return std::unexpected(object.error());
    auto given = host.memory.bytes(content, size, "map_set_struct_ops");
    if (!given) return std::unexpected(std::move(given).error());
    return bpf::set_struct_ops_content(*map, *(*object)->object, *given, [&](std::uint64_t number) -> bpf::Program* {
        return number <= INT32_MAX ? host.handles.program(static_cast<Handle>(number)) : nullptr;
    });
}

}  // namespace

std::vector<engine::HostImport> struct_ops_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<map_struct_ops>(module, "map_struct_ops"),
        bind<map_set_struct_ops>(module, "map_set_struct_ops"),
    };
}

}  // namespace wasm_bpf::host_api
