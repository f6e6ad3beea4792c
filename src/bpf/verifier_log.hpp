#pragma once
// The kernel verifier's log of a refused program.

#include <filesystem>
#include <string>
#include <string_view>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// The last lines of a log that speak of the program, indented, without the statistics at its end.
[[nodiscard]] std::string last_lines(std::string_view log);

// Writes the whole log to a new file that only its owner can read, in `folder` (empty: the temporary folder).
Result<std::filesystem::path> save_verifier_log(std::string_view program, std::string_view log,
                                                std::filesystem::path folder);

}  // namespace wasm_bpf::bpf
