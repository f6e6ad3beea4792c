#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"

namespace wasm_bpf::host_api {

std::vector<engine::HostImport> map_batch_imports() { return {}; }

}  // namespace wasm_bpf::host_api
