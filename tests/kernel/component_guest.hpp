#pragma once
// Components of tests/guests/components as the tests run them.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/command.hpp"

namespace wasm_bpf::test {

// The command line for the component of that name; `options` go before it.
[[nodiscard]] inline std::vector<std::string> component(const std::string& name,
                                                        std::vector<std::string> arguments = {},
                                                        std::vector<std::string> options = {}) {
    std::vector<std::string> line = {"run"};
    line.insert(line.end(), options.begin(), options.end());
    line.push_back(std::string(TEST_GUEST_DIR) + "/components/" + name + ".wasm");
    line.insert(line.end(), arguments.begin(), arguments.end());
    return wasm_bpf(std::move(line));
}

}  // namespace wasm_bpf::test
