#include <unistd.h>

#include <cerrno>

#include "bpf/iterator.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

Result<> link_info(Host& host, Handle handle, std::uint32_t info, std::uint32_t size) {
    const auto* link = host.handles.get<bpf::Link>(handle);
    if (link == nullptr) return no_such("link", handle);
    auto found = link->info();
    if (!found) return std::unexpected(std::move(found).error());
    wasm_bpf_link_info filled{
        .type = found->type,
        .id = found->id,
        .program_id = found->program_id,
        .attach_type = found->attach_type,
        .target_id = found->target_id,
        .cookie = found->cookie,
        .offset = found->offset,
        .address = found->address,
        .missed = found->missed,
        .ref_ctr_offset = found->ref_ctr_offset,
        .interface_index = found->interface_index,
        .flags = found->flags,
        .count = found->count,
        .protocol_family = found->protocol_family,
        .hook = found->hook,
        .priority = found->priority,
        .target_type_id = found->target_type_id,
        .perf_event_type = found->perf_event_type,
        .pid = found->pid,
        .tid = found->tid,
        .target = {},
    };
    found->target.copy(filled.target, sizeof(filled.target) - 1);
    return host.memory.write(info, size, filled, "link info");
}

Result<> link_update(Host& host, Handle handle, Handle replacement) {
    auto* link = host.handles.get<bpf::Link>(handle);
    if (link == nullptr) return no_such("link", handle);
    if (const bpf::Program* program = host.handles.program(replacement)) {
        if (program->fd() < 0) return fail(EINVAL, "update a link: its new program is not loaded");
        return link->update_program(program->fd());
    }
    if (const bpf::Map* map = host.handles.map(replacement); map != nullptr && map->raw() != nullptr)
        return link->update_map(map->raw());
    return fail(EBADF, fmt::format("update a link: {} is no program or struct_ops map of this guest's", replacement));
}

Result<> link_detach(Host& host, Handle handle) {
    auto* link = host.handles.get<bpf::Link>(handle);
    if (link == nullptr) return no_such("link", handle);
    return link->detach();
}

using I32 = Result<std::int32_t>;

I32 iterator_open(Host& host, Handle handle) {
    const auto* link = host.handles.get<bpf::Link>(handle);
    if (link == nullptr) return fail(EBADF, fmt::format("iterator_open: {} is no link of this guest's", handle));
    auto stream = bpf::open_iterator(*link);
    if (!stream) return std::unexpected(std::move(stream).error());
    return host.new_handle(Stream{std::move(*stream)});
}

// Neither an iterator nor a counter waits for anything to happen, but a long walk that finds nothing to say comes back
// from the kernel with EAGAIN now and then: there it can be ended.
I32 stream_read(Host& host, Handle handle, std::uint32_t data, std::uint32_t size) {
    for (;;) {
        // The guest's handlers may run here, and close what is read.
        if (auto go_on = host.checkpoint(); !go_on) return std::unexpected(std::move(go_on).error());
        const auto* stream = host.handles.get<Stream>(handle);
        const auto* event = host.handles.get<PerfEvent>(handle);
        if (stream == nullptr && event == nullptr)
            return fail(EBADF,
                        fmt::format("stream_read: {} is no iterator's stream or perf event of this guest's", handle));
        auto target = host.memory.bytes(data, std::min<std::uint32_t>(size, INT32_MAX), "stream_read");
        if (!target) return std::unexpected(std::move(target).error());
        const bpf::Fd& fd = stream != nullptr ? stream->fd : event->fd;
        const ssize_t bytes = ::read(fd.get(), target->data(), target->size());
        if (bytes >= 0) return static_cast<std::int32_t>(bytes);
        if (errno != EAGAIN && errno != EINTR)
            return std::unexpected(errno_error(errno, stream != nullptr ? "read the iterator" : "read the perf event"));
    }
}

}  // namespace

std::vector<engine::HostImport> link_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<link_info>(module, "link_info"),     bind<link_update>(module, "link_update"),
        bind<link_detach>(module, "link_detach"), bind<iterator_open>(module, "iterator_open"),
        bind<stream_read>(module, "stream_read"),
    };
}

}  // namespace wasm_bpf::host_api
