#include <cstring>

#include "api/errno_text.hpp"
#include "bpf/kernel.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

I32 error_text(Host& host, std::uint32_t text, std::uint32_t size) {
    if (auto written = host.memory.write_text(text, size, host.last_error, "error_text"); !written)
        return std::unexpected(std::move(written).error());
    return static_cast<std::int32_t>(host.last_error.size());
}

I32 error_name(Host& host, std::int32_t error, std::uint32_t text, std::uint32_t size) {
    const std::string name = errno_text(error);
    if (auto written = host.memory.write_text(text, size, name, "error_name"); !written)
        return std::unexpected(std::move(written).error());
    return static_cast<std::int32_t>(name.size());
}

I32 log_keep(Host& host, std::int32_t level) {
    host.messages.keep(level >= 0 ? std::optional(static_cast<unsigned>(level)) : std::nullopt);
    return 0;
}

I32 log_next(Host& host, std::uint32_t level, std::uint32_t text, std::uint32_t size) {
    auto level_room = host.memory.bytes(level, sizeof(std::uint32_t), "log_next: level");
    if (!level_room) return std::unexpected(std::move(level_room).error());
    const auto* message = host.messages.oldest();
    const std::string_view said = message != nullptr ? std::string_view(message->text) : std::string_view();
    const auto length = static_cast<std::int32_t>(said.size());
    if (auto written = host.memory.write_text(text, size, said.size() < size ? said : "", "log_next"); !written)
        return std::unexpected(std::move(written).error());
    if (message != nullptr && said.size() < size) {
        std::memcpy(level_room->data(), &message->level, sizeof(message->level));
        host.messages.drop_oldest();
    }
    return length;
}

I32 close(Host& host, Handle handle) {
    const int code = host.handles.close(handle);
    if (code == -EBADF) return fail(EBADF, fmt::format("close: {} is no handle of this guest's", handle));
    if (code == -EINVAL) return fail(EINVAL, "close: a map or program ends with its object");
    return code;
}

I32 possible_cpus(Host&) { return bpf::possible_cpus(); }

I32 host_features(Host& host) {
    if (host.options.windows == Windows::refused) return 0;
    return WASM_BPF_HOST_WINDOWS | (host.shares_pointers() ? WASM_BPF_HOST_ARENA : 0);
}

I32 interface_index(Host& host, std::uint32_t name, std::uint32_t name_size) {
    auto text = host.memory.text(name, name_size, "interface_index");
    if (!text) return std::unexpected(std::move(text).error());
    return bpf::interface_index(*text);
}

}  // namespace

std::vector<engine::HostImport> general_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<error_text>(module, "error_text"),
        bind<close>(module, "close"),
        bind<possible_cpus>(module, "possible_cpus"),
        bind<host_features>(module, "host_features"),
        bind<interface_index>(module, "interface_index"),
        bind<error_name>(module, "error_name"),
        bind<log_keep>(module, "log_keep"),
        bind<log_next>(module, "log_next"),
    };
}

}  // namespace wasm_bpf::host_api
