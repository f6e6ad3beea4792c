// A guest's own metrics: checked here, and read by whoever asks the registry.

#include "metrics/registry.hpp"

#include <cstring>

#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using metrics::Declaration;
using metrics::LabelPart;
using metrics::MapSource;
using metrics::MemorySource;
using metrics::Number;
using Options = wasm_bpf_metric_options;

// Empty where the guest gives none.
Result<std::string> text_of(const Host& host, std::uint32_t text, std::uint32_t size, std::string_view what) {
    if (size == 0) return std::string();
    return host.memory.text(text, size, what);
}

Result<Number> number_of(std::uint32_t number) {
    if (number < WASM_BPF_METRIC_U64 || number > WASM_BPF_METRIC_I32)
        return fail(EINVAL, fmt::format("metric options: there is no number {}", number));
    return static_cast<Number>(number);
}

Result<MetricKind> kind_of(std::uint32_t kind) {
    switch (kind) {
        case WASM_BPF_METRIC_COUNTER: return MetricKind::counter;
        case WASM_BPF_METRIC_GAUGE: return MetricKind::gauge;
        case WASM_BPF_METRIC_HISTOGRAM: return MetricKind::histogram;
        default: return fail(EINVAL, fmt::format("metric options: there is no kind {}", kind));
    }
}

