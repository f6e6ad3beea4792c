#pragma once
// One guest's life: made ready, run to its end, stopped from outside.

#include <memory>

#include "engine/engine.hpp"
#include "host_api/host.hpp"

namespace wasm_bpf::runtime {

struct GuestOptions {
    engine::WasiOptions wasi;
    std::uint64_t memory_limit_bytes = 0;  // of linear memory; 0: 4 GiB
    host_api::HostOptions host;
};

// Used by one thread, save stop(). Its end detaches and closes all that the guest left open.
class Guest {
public:
    // The engine and the module must outlive it. Errors: kind bad_module where the module cannot run on this host.
    static Result<std::unique_ptr<Guest>> load(engine::Engine& engine, const engine::Module& module,
                                               GuestOptions options);

    // Runs `_start`. A trap's text says what happened; its stack where.
    engine::Ending run();

    // Has the guest ended soon, wherever it is: in a loop, in a host call that waits, or not yet started. Thread-safe.
    void stop() noexcept;

private:
    Guest(engine::Engine& engine, host_api::HostOptions options) : engine_(engine), host_(std::move(options)) {}

    engine::Engine& engine_;
    std::unique_ptr<engine::Instance> instance_;
    host_api::Host host_;  // after the instance: its windows lie in the instance's memory
};

}  // namespace wasm_bpf::runtime
