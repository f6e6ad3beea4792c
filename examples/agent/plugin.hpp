#pragma once
// One plugin: NAME.wasm, what it may do (NAME.toml), and what has become of it.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <wasm_bpf/guest.hpp>

#include "log.hpp"

namespace agent {

struct PluginOptions {
    std::chrono::milliseconds first_back_off{1000};  // twice as long after each start that fails soon, ...
    std::chrono::milliseconds longest_back_off{60000};
    std::chrono::milliseconds well_after{60000};  // ... until one has run for so long
    std::chrono::milliseconds grace{2000};        // to end in good order
    std::size_t lines_per_second = 100;
};

// Used by the agent's one thread.
class Plugin {
public:
    using Clock = std::chrono::steady_clock;

    // `ended` is called on the plugin's thread.
    Plugin(std::filesystem::path file, const PluginOptions& options, std::function<void()> ended);
    // Asks it to end, and has it end.
    ~Plugin();
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    // Its file is new, or another one now: starts it, or puts it in the place of the one that runs. One that cannot be
    // read or started is said, and the one that runs goes on.
    void load(const wasm_bpf::Runtime& runtime);
    // Says how it ended, where it did, and when it will be started again.
    void look();
    // What is measured of it, labelled with its name.
    [[nodiscard]] std::vector<wasm_bpf::MetricFamily> metrics() const;
    // When restart() is due; none while it runs, or where it ended well.
    [[nodiscard]] std::optional<Clock::time_point> due() const { return due_; }
    void restart();

private:
    [[nodiscard]] wasm_bpf::Result<wasm_bpf::GuestOptions> guest_options();
    void start();
    void back_off();

    std::filesystem::path file_;
    std::string name_;
    const PluginOptions& options_;
    std::function<void()> ended_;
    PluginLog output_, errors_;
    std::optional<wasm_bpf::Guest> guest_;
    bool runs_ = false;
    Clock::time_point started_{};
    std::optional<Clock::time_point> due_;
    std::chrono::milliseconds next_back_off_;
};

}  // namespace agent
