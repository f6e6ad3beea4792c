#pragma once
// Names and texts that come from a guest, for messages: what a terminal would obey is replaced by question marks.

#include <string>
#include <string_view>

namespace wasm_bpf {

// For a part of a line.
[[nodiscard]] std::string printable(std::string_view text);
// For text of several lines.
[[nodiscard]] std::string printable_lines(std::string_view text);

}  // namespace wasm_bpf
