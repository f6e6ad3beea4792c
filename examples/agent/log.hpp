#pragma once
// The agent's log: lines with the name of who says them.

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace agent {

// Prints `[who] text`, a line of its own, at once. Thread-safe.
void say(std::string_view who, std::string_view text);

// What one plugin prints, line by line, and no more than so many lines a second: a plugin that floods the log leaves room
// for the others. Used by the plugin's thread.
class PluginLog {
public:
    PluginLog(std::string who, std::size_t lines_per_second) : who_(std::move(who)), most_(lines_per_second) {}
    // A part of the output, which may end within a line.
    void add(std::string_view text);

private:
    void say_line(std::string_view line);

    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t longest_line = 1000;
    std::string who_;
    std::size_t most_;
    std::string begun_;
    Clock::time_point second_ = Clock::now();
    std::size_t lines_ = 0;  // in this second
    std::size_t dropped_ = 0;
};

}  // namespace agent
