#pragma once
// The examples as guests of the command under test, and what their tests look for.

#include <arpa/inet.h>
#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/command.hpp"

namespace wasm_bpf::test {

// After `line`, as "run" with options.
[[nodiscard]] inline std::vector<std::string> example(const std::string& name,
                                                      const std::vector<std::string>& arguments = {},
                                                      std::vector<std::string> line = {}) {
    line.push_back(std::string(TEST_EXAMPLES_DIR "/") + name + "/" + name + ".wasm");
    line.insert(line.end(), arguments.begin(), arguments.end());
    return wasm_bpf(std::move(line));
}

[[nodiscard]] inline bool has_line(const std::string& text, const std::string& pattern) {
    return std::regex_search(text, std::regex(pattern, std::regex::multiline));
}

// Runs `trigger` until the output has a line like `pattern`; each try waits a little for it.
inline void expect_line(Command& tool, const std::string& pattern, const std::function<void()>& trigger) {
    for (int tries = 0; tries < 50 && !has_line(tool.output(), pattern); tries++) {
        trigger();
        tool.wait_for_output("no tool prints this", std::chrono::milliseconds(100));
    }
    EXPECT_TRUE(has_line(tool.output(), pattern)) << "no line like " << pattern << " in:\n"
                                                  << tool.output() << tool.error();
}

// A TCP connection over loopback within this process.
inline void connect_and_accept() {
    const bpf::Fd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ASSERT_EQ(bind(server.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(listen(server.get(), 1), 0);
    ASSERT_EQ(getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    const bpf::Fd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(connect(client.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    const bpf::Fd accepted(accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    ASSERT_TRUE(accepted.valid());
}

}  // namespace wasm_bpf::test
