#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

std::unexpected<Error> no_link(Handle handle) {
    return fail(EBADF, fmt::format("{} is no link of this guest's", handle));
}

Result<> link_info(Host& host, Handle handle, std::uint32_t info, std::uint32_t size) {
    const auto* link = host.handles.get<bpf::Link>(handle);
    if (link == nullptr) return no_link(handle);
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
    if (link == nullptr) return no_link(handle);
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
    if (link == nullptr) return no_link(handle);
    return link->detach();
}

}  // namespace

std::vector<engine::HostImport> link_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<link_info>(module, "link_info"),
        bind<link_update>(module, "link_update"),
        bind<link_detach>(module, "link_detach"),
    };
}

}  // namespace wasm_bpf::host_api
