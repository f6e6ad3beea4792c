#include "plugin.hpp"

#include <csignal>
#include <string_view>

namespace agent {
namespace {

std::string text_of(const wasm_bpf::Ending& ending) {
    if (!ending.error) return "ended with exit code " + std::to_string(ending.exit_code);
    std::string text = ending.error->kind == wasm_bpf::ErrorKind::trap ? "crashed: " : "ended: ";
    text += ending.error->message;
    for (std::string_view between = " (in "; const std::string& function : ending.stack) {
        text += between;
        text += function;
        between = ", called by ";
    }
    return ending.stack.empty() ? text : text + ")";
}

std::string seconds(std::chrono::milliseconds time) {
    std::string text = std::to_string(time.count() / 1000);
    if (const auto rest = time.count() % 1000; rest != 0) text += "." + std::to_string(1000 + rest).substr(1);
    return text + " s";
}

}  // namespace

Plugin::Plugin(std::filesystem::path file, const PluginOptions& options, std::function<void()> ended)
    : file_(std::move(file)),
      name_(file_.stem().string()),
      options_(options),
      ended_(std::move(ended)),
      output_(name_, options.lines_per_second),
      errors_(name_, options.lines_per_second),
      next_back_off_(options.first_back_off) {}

Plugin::~Plugin() {
    if (!guest_ || !runs_) return;
    guest_->signal(SIGTERM);
    const bool in_good_order = guest_->wait_for(options_.grace).has_value();
    guest_.reset();  // has it end, wherever it is
    say(name_, in_good_order ? "is gone" : "is gone; it did not end when it was asked to");
}

// What its policy file says; without one it may do what the command's guests may.
wasm_bpf::Result<wasm_bpf::GuestOptions> Plugin::guest_options() {
    const auto policy_file = std::filesystem::path(file_).replace_extension(".toml");
    auto policy = std::filesystem::exists(policy_file) ? wasm_bpf::Policy::read(policy_file)
                                                       : wasm_bpf::Policy::command_default();
    if (!policy) return std::unexpected(policy.error());
    wasm_bpf::GuestOptions options;
    options.policy = std::move(*policy);
    // One thread of the guest's writes to each, also across versions: the old one stands still when the new one begins.
    options.output = wasm_bpf::Output::to([this](std::string_view text) { output_.add(text); });
    options.error = wasm_bpf::Output::to([this](std::string_view text) { errors_.add(text); });
    options.log = [this](wasm_bpf::LogLevel, std::string_view text) { say(name_, text); };
    options.on_end = [this](const wasm_bpf::Ending&) { ended_(); };
    return options;
}

void Plugin::load(const wasm_bpf::Runtime& runtime) {
    look();
    auto module = runtime.compile_file(file_);
    auto options = guest_options();
    const wasm_bpf::Error* wrong = !module ? &module.error() : !options ? &options.error() : nullptr;
    if (wrong != nullptr) return say(name_, "is not loaded: " + wrong->message);
    if (runs_) {
        const auto replaced = guest_->replace(*module, std::move(*options));
        return say(name_, replaced ? "is replaced by its new version"
                                   : "goes on as it was: " + replaced.error().message);
    }
    auto guest = wasm_bpf::Guest::create(*module, std::move(*options));
    if (!guest) return say(name_, "is not started: " + guest.error().message);
    guest_.emplace(std::move(*guest));
    next_back_off_ = options_.first_back_off;
    start();
}

void Plugin::start() {
    due_.reset();
    if (const auto started = guest_->start(); !started) {
        say(name_, "is not started: " + started.error().message);
        return back_off();
    }
    runs_ = true;
    started_ = Clock::now();
    say(name_, "is started");
}

void Plugin::look() {
    if (!runs_) return;
    const auto ending = guest_->wait_for(std::chrono::milliseconds(0));
    if (!ending) return;
    runs_ = false;
    say(name_, text_of(*ending));
    if (!ending->error && ending->exit_code == 0) return;
    if (Clock::now() - started_ >= options_.well_after) next_back_off_ = options_.first_back_off;
    back_off();
}

void Plugin::back_off() {
    say(name_, "will be started again in " + seconds(next_back_off_));
    due_ = Clock::now() + next_back_off_;
    next_back_off_ = std::min(2 * next_back_off_, options_.longest_back_off);
}

std::vector<wasm_bpf::MetricFamily> Plugin::metrics() const {
    std::vector<wasm_bpf::MetricFamily> families;
    if (guest_) families = guest_->metrics();
    families.push_back({wasm_bpf::MetricKind::gauge, "agent_plugin_running", "Whether the plugin runs.", "",
                        {{.labels = {}, .value = runs_ ? 1.0 : 0.0, .buckets = {}, .sum = {}}}});
    wasm_bpf::label_metrics(families, "plugin", name_);
    return families;
}

void Plugin::restart() { start(); }

}  // namespace agent
