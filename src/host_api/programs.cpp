#include "guest_abi/imports.hpp"
#include "host_api/attach_options.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

I32 program_attach(Host& host, Handle handle, std::uint32_t options_offset) {
    bpf::Program* program = host.handles.program(handle);
    if (program == nullptr) return no_such("program", handle);
    bpf::AttachTarget target;
    if (options_offset != 0) {
        auto options = host.memory.sized_struct<wasm_bpf_attach_options>(options_offset, "attach options");
        if (!options) return std::unexpected(std::move(options).error());
        auto given = read_attach_options(host, *options);
        if (!given) return std::unexpected(std::move(given).error());
        target = std::move(*given);
    }
    const HostObject* object = host.handles.object(host.handles.owner_of(handle));
    if (object == nullptr) return no_such("program", handle);
    auto link = attach_if_allowed(host, *object, *program, target);
    if (!link) return std::unexpected(std::move(link).error());
    return host.new_handle(std::move(*link));
}

}  // namespace

std::vector<engine::HostImport> program_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<program_attach>(module, "program_attach"),
    };
}

}  // namespace wasm_bpf::host_api
