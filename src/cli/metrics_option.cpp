#include "cli/metrics_option.hpp"

#include <filesystem>

#include <fmt/format.h>

namespace wasm_bpf::cli {

Result<std::unique_ptr<metrics::Server>> serve_metrics(metrics::Listener listener, const std::string& module_path,
                                                       std::shared_ptr<const metrics::Registry> registry) {
    fmt::print(stderr, "wasm-bpf: metrics at {}\n", listener.url());
    std::string name = metrics::valid_utf8(std::filesystem::path(module_path).stem().native());
    const MetricFamily build{MetricKind::gauge,
                             "wasm_bpf_build_info",
                             "The runtime's version.",
                             "",
                             {MetricSample{{{"version", WASM_BPF_VERSION}}, 1, {}, {}}}};
    auto read = [registry = std::move(registry), name = std::move(name), build] {
        std::vector<MetricFamily> families{build};
        merge_metrics(families, registry->read());
        label_metrics(families, "guest", name);
        return families;
    };
    return metrics::Server::start(std::move(listener), std::move(read));
}

}  // namespace wasm_bpf::cli
