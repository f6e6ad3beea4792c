// Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats) and OpenMetrics 1.0
// (OpenMetrics' specification, "Text format").

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "wasm_bpf/metrics.hpp"

namespace wasm_bpf {
namespace {

// Both formats have Go's and C's numbers; NaN and infinities are spelt so.
std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    constexpr double exact = 9007199254740992;  // 2^53: integers up to it are themselves
    if (std::abs(value) <= exact && value == std::floor(value)) return fmt::format("{}", static_cast<long long>(value));
    return fmt::format("{}", value);
}

// One text for one bound in both formats, so that it does not depend on what was negotiated.
std::string bound_text(double bound) {
    std::string text = number(bound);
    if (std::isfinite(bound) && text.find_first_of(".e") == text.npos) text += ".0";
    return text;
}

std::string escaped(std::string_view text, bool quotes) {
    std::string result;
    for (const char c : text) {
        if (c == '\\')
            result += "\\\\";
        else if (c == '\n')
            result += "\\n";
        else if (c == '"' && quotes)
            result += "\\\"";
        else
            result += c;
    }
    return result;
}

class Writer {
public:
    explicit Writer(MetricFormat format) : format_(format) {}

    void write(const MetricFamily& family) {
        const bool openmetrics = format_ == MetricFormat::openmetrics;
        const std::string suffix = family.kind == MetricKind::counter ? "_total" : "";
        // OpenMetrics names the family there, Prometheus the samples.
        const std::string named = openmetrics ? family.name : family.name + suffix;
        if (openmetrics || !family.help.empty()) line("# HELP {} {}\n", named, escaped(family.help, openmetrics));
        line("# TYPE {} {}\n", named, kind_name(family.kind));
        if (openmetrics && !family.unit.empty()) line("# UNIT {} {}\n", named, family.unit);
        for (const MetricSample& sample : family.samples) {
            if (family.kind == MetricKind::histogram)
                histogram(family.name, sample);
            else
                line("{}{}{} {}\n", family.name, suffix, labels_text(sample.labels), number(sample.value));
        }
    }

    [[nodiscard]] std::string text() && {
        if (format_ == MetricFormat::openmetrics) text_ += "# EOF\n";
        return std::move(text_);
    }

private:
    static std::string_view kind_name(MetricKind kind) {
        switch (kind) {
            case MetricKind::counter: return "counter";
            case MetricKind::gauge: return "gauge";
            case MetricKind::histogram: break;
        }
        return "histogram";
    }

    static std::string labels_text(const MetricLabels& labels, std::string_view more = {}) {
        std::string text;
        for (const auto& [name, value] : labels)
            text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, escaped(value, true));
        if (!more.empty()) text += fmt::format("{}{}", text.empty() ? "" : ",", more);
        return text.empty() ? text : fmt::format("{{{}}}", text);
    }

    void histogram(const std::string& name, const MetricSample& sample) {
        for (const MetricBucket& bucket : sample.buckets)
            line("{}_bucket{} {}\n", name,
                 labels_text(sample.labels, fmt::format("le=\"{}\"", bound_text(bucket.upper_bound))), bucket.count);
        const std::string labels = labels_text(sample.labels);
        if (sample.sum) line("{}_sum{} {}\n", name, labels, number(*sample.sum));
        // OpenMetrics: a count if and only if there is a sum.
        if (sample.sum || format_ == MetricFormat::prometheus)
            line("{}_count{} {}\n", name, labels, number(sample.value));
    }

    template <typename... A>
    void line(fmt::format_string<A...> format, A&&... arguments) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<A>(arguments)...);
    }

    MetricFormat format_;
    std::string text_;
};

}  // namespace

std::string metrics_text(std::span<const MetricFamily> families, MetricFormat format) {
    Writer writer(format);
    for (const MetricFamily& family : families) writer.write(family);
    return std::move(writer).text();
}

std::string metrics_content_type(MetricFormat format) {
    return format == MetricFormat::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                               : "text/plain; version=0.0.4; charset=utf-8";
}

void label_metrics(std::vector<MetricFamily>& families, const std::string& name, const std::string& value) {
    for (MetricFamily& family : families)
        for (MetricSample& sample : family.samples) sample.labels.insert(sample.labels.begin(), {name, value});
}

void merge_metrics(std::vector<MetricFamily>& families, std::vector<MetricFamily> more) {
    for (MetricFamily& family : more) {
        const auto known = std::ranges::find(families, family.name, &MetricFamily::name);
        if (known == families.end())
            families.push_back(std::move(family));
        else if (known->kind == family.kind && known->unit == family.unit)
            std::ranges::move(family.samples, std::back_inserter(known->samples));
    }
}

}  // namespace wasm_bpf
