#include "host_api/host.hpp"
#include "host_api/version_1.hpp"

namespace wasm_bpf::host_api {

std::vector<engine::HostImport> host_imports() {
    std::vector<engine::HostImport> all;
    for (auto part : {version_0_imports, general_imports, object_imports, map_imports, map_setup_imports,
                      map_window_imports, struct_ops_imports, program_imports, program_setting_imports,
                      loaded_program_imports, ring_imports, kernel_fact_imports, host_fact_imports, pin_imports,
                      map_batch_imports, link_imports, kernel_object_imports, metric_imports, signal_imports}) {
        auto imports = part();
        all.insert(all.end(), imports.begin(), imports.end());
    }
    return all;
}

}  // namespace wasm_bpf::host_api
