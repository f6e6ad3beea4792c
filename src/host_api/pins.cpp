// What a guest pins outlives it, and is there for others: the policy is asked about every path.

#include "bpf/pin.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

Result<std::string> pin_path(Host& host, std::uint32_t path, std::uint32_t path_size, std::string_view what) {
    auto text = host.memory.text(path, path_size, what);
    if (!text) return text;
    if (auto allowed = host.admit_pin(*text); !allowed) return std::unexpected(std::move(allowed).error().in(what));
    return text;
}

// Calls `act` with the map, the link or the loaded program's fd that the handle names.
Result<> with_pinnable(Host& host, Handle handle, std::string_view what, auto&& act) {
    if (bpf::Map* map = host.handles.map(handle)) return act(*map);
    if (auto* link = host.handles.get<bpf::Link>(handle)) return act(*link);
    const bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return fail(EBADF, fmt::format("{}: {} is no map, program or link", what, handle));
    if (program->fd() < 0) return fail(EINVAL, fmt::format("{}: program \"{}\" is not loaded", what, program->name()));
    return act(program->fd());
}

Result<> pin(Host& host, Handle handle, std::uint32_t path, std::uint32_t path_size) {
    auto text = pin_path(host, path, path_size, "pin");
    if (!text) return std::unexpected(std::move(text).error());
    return with_pinnable(host, handle, "pin", [&](auto&& item) -> Result<> {
        if constexpr (requires { item.pin(*text); })
            return item.pin(*text);
        else
            return bpf::pin_fd(item, *text);
    });
}

Result<> unpin(Host& host, Handle handle, std::uint32_t path, std::uint32_t path_size) {
    auto text = pin_path(host, path, path_size, "unpin");
    if (!text) return std::unexpected(std::move(text).error());
    return with_pinnable(host, handle, "unpin", [&](auto&& item) -> Result<> {
        if constexpr (requires { item.unpin(*text); })
            return item.unpin(*text);
        else
            return bpf::unpin_fd(item, *text);
    });
}

I32 open_pinned(Host& host, std::uint32_t path, std::uint32_t path_size, std::uint32_t kind, std::uint32_t flags) {
    if (kind != WASM_BPF_PINNED_MAP && kind != WASM_BPF_PINNED_LINK)
        return fail(EINVAL, fmt::format("open_pinned: this host opens no kind {}", kind));
    auto text = pin_path(host, path, path_size, "open_pinned");
    if (!text) return std::unexpected(std::move(text).error());
    if (kind == WASM_BPF_PINNED_LINK) {
        auto fd = bpf::open_pinned(*text, bpf::PinnedKind::link, flags);
        if (!fd) return std::unexpected(std::move(fd).error());
        return host.new_handle(bpf::Link(std::move(*fd)));
    }
    auto fd = bpf::open_pinned(*text, bpf::PinnedKind::map, flags);
    if (!fd) return std::unexpected(std::move(fd).error());
    auto map = bpf::Map::adopt(std::move(*fd));
    if (!map) return std::unexpected(std::move(map).error());
    return host.new_handle(std::move(*map));
}

}  // namespace

std::vector<engine::HostImport> pin_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<pin>(module, "pin"),
        bind<unpin>(module, "unpin"),
        bind<open_pinned>(module, "open_pinned"),
    };
}

}  // namespace wasm_bpf::host_api
