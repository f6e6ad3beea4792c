#pragma once
// Guests of version 1 on the C SDK (tests/guests/v1) as the tests run them.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/command.hpp"

namespace wasm_bpf::test {

// The command line for the guest of that name; `options` go before the module.
[[nodiscard]] inline std::vector<std::string> v1_guest(const std::string& name, std::vector<std::string> arguments = {},
                                                       std::vector<std::string> options = {}) {
    std::vector<std::string> line = {"run"};
    line.insert(line.end(), options.begin(), options.end());
    line.push_back(std::string(TEST_GUEST_DIR) + "/v1/" + name + ".wasm");
    line.insert(line.end(), arguments.begin(), arguments.end());
    return wasm_bpf(std::move(line));
}

// Runs a guest that checks itself.
inline void expect_passes(const std::string& name, std::vector<std::string> arguments = {},
                          std::vector<std::string> options = {}) {
    Command guest(v1_guest(name, std::move(arguments), std::move(options)));
    EXPECT_EQ(guest.wait(), 0) << guest.output() << guest.error();
}

}  // namespace wasm_bpf::test
