// What programs attach to and maps take: things of the kernel that a guest names by handle.

#include "bpf/kernel.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

// AF_PACKET alone.
I32 socket_open(Host& host, std::uint32_t options_offset) {
    auto options = host.memory.sized_struct<wasm_bpf_socket_options>(options_offset, "socket options");
    if (!options) return std::unexpected(std::move(options).error());
    auto fd = bpf::open_packet_socket(options->interface_index);
    if (!fd) return std::unexpected(std::move(fd).error());
    return host.new_handle(Socket{std::move(*fd)});
}

I32 cgroup_open(Host& host, std::uint32_t path, std::uint32_t path_size) {
    auto text = host.memory.text(path, path_size, "cgroup_open");
    if (!text) return std::unexpected(std::move(text).error());
    auto fd = bpf::open_cgroup(*text);
    if (!fd) return std::unexpected(std::move(fd).error());
    return host.new_handle(Cgroup{std::move(*fd)});
}

}  // namespace

std::vector<engine::HostImport> kernel_object_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<socket_open>(module, "socket_open"),
        bind<cgroup_open>(module, "cgroup_open"),
    };
}

}  // namespace wasm_bpf::host_api
