#pragma once
// Guests of version 0 (tests/guests/v0) as the tests run them.

#include <string>
#include <vector>

#include "support/command.hpp"

namespace wasm_bpf::test {

[[nodiscard]] inline std::vector<std::string> v0_guest(const std::string& name,
                                                       std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), std::string(TEST_GUEST_DIR) + "/v0/" + name + ".wasm");
    return wasm_bpf(std::move(arguments));
}

[[nodiscard]] inline std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) found++;
    return found;
}

}  // namespace wasm_bpf::test
