#pragma once
// What a guest says of a metric when it publishes it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wasm_bpf/error.hpp"
#include "wasm_bpf/metrics.hpp"

namespace wasm_bpf::metrics {

// What a guest can have kept and read of it; docs/metrics.md names these.
inline constexpr std::size_t max_metrics = 256;
inline constexpr std::size_t max_name_bytes = 128;
inline constexpr std::size_t max_help_bytes = 1024;
inline constexpr std::size_t max_labels = 16;
inline constexpr std::size_t max_label_bytes = 256;  // of a value; what is longer is cut where a map says it
inline constexpr std::uint32_t max_slots = 256;
inline constexpr std::size_t max_series = 10'000;          // of all of a guest's metrics
inline constexpr std::size_t max_elements_read = 100'000;  // of one map, by one reading
inline constexpr int max_exponent = 30;

// How a number lies in memory.
enum class Number : std::uint8_t { u64 = 1, i64 = 2, f64 = 3, u32 = 4, i32 = 5 };
[[nodiscard]] constexpr std::size_t bytes_of(Number number) { return number >= Number::u32 ? 4 : 8; }

struct Declaration {
    MetricKind kind = MetricKind::counter;
    std::string name{};
    std::string help{};
    std::string unit{};
    MetricLabels labels{};
    Number number = Number::u64;
    int exponent = 0;              // the numbers are shown times ten to the power of it
    std::uint32_t slots = 0;       // of a histogram
    std::vector<double> bounds{};  // of its slots but the last; empty: slot N has up to 2^(N+1) - 1
    std::optional<Number> sum{};   // how the sum of a histogram's values lies there, if it does
};

// Whether it follows Prometheus' rules, and this host's limits; EINVAL. Takes "_total" off a counter's name.
[[nodiscard]] Result<> check(Declaration& declaration);
[[nodiscard]] bool is_label_name(std::string_view name);

// What the host counts too: a guest's readers publish these, without labels, and the sums are the runtime's own.
inline constexpr std::string_view own_prefix = "wasm_bpf_";
inline constexpr std::string_view events_name = "wasm_bpf_events";
inline constexpr std::string_view lost_name = "wasm_bpf_lost_samples";
[[nodiscard]] bool is_shared_name(std::string_view name);

// Text for a label or for help: what is not UTF-8 is replaced.
[[nodiscard]] std::string valid_utf8(std::string_view bytes);

// Inclusive upper bounds of all slots but the last, times the power of ten.
[[nodiscard]] std::vector<double> upper_bounds(const Declaration& declaration);
[[nodiscard]] double scaled(double number, int exponent);

}  // namespace wasm_bpf::metrics
