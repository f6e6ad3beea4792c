#include "guest_abi/imports.hpp"
#include "host_api/attach_options.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

std::unexpected<Error> no_program(Handle handle) {
    return fail(EBADF, fmt::format("{} is no program of this guest's", handle));
}

Result<> program_info(Host& host, Handle handle, std::uint32_t info, std::uint32_t size) {
    const bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_program(handle);
    wasm_bpf_program_info result{};
    result.type = program->type();
    result.autoload = program->autoload();
    result.needs_target = program->needs_target();
    program->name().copy(result.name, sizeof(result.name) - 1);
    program->section().copy(result.section, sizeof(result.section) - 1);
    return host.memory.write(info, size, result, "program_info");
}

Result<> program_set(Host& host, Handle handle, std::uint32_t field, std::uint64_t value) {
    bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_program(handle);
    if (field != WASM_BPF_PROGRAM_AUTOLOAD)
        return fail(EINVAL, fmt::format("program_set: this host knows no field {}", field));
    return program->set_autoload(value != 0);
}

Result<> program_set_attach_target(Host& host, Handle handle, Handle target, std::uint32_t name,
                                   std::uint32_t name_size) {
    bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_program(handle);
    const bpf::Program* other = target != 0 ? host.handles.program(target) : nullptr;
    if (target != 0 && other == nullptr) return no_program(target);
    auto function = host.memory.text(name, name_size, "attach target");
    if (!function) return std::unexpected(std::move(function).error());
    return program->set_attach_target(other != nullptr ? other->fd() : 0, *function);
}

I32 program_attach(Host& host, Handle handle, std::uint32_t options_offset) {
    bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_program(handle);
    bpf::AttachTarget target;
    if (options_offset != 0) {
        auto options = host.memory.sized_struct<wasm_bpf_attach_options>(options_offset, "attach options");
        if (!options) return std::unexpected(std::move(options).error());
        auto given = read_attach_options(host, *options);
        if (!given) return std::unexpected(std::move(given).error());
        target = std::move(*given);
    }
    auto link = attach_if_allowed(host, *program, target);
    if (!link) return std::unexpected(std::move(link).error());
    return host.new_handle(std::move(*link));
}

Result<> program_test_run(Host& host, Handle handle, std::uint32_t options_offset) {
    const bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_program(handle);
    auto options = host.memory.sized_struct<wasm_bpf_test_run_options>(options_offset, "test run options");
    if (!options) return std::unexpected(std::move(options).error());
    std::span<std::byte> spans[4];
    const std::pair<wasm_bpf_ptr, std::uint32_t> areas[4] = {{options->data_in, options->data_in_size},
                                                             {options->data_out, options->data_out_size},
                                                             {options->context_in, options->context_in_size},
                                                             {options->context_out, options->context_out_size}};
    for (std::size_t i = 0; i < 4; i++) {
        auto bytes = host.memory.bytes(areas[i].first, areas[i].second, "test run data");
        if (!bytes) return std::unexpected(std::move(bytes).error());
        spans[i] = *bytes;
    }
    bpf::TestRun run{.data_in = spans[0],
                     .data_out = spans[1],
                     .context_in = spans[2],
                     .context_out = spans[3],
                     .repeat = options->repeat,
                     .flags = options->flags};
    if (auto done = program->test_run(run); !done) return std::unexpected(std::move(done).error());
    options->data_out_size = static_cast<std::uint32_t>(run.data_out.size());
    options->context_out_size = static_cast<std::uint32_t>(run.context_out.size());
    options->return_value = run.return_value;
    options->duration_ns = run.duration_ns;
    return host.memory.write(options_offset, options->size, *options, "test run options");
}

}  // namespace

std::vector<engine::HostImport> program_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<program_info>(module, "program_info"),
        bind<program_set>(module, "program_set"),
        bind<program_set_attach_target>(module, "program_set_attach_target"),
        bind<program_attach>(module, "program_attach"),
        bind<program_test_run>(module, "program_test_run"),
    };
}

}  // namespace wasm_bpf::host_api
