#pragma once
// Guests written as text.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wasm_bpf::test {

// The module that WebAssembly text describes. A mistake in the text fails the process: it is the test's.
[[nodiscard]] std::vector<std::byte> wat(std::string_view text);

// Bytes as the text of a data segment.
[[nodiscard]] std::string data_text(std::string_view bytes);

}  // namespace wasm_bpf::test
