#pragma once
// One run of a guest: from its start on a thread of its own to its end.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "library/impl.hpp"
#include "runtime/guest.hpp"
#include "wasm_bpf/guest.hpp"

namespace wasm_bpf {

// Thread-safe, as wasm_bpf::Guest is.
class GuestRun {
public:
    // Nothing of it runs yet. `kept` holds the other arguments.
    static Result<std::unique_ptr<GuestRun>> load(const Module::Impl& module, const GuestOptions& options,
                                                  const policy::Policy& policy, host_api::Stdio stdio,
                                                  std::shared_ptr<metrics::Registry> metrics,
                                                  std::shared_ptr<const void> kept);
    // Stops it, and waits for its end.
    ~GuestRun();

    void start();
    [[nodiscard]] Guest::State state() const;
    Result<> pause(Guest::Links links);
    Result<> resume();
    void stop() noexcept;
    void signal(int number) noexcept;
    Result<Ending> wait(std::optional<std::chrono::milliseconds> time);
    Result<std::vector<Value>> call(std::string_view name, std::span<const Value> arguments);

    // Starts this one in the place of `old`, which runs: it stands still meanwhile, at a wait of its own if it comes to
    // one soon, and is ended once this one waits for the first time. Where that does not happen in time, or this one
    // ends before, this one is ended and the old one goes on with all that it had.
    Result<> start_in_place_of(GuestRun& old, std::chrono::milliseconds time);

private:
    GuestRun(const GuestOptions& options, const policy::Policy& policy) : options_(options), policy_(policy) {}

    // On the guest's thread.
    void run();
    Ending run_to_end();
    Result<> stand_still();
    void give_back();

    // These want mutex_, which they give up while they wait.
    Result<> await_pause(std::unique_lock<std::mutex>& lock, Guest::Links links, bool in_wait_first);

    std::shared_ptr<const void> kept_;  // ends last
    const GuestOptions& options_;
    const policy::Policy& policy_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Guest::State state_ = Guest::State::ready;
    std::unique_ptr<runtime::Guest> guest_;  // null once it has ended
    bool pausing_ = false;                   // asked for, and not there yet
    Guest::Links pause_links_ = Guest::Links::attached;
    bool resumes_ = false;      // asked for, and not done yet
    std::uint64_t pauses_ = 0;  // that took effect
    std::optional<Error> resume_error_;
    bool stopping_ = false;
    bool timed_out_ = false;
    bool in_place_of_another_ = false;
    bool accepted_ = false;  // there,
    bool refused_ = false;   // or too late
    bool replaced_ = false;  // its end is nobody's concern
    std::optional<Ending> ending_;
    std::thread thread_;
};

}  // namespace wasm_bpf
