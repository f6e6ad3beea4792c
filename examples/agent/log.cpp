#include "log.hpp"

#include <cstdio>

namespace agent {

void say(std::string_view who, std::string_view text) {
    static std::mutex mutex;
    const std::scoped_lock lock(mutex);
    std::printf("[%.*s] %.*s\n", static_cast<int>(who.size()), who.data(), static_cast<int>(text.size()), text.data());
    std::fflush(stdout);
}

void PluginLog::add(std::string_view text) {
    for (std::size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
        begun_ += text.substr(0, end);
        say_line(begun_);
        begun_.clear();
    }
    begun_ += text;
    if (begun_.size() < longest_line) return;
    say_line(begun_);
    begun_.clear();
}

void PluginLog::say_line(std::string_view line) {
    if (Clock::now() - second_ >= std::chrono::seconds(1)) {
        if (dropped_ > 0) say(who_, "(" + std::to_string(dropped_) + " lines more, not shown)");
        second_ = Clock::now();
        lines_ = dropped_ = 0;
    }
    if (lines_ == most_) {
        dropped_++;
        return;
    }
    lines_++;
    say(who_, line.substr(0, longest_line));
}

}  // namespace agent
