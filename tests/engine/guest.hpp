#pragma once
// Runs guests in the test's own process.

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <vector>

#include "engine/folder.hpp"
#include "engine/wat.hpp"
#include "runtime/guest.hpp"

namespace wasm_bpf::test {

// The engine of all tests, with the window fault handler before it.
[[nodiscard]] engine::Engine& engine();

// For a guest that may do what the command's guests may.
inline runtime::GuestOptions guest_options() {
    runtime::GuestOptions options;
    options.host.policy = policy::Policy::command_default();
    return options;
}

// Loads and runs a guest; why it could not be loaded is its ending's error.
engine::Ending run(std::span<const std::byte> wasm, runtime::GuestOptions options = guest_options());
engine::Ending run(std::string_view text, runtime::GuestOptions options = guest_options());

// The same on a thread, for guests that do not end by themselves. The guest says that it is where the test wants it by
// `call $ready`, after `ready_import`.
class Background {
public:
    explicit Background(std::string_view text, runtime::GuestOptions options = guest_options());
    ~Background();

    void wait_until_ready();
    void stop() { guest_->stop(); }
    bool signal(int number) { return guest_->signal(number); }
    // Its ending; fails the process where there is none in time.
    engine::Ending ending();

private:
    std::promise<void> ready_;
    std::unique_ptr<engine::Module> module_;
    std::unique_ptr<runtime::Guest> guest_;
    std::future<engine::Ending> ending_;
};

// Fails, and says so through the log.
inline constexpr std::string_view ready_import =
    R"((import "wasm_bpf" "wasm_close_bpf_object" (func $say (param i64) (result i32))))";
inline constexpr std::string_view ready_function = "(func $ready (drop (call $say (i64.const 0))))";

}  // namespace wasm_bpf::test
