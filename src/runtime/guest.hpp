#pragma once
// One guest's life: made ready, run to its end, stopped from outside.

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"
#include "host_api/host.hpp"

namespace wasm_bpf::runtime {

struct GuestOptions {
    engine::WasiOptions wasi;
    std::uint64_t memory_limit_bytes = 0;  // of linear memory; 0: 4 GiB
    host_api::HostOptions host;
    std::vector<int> ignored_signals;  // as a process inherits them: until the guest has another action for them
    // Imports of the embedder's for this guest, whose host they may use until it ends.
    std::function<std::vector<engine::OwnImport>(host_api::Host&)> own_imports = {};
    // A module without `_start` is a library: after its `_initialize`, where it has one, it does what is asked of it
    // until it is stopped.
    bool runs_libraries = false;
};

// Used by one thread, save stop() and signal(). Its end detaches and closes all that the guest left open.
class Guest {
public:
    // The engine and the module must outlive it. Errors: kind bad_module where the module cannot run on this host.
    static Result<std::unique_ptr<Guest>> load(engine::Engine& engine, const engine::Module& module,
                                               GuestOptions options);

    // Runs `_start`. A trap's text says what happened; its stack where. Where a signal ended the guest the error is of
    // kind stopped, and the exit code 128 and the signal's number.
    engine::Ending run();

    // Has the guest ended soon, wherever it is: in a loop, in a host call that waits, or not yet started. Thread-safe.
    void stop() noexcept;

    // Sends the guest a signal (a number of Linux), as kill() does a process: its handler runs soon, between two of its
    // instructions or in the place of the rest of a wait. A signal that is sent again before that counts once. True
    // where the guest has no handler and the default action ends it, as stop() does. Thread-safe.
    bool signal(int number) noexcept;

    // Has the guest's thread do something at its next safe point, or its next wait; it is not done where the guest ends
    // before. Thread-safe.
    void ask(host_api::Interrupts::TaskPlace place, host_api::Interrupts::Task task);

    // For tasks, on the guest's thread.
    [[nodiscard]] engine::Instance& instance() { return *instance_; }
    [[nodiscard]] host_api::Host& host() { return host_; }

    // What is measured of it. Thread-safe; may outlive the guest.
    [[nodiscard]] const std::shared_ptr<metrics::Registry>& metrics() const { return host_.options.metrics; }

private:
    explicit Guest(host_api::HostOptions options) : host_(std::move(options)) {}
    engine::Ending run_start();
    engine::Ending serve();

    std::string_view entry_ = "_start";  // empty: none
    bool is_library_ = false;
    std::unique_ptr<engine::Instance> instance_;
    host_api::Host host_;  // after the instance: its windows lie in the instance's memory
};

}  // namespace wasm_bpf::runtime
