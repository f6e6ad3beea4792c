// What a guest asks of its programs that are in the kernel.

#include <linux/bpf.h>

#include <algorithm>
#include <cstring>

#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

I32 program_code_info(Host& host, Handle handle, std::uint32_t kind, std::uint32_t data, std::uint32_t size) {
    const bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_such("program", handle);
    if (kind != WASM_BPF_CODE_FUNCTIONS && kind != WASM_BPF_CODE_LINES)
        return fail(EINVAL, fmt::format("program_code_info: this host knows no kind {}", kind));
    auto room = host.memory.bytes(data, size, "program_code_info");
    if (!room) return std::unexpected(std::move(room).error());
    const auto info = kind == WASM_BPF_CODE_FUNCTIONS ? program->function_info() : program->line_info();
    std::ranges::copy(info.first(std::min(info.size(), room->size())), room->begin());
    return static_cast<std::int32_t>(info.size());
}

Result<> program_kernel_info(Host& host, Handle handle, std::uint32_t info, std::uint32_t size) {
    const bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_such("program", handle);
    bpf_prog_info result{};
    if (auto done = program->read_kernel_info(result); !done) return done;
    return host.memory.write(info, size, result, "program_kernel_info");
}

Result<> program_unload(Host& host, Handle handle) {
    bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_such("program", handle);
    program->unload();
    return {};
}

// A program, and a map that is made.
struct Pair {
    const bpf::Program* program;
    const bpf::Map* map;
};
Result<Pair> pair(Host& host, Handle program, Handle map) {
    const Pair found{host.handles.program(program), host.handles.map(map)};
    if (found.program == nullptr) return no_such("program", program);
    if (found.map == nullptr) return no_such("map", map);
    if (found.map->fd() < 0) return fail(EINVAL, fmt::format("map \"{}\" is not made yet", found.map->name()));
    return found;
}

Result<> program_bind_map(Host& host, Handle program, Handle map, std::uint32_t flags) {
    const auto found = pair(host, program, map);
    if (!found) return std::unexpected(found.error());
    return found->program->bind(*found->map, flags);
}

Result<> program_use_struct_ops(Host& host, Handle program, Handle map, std::uint32_t flags) {
    const auto found = pair(host, program, map);
    if (!found) return std::unexpected(found.error());
    return found->program->use_struct_ops(*found->map, flags);
}

I32 program_stream_read(Host& host, Handle handle, std::uint32_t stream, std::uint32_t data, std::uint32_t size) {
    const bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_such("program", handle);
    auto room = host.memory.bytes(data, size, "program_stream_read");
    if (!room) return std::unexpected(std::move(room).error());
    const auto count = program->read_stream(stream, *room);
    if (!count) return std::unexpected(count.error());
    return static_cast<std::int32_t>(*count);
}

}  // namespace

std::vector<engine::HostImport> loaded_program_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<program_code_info>(module, "program_code_info"),
        bind<program_kernel_info>(module, "program_kernel_info"),
        bind<program_unload>(module, "program_unload"),
        bind<program_bind_map>(module, "program_bind_map"),
        bind<program_stream_read>(module, "program_stream_read"),
        bind<program_use_struct_ops>(module, "program_use_struct_ops"),
    };
}

}  // namespace wasm_bpf::host_api
