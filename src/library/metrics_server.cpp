#include "metrics/http/server.hpp"
#include "wasm_bpf/metrics.hpp"

namespace wasm_bpf {

struct MetricsServer::Impl {
    std::string url;
    std::unique_ptr<metrics::Server> server;
};

MetricsServer::MetricsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MetricsServer::MetricsServer(MetricsServer&&) noexcept = default;
MetricsServer& MetricsServer::operator=(MetricsServer&&) noexcept = default;
MetricsServer::~MetricsServer() = default;

Result<MetricsServer> MetricsServer::start(std::string_view address, std::function<std::vector<MetricFamily>()> read) {
    auto listener = metrics::Listener::open(address);
    if (!listener) return std::unexpected(std::move(listener).error().in("serve metrics"));
    auto impl = std::make_unique<Impl>();
    impl->url = listener->url();
    auto server = metrics::Server::start(std::move(*listener), std::move(read));
    if (!server) return std::unexpected(std::move(server).error().in("serve metrics"));
    impl->server = std::move(*server);
    return MetricsServer(std::move(impl));
}

const std::string& MetricsServer::url() const { return impl_->url; }

}  // namespace wasm_bpf
