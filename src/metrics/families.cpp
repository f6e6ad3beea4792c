#include "metrics/families.hpp"

#include <algorithm>
#include <limits>

namespace wasm_bpf::metrics {
namespace {

MetricSample sample_of(const Declaration& declaration, const MetricLabels& labels, const Numbers& numbers) {
    MetricSample sample{labels, 0, {}, {}};
    if (declaration.kind != MetricKind::histogram) {
        sample.value = numbers.values.empty() ? 0 : scaled(numbers.values.front(), declaration.exponent);
        return sample;
    }
    auto bounds = upper_bounds(declaration);
    bounds.push_back(std::numeric_limits<double>::infinity());
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < bounds.size() && i < numbers.values.size(); i++) {
        count += static_cast<std::uint64_t>(numbers.values[i]);
        sample.buckets.push_back({bounds[i], count});
    }
    sample.value = static_cast<double>(count);
    if (declaration.sum) sample.sum = scaled(numbers.sum, declaration.exponent);
    return sample;
}

}  // namespace

bool Families::add(const Declaration& declaration, const Readings& readings, Room room) {
    auto family = std::ranges::find_if(families_,
                                       [&](const Family& known) { return known.declaration.name == declaration.name; });
    if (family == families_.end()) family = families_.insert(family, Family{declaration, {}});
    const std::size_t each = declaration.kind == MetricKind::histogram ? declaration.slots + 2 : 1;
    for (const auto& [own, numbers] : readings) {
        MetricLabels labels = declaration.labels;
        labels.insert(labels.end(), own.begin(), own.end());
        const auto known = family->readings.find(labels);
        if (known != family->readings.end()) {
            known->second += numbers;
        } else if (room == Room::always || series_ + each <= max_series) {
            series_ += room == Room::always ? 0 : each;
            family->readings.emplace(std::move(labels), numbers);
        } else {
            return false;
        }
    }
    return true;
}

void Families::own(MetricKind kind, std::string_view name, std::string_view help, double value, std::string_view unit,
                   const MetricLabels& labels) {
    Declaration declaration{.kind = kind};
    declaration.name = name;
    declaration.help = help;
    declaration.unit = unit;
    declaration.labels = labels;
    add(declaration, {{{}, {{value}, 0}}}, Room::always);
}

std::vector<MetricFamily> Families::all() && {
    std::vector<MetricFamily> result;
    for (Family& family : families_) {
        if (family.readings.empty()) continue;
        MetricFamily made{
            family.declaration.kind, family.declaration.name, family.declaration.help, family.declaration.unit, {}};
        for (const auto& [labels, numbers] : family.readings)
            made.samples.push_back(sample_of(family.declaration, labels, numbers));
        result.push_back(std::move(made));
    }
    return result;
}

}  // namespace wasm_bpf::metrics
