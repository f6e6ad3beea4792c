#include "policy/quantities.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace wasm_bpf::policy {
namespace {

constexpr std::string_view no_limit = "unlimited";

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};
constexpr Unit byte_units[] = {
    {"B", 1},          {"K", 1u << 10},    {"KB", 1u << 10},    {"KiB", 1u << 10}, {"M", 1u << 20},
    {"MB", 1u << 20},  {"MiB", 1u << 20},  {"G", 1u << 30},     {"GB", 1u << 30},  {"GiB", 1u << 30},
    {"T", 1ull << 40}, {"TB", 1ull << 40}, {"TiB", 1ull << 40}, {"", 1},
};
constexpr Unit time_units[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"", 1000}};

// The largest number that a limit can be, short of none.
constexpr double most = 9.0e18;

template <std::size_t N>
std::optional<std::uint64_t> read_with_unit(std::string_view text, const Unit (&units)[N]) {
    if (text == no_limit) return unlimited;
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc() || text.starts_with('-') || !std::isfinite(number)) return std::nullopt;
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const Unit& known : units) {
        if (known.name != unit) continue;
        const double value = number * static_cast<double>(known.factor);
        if (value > most) return std::nullopt;
        return static_cast<std::uint64_t>(std::ceil(value));
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> read_count(std::string_view text) {
    if (text == no_limit) return unlimited;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || static_cast<double>(number) > most)
        return std::nullopt;
    return number;
}

std::optional<std::uint64_t> read_bytes(std::string_view text) { return read_with_unit(text, byte_units); }

std::optional<std::uint64_t> read_milliseconds(std::string_view text) { return read_with_unit(text, time_units); }

std::string bytes_text(std::uint64_t bytes) {
    if (bytes == unlimited) return std::string(no_limit);
    constexpr Unit shown[] = {{"TB", 1ull << 40}, {"GB", 1u << 30}, {"MB", 1u << 20}, {"KB", 1u << 10}};
    for (const Unit& unit : shown) {
        if (bytes < unit.factor) continue;
        const std::uint64_t whole = (bytes - 1) / unit.factor + 1;
        // Not 2 GB for 1.1 GB.
        if (whole < 10 && bytes % unit.factor != 0) continue;
        return fmt::format("{}{}", whole, unit.name);
    }
    return fmt::format("{}B", bytes);
}

std::string milliseconds_text(std::uint64_t milliseconds) {
    if (milliseconds == unlimited) return std::string(no_limit);
    if (milliseconds % 1000 == 0) return fmt::format("{}s", milliseconds / 1000);
    return fmt::format("{}ms", milliseconds);
}

}  // namespace wasm_bpf::policy
