#pragma once
// The kernel verifier's log of a refused program.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

struct VerifierLog {
    std::string program;
    std::string text;
};

// Finds the log in what libbpf said while it loaded an object.
[[nodiscard]] std::optional<VerifierLog> find_verifier_log(std::string_view messages);

// Its last lines that speak of the program, indented, without the statistics at its end.
[[nodiscard]] std::string last_lines(const VerifierLog& log);

// Writes the whole log to a new file that only its owner can read, in `folder` (empty: the temporary folder).
Result<std::filesystem::path> save_verifier_log(const VerifierLog& log, std::filesystem::path folder);

}  // namespace wasm_bpf::bpf
