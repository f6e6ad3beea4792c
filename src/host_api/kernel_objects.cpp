// What programs attach to and maps take: things of the kernel that a guest names by handle.

#include "bpf/kernel.hpp"
#include "bpf/perf_event.hpp"
#include "bpf/perf_event_attr.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/perf_event_policy.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

I32 socket_open(Host& host, std::uint32_t options_offset) {
    auto options = host.memory.sized_struct<wasm_bpf_socket_options>(options_offset, "socket options");
    if (!options) return std::unexpected(std::move(options).error());
    if (auto allowed = host.options.policy.check_socket(options->family, options->type); !allowed)
        return std::unexpected(std::move(allowed).error());
    constexpr std::uint32_t known_flags = WASM_BPF_SOCKET_REUSE_PORT | WASM_BPF_SOCKET_LISTEN;
    if ((options->flags & ~known_flags) != 0)
        return fail(EINVAL, fmt::format("socket options: there are no flags {:#x}", options->flags & ~known_flags));
    std::span<const std::byte> address;
    if (options->address_size != 0) {
        auto given = host.memory.bytes(options->address, options->address_size, "socket address");
        if (!given) return std::unexpected(std::move(given).error());
        address = *given;
    }
    auto fd = bpf::open_socket({.family = static_cast<int>(options->family),
                                .type = static_cast<int>(options->type),
                                .protocol = static_cast<int>(options->protocol),
                                .reuse_port = (options->flags & WASM_BPF_SOCKET_REUSE_PORT) != 0,
                                .listen = (options->flags & WASM_BPF_SOCKET_LISTEN) != 0,
                                .interface_index = options->interface_index,
                                .address = address});
    if (!fd) return std::unexpected(std::move(fd).error());
    return host.new_handle(Socket{std::move(*fd)});
}

Result<> socket_bind(Host& host, Handle handle, std::uint32_t address, std::uint32_t address_size) {
    const auto* socket = host.handles.get<Socket>(handle);
    if (socket == nullptr) return fail(EBADF, fmt::format("socket_bind: {} is no socket of this guest's", handle));
    auto bytes = host.memory.bytes(address, address_size, "socket_bind");
    if (!bytes) return std::unexpected(std::move(bytes).error());
    return bpf::bind_socket(socket->fd, *bytes);
}

I32 network_namespace_open(Host& host, std::uint32_t path, std::uint32_t path_size) {
    auto text = host.memory.text(path, path_size, "network_namespace_open");
    if (!text) return std::unexpected(std::move(text).error());
    const auto check = [&](std::string_view name) {
        return host.options.policy.check_attach({.kind = "netns", .network_namespace = name});
    };
    constexpr std::string_view own = "self";
    if (auto allowed = check(text->empty() ? own : *text); !allowed) return std::unexpected(std::move(allowed).error());
    auto fd = bpf::open_network_namespace(*text);
    if (!fd) return std::unexpected(std::move(fd).error());
    // The host's own has other names too, as /proc/self/ns/net.
    if (bpf::is_own_network_namespace(*fd))
        if (auto allowed = check(own); !allowed) return std::unexpected(std::move(allowed).error());
    return host.new_handle(NetworkNamespace{std::move(*fd)});
}

I32 cgroup_open(Host& host, std::uint32_t path, std::uint32_t path_size) {
    auto text = host.memory.text(path, path_size, "cgroup_open");
    if (!text) return std::unexpected(std::move(text).error());
    auto fd = bpf::open_cgroup(*text);
    if (!fd) return std::unexpected(std::move(fd).error());
    return host.new_handle(Cgroup{std::move(*fd)});
}

I32 file_open(Host& host, std::uint32_t path, std::uint32_t path_size) {
    auto text = host.memory.text(path, path_size, "file_open");
    if (!text) return std::unexpected(std::move(text).error());
    if (!text->starts_with('/')) return fail(EINVAL, "file_open: a file is named by its whole path");
    if (auto allowed = host.options.policy.check_read(*text); !allowed)
        return std::unexpected(std::move(allowed).error().in("file_open"));
    auto fd = bpf::name_file(*text);
    if (!fd) return std::unexpected(std::move(fd).error());
    return host.new_handle(File{std::move(*fd)});
}

// The kernel's own numbers of linux/perf_event.h.
constexpr std::uint32_t no_group = 1, output_to_group = 2, pid_is_cgroup = 4, close_on_exec = 8;

// The process that counts: a cgroup's handle where the flags say so.
Result<int> perf_event_pid(Host& host, int pid, std::uint32_t flags) {
    if ((flags & ~(no_group | output_to_group | pid_is_cgroup | close_on_exec)) != 0)
        return fail(EINVAL, fmt::format("perf_event_open: no flags {:#x}", flags));
    if ((flags & pid_is_cgroup) == 0) return pid;
    const auto* cgroup = host.handles.get<Cgroup>(pid);
    if (cgroup == nullptr)
        return fail(EBADF, fmt::format("perf_event_open: PERF_FLAG_PID_CGROUP: {} is no cgroup of this guest's", pid));
    return cgroup->fd.get();
}

I32 perf_event_open(Host& host, std::uint32_t attr, std::uint32_t attr_size, std::int32_t pid, std::int32_t cpu,
                    Handle group, std::uint32_t flags) {
    auto bytes = host.memory.bytes(attr, attr_size, "perf_event_open");
    if (!bytes) return std::unexpected(std::move(bytes).error());
    auto attributes = bpf::sized_perf_event_attr(*bytes);
    if (!attributes) return std::unexpected(std::move(attributes).error());
    auto process = perf_event_pid(host, pid, flags);
    if (!process) return std::unexpected(std::move(process).error());
    const auto* leader = group != 0 ? host.handles.get<PerfEvent>(group) : nullptr;
    if (group != 0 && leader == nullptr)
        return fail(EBADF, fmt::format("perf_event_open: `group`: {} is no perf event of this guest's", group));
    const int asked_pid = (flags & pid_is_cgroup) != 0 ? -1 : pid;
    if (auto allowed = check_perf_event(host, *attributes, asked_pid, cpu); !allowed)
        return std::unexpected(std::move(allowed).error());
    auto event = bpf::open_perf_event(*attributes, *process, cpu, leader != nullptr ? leader->fd.get() : -1, flags);
    if (!event) return std::unexpected(std::move(event).error());
    return host.new_handle(PerfEvent{std::move(*event)});
}

Result<> perf_event_control(Host& host, Handle handle, std::uint32_t command) {
    const auto* event = host.handles.get<PerfEvent>(handle);
    if (event == nullptr) return fail(EBADF, fmt::format("{} is no perf event of this guest's", handle));
    switch (command) {
        case WASM_BPF_PERF_EVENT_ENABLE: return bpf::enable_perf_event(event->fd);
        case WASM_BPF_PERF_EVENT_DISABLE: return bpf::disable_perf_event(event->fd);
        case WASM_BPF_PERF_EVENT_RESET: return bpf::reset_perf_event(event->fd);
        default: return fail(EINVAL, fmt::format("perf_event_control: there is no command {}", command));
    }
}

}  // namespace

std::vector<engine::HostImport> kernel_object_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<socket_open>(module, "socket_open"),
        bind<socket_bind>(module, "socket_bind"),
        bind<network_namespace_open>(module, "network_namespace_open"),
        bind<cgroup_open>(module, "cgroup_open"),
        bind<file_open>(module, "file_open"),
        bind<perf_event_open>(module, "perf_event_open"),
        bind<perf_event_control>(module, "perf_event_control"),
    };
}

}  // namespace wasm_bpf::host_api
