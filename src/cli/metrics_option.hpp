#pragma once
// `--metrics ADDR`: serves what is measured of the guest.

#include <memory>
#include <string>

#include "metrics/http/server.hpp"
#include "metrics/registry.hpp"

namespace wasm_bpf::cli {

// Until what it gives ends. The samples' label `guest` is the module's name; the address is said on standard error.
[[nodiscard]] Result<std::unique_ptr<metrics::Server>> serve_metrics(metrics::Listener listener,
                                                                     const std::string& module_path,
                                                                     std::shared_ptr<const metrics::Registry> registry);

}  // namespace wasm_bpf::cli
