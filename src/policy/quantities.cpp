#include "policy/quantities.hpp"

#include <charconv>

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
constexpr std::uint64_t most = 9'000'000'000'000'000'000;

// Digits, or digits with a fraction, of which millionths count; rounded up. Takes them from the text.
struct Decimal {
    std::uint64_t whole = 0, millionths = 0;
};
std::optional<Decimal> take_decimal(std::string_view& text) {
    const auto digits = text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
    text.remove_prefix(digits.size());
    std::string_view fraction;
    if (text.starts_with('.')) {
        fraction = text.substr(1, std::min(text.find_first_not_of("0123456789", 1), text.size()) - 1);
        text.remove_prefix(1 + fraction.size());
    }
    if (digits.empty() && fraction.empty()) return std::nullopt;
    Decimal decimal;
    if (!digits.empty() &&
        std::from_chars(digits.data(), digits.data() + digits.size(), decimal.whole).ec != std::errc())
        return std::nullopt;
    for (std::size_t i = 0; i < 6; i++)
        decimal.millionths = decimal.millionths * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
    if (fraction.find_first_not_of('0', 6) != fraction.npos) decimal.millionths++;
    return decimal;
}

template <std::size_t N>
std::optional<std::uint64_t> read_with_unit(std::string_view text, const Unit (&units)[N]) {
    if (text == no_limit) return unlimited;
    const auto decimal = take_decimal(text);
    if (!decimal) return std::nullopt;
    for (const Unit& known : units) {
        if (known.name != text) continue;
        if (decimal->whole > most / known.factor) return std::nullopt;
        const std::uint64_t rest = (decimal->millionths * known.factor + 999'999) / 1'000'000;
        const std::uint64_t value = decimal->whole * known.factor + rest;
        return value > most ? std::nullopt : std::optional(value);
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> read_count(std::string_view text) {
    if (text == no_limit) return unlimited;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number > most) return std::nullopt;
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
