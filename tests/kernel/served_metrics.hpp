#pragma once
// What `run --metrics` serves of a guest.

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/command.hpp"
#include "support/http_get.hpp"

namespace wasm_bpf::test {

// The guest says "ready" when it has said all, and waits. What is served, once `last` is in it: without windows numbers
// are copied when the guest waits. Fails where another part is not.
inline std::string expect_metrics(Command& guest, const std::string& last, const std::vector<std::string>& parts) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const auto begin = guest.error().find("http://");
    if (begin == std::string::npos) {
        ADD_FAILURE() << "no address in: " << guest.error();
        return {};
    }
    const std::string url = guest.error().substr(begin, guest.error().find('\n', begin) - begin);
    std::string text = http_body(url);
    while (text.find(last) == text.npos && std::chrono::steady_clock::now() < deadline) text = http_body(url);
    EXPECT_NE(text.find(last), text.npos) << last << "is not in:\n" << text;
    for (const std::string& part : parts) EXPECT_NE(text.find(part), text.npos) << part << "is not in:\n" << text;
    return text;
}

}  // namespace wasm_bpf::test
