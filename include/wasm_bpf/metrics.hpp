#pragma once
// What is measured of guests, as values and as text.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wasm_bpf/error.hpp"
#include "wasm_bpf/export.hpp"

namespace wasm_bpf {

enum class MetricKind : std::uint8_t { counter, gauge, histogram };

using MetricLabels = std::vector<std::pair<std::string, std::string>>;  // name and value

struct MetricBucket {
    double upper_bound;   // inclusive; the last one's is infinite
    std::uint64_t count;  // of the values up to it: those of the buckets before count too
};

struct MetricSample {
    MetricLabels labels;
    double value = 0;                   // of a histogram: how many values it has
    std::vector<MetricBucket> buckets;  // of a histogram
    std::optional<double> sum;          // of a histogram's values, where it is known
};

// Samples of one name; no two have the same labels.
struct MetricFamily {
    MetricKind kind = MetricKind::gauge;
    std::string name;  // a counter's is without "_total"
    std::string help;
    std::string unit;  // as "seconds": the name ends with it; or empty
    std::vector<MetricSample> samples;
};

// Prometheus' text format 0.0.4, or OpenMetrics 1.0.
enum class MetricFormat : std::uint8_t { prometheus, openmetrics };
// The whole of an exposition. Families of one name (of several guests) must be one: see merge_metrics.
[[nodiscard]] WASM_BPF_API std::string metrics_text(std::span<const MetricFamily> families, MetricFormat format);
// As an HTTP header says it.
[[nodiscard]] WASM_BPF_API std::string metrics_content_type(MetricFormat format);

// Adds a label to every sample.
WASM_BPF_API void label_metrics(std::vector<MetricFamily>& families, const std::string& name, const std::string& value);
// Adds `more` to `families`: samples of one name come together. A family that has another kind or unit there is left
// out.
WASM_BPF_API void merge_metrics(std::vector<MetricFamily>& families, std::vector<MetricFamily> more);

// Serves metrics by HTTP, in both formats, on a thread of its own, until this ends: GET and HEAD of /metrics. What a
// client can take is limited (docs/metrics.md). Thread-safe.
class WASM_BPF_API MetricsServer {
public:
    // `address`: HOST:PORT, [HOST]:PORT, PORT (of 127.0.0.1; 0: any that is free) or unix:PATH, a socket that its owner
    // alone may use. `read` is called on the server's thread, for one scrape at a time.
    static Result<MetricsServer> start(std::string_view address, std::function<std::vector<MetricFamily>()> read);
    MetricsServer(MetricsServer&&) noexcept;
    MetricsServer& operator=(MetricsServer&&) noexcept;
    // Ends every connection.
    ~MetricsServer();

    // "http://127.0.0.1:9090/metrics", or "unix:PATH".
    [[nodiscard]] const std::string& url() const;

    struct WASM_BPF_LOCAL Impl;

private:
    WASM_BPF_LOCAL explicit MetricsServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace wasm_bpf
