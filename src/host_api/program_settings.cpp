// What a guest asks and sets of a program, the verifier's log, and runs of it in the kernel.

#include <algorithm>
#include <cstring>
#include <vector>

#include "bpf/kernel.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

Result<> program_info(Host& host, Handle handle, std::uint32_t info, std::uint32_t size) {
    const bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_such("program", handle);
    wasm_bpf_program_info result{};
    result.type = program->type();
    result.autoload = program->autoload();
    result.needs_target = program->needs_target();
    result.expected_attach_type = program->expected_attach_type();
    program->name().copy(result.name, sizeof(result.name) - 1);
    program->section().copy(result.section, sizeof(result.section) - 1);
    result.flags = program->flags();
    result.autoattach = program->autoattach();
    result.log_level = program->log_level();
    result.id = program->id();
    result.instruction_count = program->instruction_count();
    return host.memory.write(info, size, result, "program_info");
}

Result<> program_set(Host& host, Handle handle, std::uint32_t field, std::uint64_t value) {
    bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_such("program", handle);
    if (value > UINT32_MAX) return fail(EINVAL, fmt::format("program_set: field {}: {} is too large", field, value));
    const auto number = static_cast<std::uint32_t>(value);
    switch (field) {
        case WASM_BPF_PROGRAM_AUTOLOAD: return program->set_autoload(number != 0);
        case WASM_BPF_PROGRAM_AUTOATTACH: program->set_autoattach(number != 0); return {};
        case WASM_BPF_PROGRAM_TYPE: return program->set_type(number);
        case WASM_BPF_PROGRAM_EXPECTED_ATTACH_TYPE: return program->set_expected_attach_type(number);
        case WASM_BPF_PROGRAM_FLAGS: return program->set_flags(number);
        case WASM_BPF_PROGRAM_LOG_LEVEL: return program->set_log_level(number);
        case WASM_BPF_PROGRAM_INTERFACE: return program->set_interface(number);
        default: return fail(EINVAL, fmt::format("program_set: this host knows no field {}", field));
    }
}

Result<> program_set_attach_target(Host& host, Handle handle, Handle target, std::uint32_t name,
                                   std::uint32_t name_size) {
    bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_such("program", handle);
    const bpf::Program* other = target != 0 ? host.handles.program(target) : nullptr;
    if (target != 0 && other == nullptr) return no_such("program", target);
    if (other != nullptr && other->fd() < 0)
        return fail(EINVAL, fmt::format("let program \"{}\" attach to \"{}\": that one is not loaded", program->name(),
                                        other->name()));
    auto function = host.memory.text(name, name_size, "attach target");
    if (!function) return std::unexpected(std::move(function).error());
    return program->set_attach_target(other != nullptr ? other->fd() : 0, *function);
}

I32 program_log(Host& host, Handle handle, std::uint32_t text, std::uint32_t size) {
    const bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_such("program", handle);
    if (auto written = host.memory.write_text(text, size, program->log(), "program_log"); !written)
        return std::unexpected(std::move(written).error());
    return static_cast<std::int32_t>(program->log().size());
}

constexpr std::uint32_t live_frames = 1u << 1;  // BPF_F_TEST_XDP_LIVE_FRAMES, younger than some linux/bpf.h

// What an XDP program does with live frames is done: they are received and sent as if it were attached to the interface
// of its context, or to the loopback interface (net/bpf/test_run.c: xdp_convert_md_to_buff).
Result<> check_live_frames(const Host& host, std::span<const std::byte> context) {
    constexpr std::size_t interface_at = 12;  // offsetof(xdp_md, ingress_ifindex)
    std::int32_t index = 0;
    if (context.size() >= interface_at + sizeof(index)) std::memcpy(&index, &context[interface_at], sizeof(index));
    auto name = index != 0 ? bpf::interface_name(index) : Result<std::string>("lo");
    if (!name) return std::unexpected(std::move(name).error());
    return host.options.policy.check_attach({.kind = "xdp", .interface = *name});
}

I32 program_instructions(Host& host, Handle handle, std::uint32_t data, std::uint32_t size) {
    const bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_such("program", handle);
    auto room = host.memory.bytes(data, size, "program_instructions");
    if (!room) return std::unexpected(std::move(room).error());
    const auto instructions = program->instructions();
    std::ranges::copy(instructions.first(std::min(instructions.size(), room->size())), room->begin());
    return static_cast<std::int32_t>(instructions.size());
}

Result<bpf::TestRun> test_run(const Host& host, const wasm_bpf_test_run_options& options) {
    if (options.reserved != 0) return fail(EINVAL, "test run options: what is reserved is 0");
    std::span<std::byte> spans[4];
    const std::pair<wasm_bpf_ptr, std::uint32_t> areas[4] = {{options.data_in, options.data_in_size},
                                                             {options.data_out, options.data_out_size},
                                                             {options.context_in, options.context_in_size},
                                                             {options.context_out, options.context_out_size}};
    for (std::size_t i = 0; i < 4; i++) {
        auto bytes = host.memory.bytes(areas[i].first, areas[i].second, "test run data");
        if (!bytes) return std::unexpected(std::move(bytes).error());
        spans[i] = *bytes;
    }
    bpf::TestRun run;
    run.data_in = spans[0];
    run.data_out = spans[1];
    run.context_in = spans[2];
    run.context_out = spans[3];
    run.repeat = options.repeat;
    run.flags = options.flags;
    run.cpu = options.cpu;
    run.batch_size = options.batch_size;
    run.stop_fd = host.interrupts.fd();
    return run;
}

Result<> program_test_run(Host& host, Handle handle, std::uint32_t options_offset) {
    const bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_such("program", handle);
    auto options = host.memory.sized_struct<wasm_bpf_test_run_options>(options_offset, "test run options");
    if (!options) return std::unexpected(std::move(options).error());
    auto run = test_run(host, *options);
    if (!run) return std::unexpected(std::move(run).error());
    std::vector<std::byte> context;  // what the policy is asked about is what the kernel gets
    if ((run->flags & live_frames) != 0) {
        if (run->context_in.size() > page_size) return fail(E2BIG, "test run options: no context is so long");
        context.assign(run->context_in.begin(), run->context_in.end());
        run->context_in = context;
        if (auto allowed = check_live_frames(host, context); !allowed) return allowed;
    }
    auto done = program->test_run(*run);
    if (!done && done.error().kind == ErrorKind::stopped) return host.interrupted();
    options->data_out_size = run->data_out_bytes;
    options->context_out_size = run->context_out_bytes;
    options->return_value = run->return_value;
    options->duration_ns = run->duration_ns;
    if (auto written = host.memory.write(options_offset, options->size, *options, "test run options"); !written)
        return written;
    return done;
}

}  // namespace

std::vector<engine::HostImport> program_setting_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<program_info>(module, "program_info"),
        bind<program_set>(module, "program_set"),
        bind<program_set_attach_target>(module, "program_set_attach_target"),
        bind<program_log>(module, "program_log"),
        bind<program_instructions>(module, "program_instructions"),
        bind<program_test_run>(module, "program_test_run"),
    };
}

}  // namespace wasm_bpf::host_api
