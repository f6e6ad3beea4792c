#include "metrics/declaration.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <functional>

#include <fmt/format.h>

namespace wasm_bpf::metrics {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Without the colons that Prometheus leaves to recording rules.
bool is_name(std::string_view name) {
    return !name.empty() && is_letter(name.front()) &&
           std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c); });
}

std::unexpected<Error> refused(const Declaration& declaration, std::string_view why) {
    return fail(EINVAL, fmt::format("metric \"{}\": {}", valid_utf8(declaration.name), why));
}

Result<> check_texts(const Declaration& declaration) {
    if (declaration.name.size() > max_name_bytes || !is_name(declaration.name))
        return refused(declaration, fmt::format("a name has letters, digits and \"_\", no digit first, and at most {} "
                                                "characters",
                                                max_name_bytes));
    // What the formats make of histograms and counters: OpenMetrics 1.0, "Suffixes".
    for (const std::string_view suffix : {"_total", "_created", "_count", "_sum", "_bucket", "_info"})
        if (declaration.name.ends_with(suffix))
            return refused(declaration, fmt::format("its name must not end in \"{}\"", suffix));
    if (declaration.name.starts_with(own_prefix) && !is_shared_name(declaration.name))
        return refused(declaration, "names that begin with \"wasm_bpf_\" are the host's own");
    if (declaration.help.size() > max_help_bytes)
        return refused(declaration, fmt::format("its help has more than {} bytes", max_help_bytes));
    if (!declaration.unit.empty() &&
        (!is_name(declaration.unit) || !declaration.name.ends_with("_" + declaration.unit)))
        return refused(declaration,
                       fmt::format("its name must end in its unit: \"_{}\"", valid_utf8(declaration.unit)));
    return {};
}

Result<> check_labels(const Declaration& declaration) {
    if (declaration.labels.size() > max_labels)
        return refused(declaration, fmt::format("it has more than {} labels", max_labels));
    for (std::size_t i = 0; i < declaration.labels.size(); i++) {
        const auto& [name, value] = declaration.labels[i];
        if (!is_label_name(name))
            return refused(declaration, fmt::format("\"{}\" is no name for a label of a guest's", valid_utf8(name)));
        if (value.size() > max_label_bytes)
            return refused(declaration, fmt::format("label \"{}\" has more than {} bytes", name, max_label_bytes));
        for (std::size_t j = 0; j < i; j++)
            if (declaration.labels[j].first == name)
                return refused(declaration, fmt::format("it has label \"{}\" twice", name));
    }
    return {};
}

Result<> check_histogram(const Declaration& declaration) {
    if (declaration.kind != MetricKind::histogram) {
        if (declaration.slots != 0 || !declaration.bounds.empty() || declaration.sum)
            return refused(declaration, "slots, bounds and a sum are a histogram's");
        return {};
    }
    // Slot 63 of powers of two is the last that a number can be in.
    const std::uint32_t most = declaration.bounds.empty() ? 64 : max_slots;
    if (declaration.slots == 0 || declaration.slots > most)
        return refused(declaration, fmt::format("a histogram has 1 to {} slots", most));
    if (declaration.number != Number::u64 && declaration.number != Number::u32)
        return refused(declaration, "a histogram's slots are unsigned integers");
    if (!std::ranges::all_of(declaration.bounds, [](double bound) { return std::isfinite(bound); }) ||
        std::ranges::adjacent_find(declaration.bounds, std::greater_equal()) != declaration.bounds.end())
        return refused(declaration, "each bound is a finite number above the one before");
    return {};
}

// Bytes of the UTF-8 sequence that `text` begins with; 0 where it is none (Unicode 15, table 3-7).
std::size_t sequence_bytes(std::string_view text) {
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
        return at(i) >= low && at(i) <= high;
    };
    const unsigned first = at(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef)
        return follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) && follows(2) ? 3 : 0;
    if (first >= 0xf0 && first <= 0xf4)
        return follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf) && follows(2) && follows(3) ? 4 : 0;
    return 0;
}

}  // namespace

bool is_label_name(std::string_view name) {
    // "__" is Prometheus' own; le is of a histogram's buckets; guest says which guest it is.
    return name.size() <= max_name_bytes && is_name(name) && !name.starts_with("__") && name != "le" &&
           name != "quantile" && name != "guest";
}

bool is_shared_name(std::string_view name) { return name == events_name || name == lost_name; }

Result<> check(Declaration& declaration) {
    if (declaration.kind == MetricKind::counter && declaration.name.ends_with("_total"))
        declaration.name.resize(declaration.name.size() - std::string_view("_total").size());
    if (auto texts = check_texts(declaration); !texts) return texts;
    if (auto labels = check_labels(declaration); !labels) return labels;
    if (auto histogram = check_histogram(declaration); !histogram) return histogram;
    if (std::abs(declaration.exponent) > max_exponent)
        return refused(declaration, fmt::format("its exponent is beyond {}", max_exponent));
    if (is_shared_name(declaration.name) &&
        (declaration.kind != MetricKind::counter || !declaration.labels.empty() || declaration.exponent != 0))
        return refused(declaration, "it is a counter without labels");
    declaration.help = valid_utf8(declaration.help);
    for (auto& [name, value] : declaration.labels) value = valid_utf8(value);
    return {};
}

std::string valid_utf8(std::string_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        const std::size_t size = sequence_bytes(bytes);
        text += size != 0 ? bytes.substr(0, size) : std::string_view("\xef\xbf\xbd");
        bytes.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return text;
}

double scaled(double number, int exponent) {
    if (exponent == 0) return number;
    // Exact powers, so that 3 with -6 is what "3e-06" is.
    constexpr double powers[max_exponent + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10,
                                                 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
                                                 1e22, 1e23, 1e24, 1e25, 1e26, 1e27, 1e28, 1e29, 1e30};
    const double power = powers[std::abs(exponent)];
    return exponent > 0 ? number * power : number / power;
}

std::vector<double> upper_bounds(const Declaration& declaration) {
    std::vector<double> bounds = declaration.bounds;
    if (bounds.empty()) {
        double power = 1;
        for (std::uint32_t slot = 0; slot + 1 < declaration.slots; slot++) bounds.push_back((power *= 2) - 1);
    }
    for (double& bound : bounds) bound = scaled(bound, declaration.exponent);
    return bounds;
}

}  // namespace wasm_bpf::metrics
