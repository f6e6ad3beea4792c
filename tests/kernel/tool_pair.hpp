#pragma once
// A tool of examples/tools twice, as a native program and as a guest, from the same source. Where the kernel lets both
// be attached at once they see one workload, and must print the same of it.

#include <functional>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/command.hpp"

namespace wasm_bpf::test {

[[nodiscard]] inline std::vector<std::string> native_tool(const std::string& name, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), std::string(TEST_NATIVE_DIR "/") + name + ".native");
    return arguments;
}

// With what the tools' READMEs say that they need: /proc, and the memory maps of others' processes.
[[nodiscard]] inline std::vector<std::string> guest_tool(const std::string& name, std::vector<std::string> arguments,
                                                         std::vector<std::string> options = {}) {
    std::vector<std::string> line = {"run", "--dir", "/proc:ro", "--keep-capability", "CAP_SYS_PTRACE"};
    line.insert(line.end(), options.begin(), options.end());
    line.push_back(std::string(TEST_EXAMPLES_DIR "/tools/") + name + "/" + name + ".wasm");
    line.insert(line.end(), arguments.begin(), arguments.end());
    return wasm_bpf(std::move(line));
}

// The lines that match, in their order.
[[nodiscard]] inline std::string lines_like(const std::string& text, const std::string& pattern) {
    const std::regex wanted(pattern);
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        if (std::regex_search(line, wanted)) result += line + "\n";
        at = end + 1;
    }
    return result;
}

[[nodiscard]] inline std::string without(const std::string& text, const std::string& pattern) {
    return std::regex_replace(text, std::regex(pattern, std::regex::ECMAScript | std::regex::multiline), "*");
}

// What a tool says of itself: each is called by its file, NAME.native and NAME.wasm, and lines are broken by their
// length.
[[nodiscard]] inline std::string said(const std::string& text, const std::string& name) {
    return std::regex_replace(std::regex_replace(text, std::regex(name + "\\.(native|wasm)"), name), std::regex("\\s+"),
                              " ");
}

class ToolPair {
public:
    ToolPair(const std::string& name, const std::vector<std::string>& arguments,
             const std::vector<std::string>& options = {})
        : native_(native_tool(name, arguments)), guest_(guest_tool(name, arguments, options)) {}

    // Both say so; they do once they are attached.
    void expect_output(const std::string& text) {
        EXPECT_TRUE(native_.wait_for_output(text)) << "native: " << native_.output() << native_.error();
        EXPECT_TRUE(guest_.wait_for_output(text)) << "guest: " << guest_.output() << guest_.error();
    }

    // Ends both as Ctrl-C does: they run their handlers, print their last lines and end well.
    void interrupt() {
        native_.end_by(SIGINT);
        guest_.end_by(SIGINT);
        expect_ends(0);
    }

    void expect_ends(int exit_code) {
        EXPECT_EQ(native_.wait(), exit_code) << "native: " << native_.output() << native_.error();
        EXPECT_EQ(guest_.wait(), exit_code) << "guest: " << guest_.output() << guest_.error();
    }

    // Of the lines that match, with what differs from run to run taken out.
    void expect_same(const std::string& lines = "", const std::string& differing = "\\d\\d:\\d\\d:\\d\\d") const {
        const std::string native = without(lines_like(native_.output(), lines), differing);
        const std::string guest = without(lines_like(guest_.output(), lines), differing);
        EXPECT_FALSE(native.empty()) << "no lines like " << lines << " in:\n" << native_.output();
        EXPECT_EQ(native, guest);
    }

    // Each of them, with its output.
    void for_each(const std::function<void(const std::string& who, const std::string& output)>& check) const {
        check("native", native_.output());
        check("guest", guest_.output());
    }

    void expect_line(const std::string& pattern) const {
        for_each([&](const std::string& who, const std::string& output) {
            EXPECT_FALSE(lines_like(output, pattern).empty()) << who << ": no line like " << pattern << " in:\n"
                                                              << output;
        });
    }

    void expect_no_line(const std::string& pattern) const {
        for_each([&](const std::string& who, const std::string& output) {
            EXPECT_TRUE(lines_like(output, pattern).empty()) << who << ": a line like " << pattern << " in:\n"
                                                             << output;
        });
    }

    [[nodiscard]] Command& native() { return native_; }
    [[nodiscard]] Command& guest() { return guest_; }

private:
    Command native_;
    Command guest_;
};

}  // namespace wasm_bpf::test
