#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

// More than any kernel's own configuration.
constexpr std::uint32_t max_kconfig_bytes = 1 << 20;

Result<std::string> kconfig_text(const Host& host, const wasm_bpf_object_options& options) {
    if (options.kconfig_size > max_kconfig_bytes)
        return fail(E2BIG, fmt::format("object kconfig: {} bytes are too many", options.kconfig_size));
    auto bytes = host.memory.bytes(options.kconfig, options.kconfig_size, "object kconfig");
    if (!bytes) return std::unexpected(std::move(bytes).error());
    return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

Result<bpf::ObjectOptions> object_options(const Host& host, std::uint32_t offset) {
    bpf::ObjectOptions result;
    if (offset == 0) return result;
    auto options = host.memory.sized_struct<wasm_bpf_object_options>(offset, "object options");
    if (!options) return std::unexpected(std::move(options).error());
    if (options->relaxed_maps > 1 || options->reserved != 0)
        return fail(EINVAL, "object options: relaxed_maps is 0 or 1, and what is reserved is 0");
    struct {
        wasm_bpf_ptr text;
        std::uint32_t size;
        std::string_view what;
        std::string value;
    } texts[] = {{options->name, options->name_size, "object name", {}},
                 {options->pin_root, options->pin_root_size, "object pin root", {}},
                 {options->btf_path, options->btf_path_size, "object BTF file", {}},
                 {options->token_path, options->token_path_size, "object token path", {}}};
    for (auto& each : texts) {
        auto text = host.memory.text(each.text, each.size, each.what);
        if (!text) return std::unexpected(std::move(text).error());
        each.value = std::move(*text);
    }
    auto kconfig = kconfig_text(host, *options);
    if (!kconfig) return std::unexpected(std::move(kconfig).error());
    result.name = std::move(texts[0].value);
    result.pin_root = std::move(texts[1].value);
    result.btf_path = std::move(texts[2].value);
    result.token_path = std::move(texts[3].value);
    result.kconfig = std::move(*kconfig);
    result.kernel_log_level = options->kernel_log_level;
    if (options->relaxed_maps != 0) result.unknown_map_attributes = bpf::ObjectOptions::UnknownMapAttributes::ignored;
    return result;
}

I32 object_open(Host& host, std::uint32_t data, std::uint32_t size, std::uint32_t options_offset) {
    auto elf = host.memory.bytes(data, size, "object_open");
    if (!elf) return std::unexpected(std::move(elf).error());
    auto options = object_options(host, options_offset);
    if (!options) return std::unexpected(std::move(options).error());
    auto object = host.open_object(*elf, std::move(*options));
    if (!object) return std::unexpected(std::move(object).error());
    return host.new_handle(std::move(*object));
}

Result<> object_load(Host& host, Handle handle) {
    HostObject* object = host.handles.object(handle);
    if (object == nullptr) return no_such("object", handle);
    return host.load_object(*object);
}

I32 object_name(Host& host, Handle handle, std::uint32_t name, std::uint32_t size) {
    HostObject* object = host.handles.object(handle);
    if (object == nullptr) return no_such("object", handle);
    const std::string text = object->object->name();
    if (auto written = host.memory.write_text(name, size, text, "object_name"); !written)
        return std::unexpected(std::move(written).error());
    return static_cast<std::int32_t>(text.size());
}

I32 object_find_map(Host& host, Handle handle, std::uint32_t name, std::uint32_t name_size) {
    HostObject* object = host.handles.object(handle);
    if (object == nullptr) return no_such("object", handle);
    auto text = host.memory.text(name, name_size, "map name");
    if (!text) return std::unexpected(std::move(text).error());
    bpf::Map* map = object->object->find_map(*text);
    if (map == nullptr)
        return fail(ENOENT, fmt::format("object \"{}\" has no map \"{}\"", object->object->name(), *text));
    return host.handle_or_error(host.handles.handle_of(handle, map));
}

I32 object_find_program(Host& host, Handle handle, std::uint32_t name, std::uint32_t name_size) {
    HostObject* object = host.handles.object(handle);
    if (object == nullptr) return no_such("object", handle);
    auto text = host.memory.text(name, name_size, "program name");
    if (!text) return std::unexpected(std::move(text).error());
    bpf::Program* program = object->object->find_program(*text);
    if (program == nullptr)
        return fail(ENOENT, fmt::format("object \"{}\" has no program \"{}\"", object->object->name(), *text));
    return host.handle_or_error(host.handles.handle_of(handle, program));
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
    if (object == nullptr) return no_such("object", handle);
    const bpf::Map* before = previous != 0 ? host.handles.map(previous) : nullptr;
    if (previous != 0 && before == nullptr) return no_such("map", previous);
    bpf::Map* map = next_in(object->object->maps(), before);
    return map != nullptr ? host.handle_or_error(host.handles.handle_of(handle, map)) : I32(0);
}

I32 object_next_program(Host& host, Handle handle, Handle previous) {
    HostObject* object = host.handles.object(handle);
    if (object == nullptr) return no_such("object", handle);
    const bpf::Program* before = previous != 0 ? host.handles.program(previous) : nullptr;
    if (previous != 0 && before == nullptr) return no_such("program", previous);
    bpf::Program* program = next_in(object->object->programs(), before);
    return program != nullptr ? host.handle_or_error(host.handles.handle_of(handle, program)) : I32(0);
}

}  // namespace

std::vector<engine::HostImport> object_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<object_open>(module, "object_open"),
        bind<object_load>(module, "object_load"),
        bind<object_name>(module, "object_name"),
        bind<object_find_map>(module, "object_find_map"),
        bind<object_next_map>(module, "object_next_map"),
        bind<object_find_program>(module, "object_find_program"),
        bind<object_next_program>(module, "object_next_program"),
    };
}

}  // namespace wasm_bpf::host_api
