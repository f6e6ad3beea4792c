#pragma once
// Limits as people write them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wasm_bpf::policy {

inline constexpr std::uint64_t unlimited = UINT64_MAX;

// "unlimited", or digits alone.
[[nodiscard]] std::optional<std::uint64_t> read_count(std::string_view text);
// The same with a unit: B, K, KB, KiB, M, … T; a K is 1024.
[[nodiscard]] std::optional<std::uint64_t> read_bytes(std::string_view text);
// Milliseconds; the units are ms, s, m, h; seconds where there is none. The number may have a fraction.
[[nodiscard]] std::optional<std::uint64_t> read_milliseconds(std::string_view text);

// Rounded up to a unit that keeps it short, and read back as at least as much.
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);
[[nodiscard]] std::string milliseconds_text(std::uint64_t milliseconds);

}  // namespace wasm_bpf::policy
