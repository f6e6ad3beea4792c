#pragma once
// One guest's life: made ready, run to its end, stopped from outside.

#include <memory>
#include <vector>

#include "engine/engine.hpp"
#include "host_api/host.hpp"

namespace wasm_bpf::runtime {

struct GuestOptions {
    engine::WasiOptions wasi;
    std::uint64_t memory_limit_bytes = 0;  // of linear memory; 0: 4 GiB
    host_api::HostOptions host;
    std::vector<int> ignored_signals;  // as a process inherits them: until the guest has another action for them
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

private:
    explicit Guest(host_api::HostOptions options) : host_(std::move(options)) {}
    engine::Ending run_start();

    std::unique_ptr<engine::Instance> instance_;
    host_api::Host host_;  // after the instance: its windows lie in the instance's memory
};

}  // namespace wasm_bpf::runtime