Result<MetricLabels> labels_of(const Host& host, const Options& options) {
    constexpr std::string_view what = "labels of a metric";
    MetricLabels labels;
    if (options.labels_size == 0) return labels;
    if (options.labels_size > metrics::max_labels * (metrics::max_name_bytes + metrics::max_label_bytes + 2))
        return fail(EINVAL, fmt::format("{}: {} bytes are too many", what, options.labels_size));
    auto bytes = host.memory.bytes(options.labels, options.labels_size, what);
    if (!bytes) return std::unexpected(std::move(bytes).error());
    const std::string all(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    std::vector<std::string> texts;
    for (std::size_t begin = 0; begin < all.size();) {
        const std::size_t end = all.find('\0', begin);
        if (end == all.npos) return fail(EINVAL, fmt::format("{}: the last text is not terminated", what));
        texts.push_back(all.substr(begin, end - begin));
        begin = end + 1;
    }
    if (texts.size() % 2 != 0) return fail(EINVAL, fmt::format("{}: the last name has no value", what));
    for (std::size_t i = 0; i < texts.size(); i += 2) labels.emplace_back(texts[i], texts[i + 1]);
    return labels;
}

Result<std::vector<double>> bounds_of(const Host& host, const Options& options) {
    std::vector<double> bounds;
    if (options.bounds == 0 || options.slots == 0 || options.slots > metrics::max_slots) return bounds;
    bounds.resize(options.slots - 1);
    auto bytes = host.memory.bytes(options.bounds, bounds.size() * sizeof(double), "bounds of a histogram");
    if (!bytes) return std::unexpected(std::move(bytes).error());
    std::memcpy(bounds.data(), bytes->data(), bytes->size());
    return bounds;
}

Result<Declaration> declaration_of(const Host& host, const Options& options) {
    auto kind = kind_of(options.kind);
    if (!kind) return std::unexpected(std::move(kind).error());
    auto number = number_of(options.number);
    if (!number) return std::unexpected(std::move(number).error());
    auto name = host.memory.text(options.name, options.name_size, "name of a metric");
    if (!name) return std::unexpected(std::move(name).error());
    auto help = text_of(host, options.help, options.help_size, "help of a metric");
    if (!help) return std::unexpected(std::move(help).error());
    auto unit = text_of(host, options.unit, options.unit_size, "unit of a metric");
    if (!unit) return std::unexpected(std::move(unit).error());
    auto labels = labels_of(host, options);
    if (!labels) return std::unexpected(std::move(labels).error());
    auto bounds = bounds_of(host, options);
    if (!bounds) return std::unexpected(std::move(bounds).error());
    Declaration declaration{*kind,   std::move(*name), std::move(*help), std::move(*unit),   std::move(*labels),
                            *number, options.exponent, options.slots,    std::move(*bounds), {}};
    if (options.sum_number != 0) {
        auto sum = number_of(options.sum_number);
        if (!sum) return std::unexpected(std::move(sum).error());
        declaration.sum = *sum;
    }
    if (auto checked = metrics::check(declaration); !checked) return std::unexpected(std::move(checked).error());
    return declaration;
}

// Numbers that a reading may load at any time.
Result<> check_memory(const Host& host, std::uint32_t offset, std::uint64_t count, Number number) {
    const std::size_t each = bytes_of(number);
    auto bytes = host.memory.bytes(offset, count * each, "numbers of a metric");
    if (!bytes) return std::unexpected(std::move(bytes).error());
    if (offset % each != 0)
        return fail(EINVAL, fmt::format("numbers of a metric: {:#x} is not aligned to {} bytes", offset, each));
    if (window_at(bytes->data()) == WindowKind::arena)
        return fail(EINVAL, "numbers of a metric: an arena's pages may not be there");
    return {};
}

Result<metrics::Registry::Source> memory_source(const Host& host, const Options& options,
                                                const Declaration& declaration) {
    if (options.map != 0 || options.key_size != 0 || options.element_label_count != 0)
        return fail(EINVAL,
                    fmt::format("metric \"{}\": map, key and element_labels are of those in a map", declaration.name));
    const std::uint64_t count = declaration.kind == MetricKind::histogram ? declaration.slots : 1;
    if (auto value = check_memory(host, options.value, count, declaration.number); !value)
        return std::unexpected(std::move(value).error());
    if (declaration.sum)
        if (auto sum = check_memory(host, options.sum, 1, *declaration.sum); !sum)
            return std::unexpected(std::move(sum).error());
    const bool moves = host.options.windows == Windows::refused;
    return MemorySource(options.value, options.sum, moves ? MemorySource::Copied::yes : MemorySource::Copied::no);
}

Result<LabelPart> label_of(const Host& host, const wasm_bpf_metric_label& label) {
    auto name = host.memory.text(label.name, label.name_size, "name of a label");
    if (!name) return std::unexpected(std::move(name).error());
    if (label.format < WASM_BPF_METRIC_LABEL_UNSIGNED || label.format > WASM_BPF_METRIC_LABEL_HEX)
        return fail(EINVAL,
                    fmt::format("label \"{}\": there is no format {}", metrics::valid_utf8(*name), label.format));
    return LabelPart{std::move(*name), static_cast<LabelPart::Format>(label.format),
                     label.in_value != 0 ? LabelPart::In::value : LabelPart::In::key, label.offset, label.size};
}

Result<std::vector<LabelPart>> element_labels(const Host& host, const Options& options) {
    std::vector<LabelPart> parts;
    if (options.element_label_count > metrics::max_labels)
        return fail(EINVAL, fmt::format("metric options: {} labels are too many", options.element_label_count));
    std::vector<wasm_bpf_metric_label> labels(options.element_label_count);
    auto bytes = host.memory.bytes(options.element_labels, labels.size() * sizeof(labels[0]), "labels of elements");
    if (!bytes) return std::unexpected(std::move(bytes).error());
    if (!labels.empty()) std::memcpy(labels.data(), bytes->data(), bytes->size());
    for (const wasm_bpf_metric_label& label : labels) {
        auto part = label_of(host, label);
        if (!part) return std::unexpected(std::move(part).error());
        parts.push_back(std::move(*part));
    }
    return parts;
}

Result<metrics::Registry::Source> map_source(Host& host, const Options& options, const Declaration& declaration) {
    const bpf::Map* map = host.handles.map(options.map);
    if (map == nullptr) return no_such("map", options.map);
    MapSource::Layout layout{static_cast<MapSource::Place>(options.place), options.value, options.sum, {}, {}};
    if (options.key_size != 0) {
        // No map's keys are longer than that is reasonable: they are compared with its own size below.
        if (options.key_size > map->shape().key_size)
            return fail(EINVAL, fmt::format("metric \"{}\": map \"{}\" has keys of {} bytes", declaration.name,
                                            map->name(), map->shape().key_size));
        auto key = host.memory.bytes(options.key, options.key_size, "key of a metric");
        if (!key) return std::unexpected(std::move(key).error());
        layout.key.assign(key->begin(), key->end());
    }
    auto labels = element_labels(host, options);
    if (!labels) return std::unexpected(std::move(labels).error());
    layout.labels = std::move(*labels);
    auto opened = host.options.metrics->open_map(*map);
    if (!opened) return std::unexpected(std::move(opened).error().in(fmt::format("metric \"{}\"", declaration.name)));
    auto source = MapSource::make(std::move(*opened), std::move(layout), declaration);
    if (!source) return std::unexpected(std::move(source).error());
    return std::move(*source);
}

Result<Handle> metric_publish(Host& host, std::uint32_t options_offset) {
    auto options = host.memory.sized_struct<Options>(options_offset, "metric options");
    if (!options) return std::unexpected(std::move(options).error());
    if (options->place < WASM_BPF_METRIC_IN_MEMORY || options->place > WASM_BPF_METRIC_IN_SLOTS)
        return fail(EINVAL, fmt::format("metric options: there is no place {}", options->place));
    auto declaration = declaration_of(host, *options);
    if (!declaration) return std::unexpected(std::move(declaration).error());
    const bool in_memory = options->place == WASM_BPF_METRIC_IN_MEMORY;
    const bool is_shared = metrics::is_shared_name(declaration->name);
    if (is_shared && !in_memory)
        return fail(EINVAL, fmt::format("metric \"{}\": it lies in memory", declaration->name));
    auto source = in_memory ? memory_source(host, *options, *declaration) : map_source(host, *options, *declaration);
    if (!source) return std::unexpected(std::move(source).error());
    auto& registry = host.options.metrics;
    auto id = registry->publish(std::move(*declaration), std::move(*source), host.memory.at(0, 0));
    if (!id) return std::unexpected(std::move(id).error());
    if (is_shared) return 0;
    // One in a map ends with it: with the object that has the map, or the map itself.
    const Handle owner = in_memory ? 0 : host.handles.owner_of(options->map);
    return host.new_handle(metrics::Publication(registry, *id), in_memory || owner != 0 ? owner : options->map);
}

}  // namespace

std::vector<engine::HostImport> metric_imports() {
    return {bind<metric_publish>(guest_abi::version_1, "metric_publish")};
}

}  // namespace wasm_bpf::host_api
