// In the place of component_tools.cpp, where Wasmtime is an installed one.

#include <cerrno>

#include "component_file/component_tools.hpp"

namespace wasm_bpf::component_file {
namespace {

std::unexpected<Error> refused() {
    return fail(EOPNOTSUPP, "this build knows core modules only: its Wasmtime was not built by deps/",
                ErrorKind::bad_module);
}

}  // namespace

Result<CBindings> c_bindings(const WitSource&) { return refused(); }

Result<std::string> embed_world(std::span<const std::byte>, const WitSource&) { return refused(); }

Result<std::string> encode(std::span<const std::byte>, Model) { return refused(); }

Result<std::string> compose(const Part&, const std::vector<Part>&, Missing) { return refused(); }

Result<Description> describe(std::span<const std::byte>) { return refused(); }

}  // namespace wasm_bpf::component_file
