#pragma once
// What others want of the guest's thread: that the guest ends, or that it runs a handler of signals. All that waits on
// the guest's behalf watches fd(); a guest that computes passes a checkpoint (engine.hpp).

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::host_api {

using SignalSet = std::uint64_t;  // bit N - 1 is signal N
inline constexpr int max_signal = 64;
[[nodiscard]] constexpr SignalSet signal_bit(int number) { return SignalSet{1} << (number - 1); }

struct SignalAction {
    enum class Kind : std::uint8_t { by_default, ignore, handle } kind = Kind::by_default;
    bool restarts = false;       // a read that the handler interrupts goes on (SA_RESTART)
    SignalSet blocked = 0;       // while the handler runs
    std::uint32_t function = 0;  // the handler: entry of the guest's table; 0: the export
};

class Interrupts {
public:
    Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    // From any thread; the first request stands.
    void stop() noexcept;
    // Sends the guest a signal, from any thread. True where the guest has to end by it, now: its action is the default
    // one, and that is to end.
    bool signal(int number) noexcept;
    [[nodiscard]] bool stopped() const noexcept { return stopped_.load(std::memory_order_acquire); }
    // The signal that ended the guest; 0 where none did.
    [[nodiscard]] int ending_signal() const noexcept { return ending_signal_.load(std::memory_order_acquire); }
    // Whether fd() is readable: a stop was requested, a signal waits that is not blocked, or a task.
    [[nodiscard]] bool pending() const noexcept { return pending_.load(std::memory_order_acquire); }
    [[nodiscard]] int fd() const { return wake_.get(); }
    // Why a stopped guest ends, kind stopped.
    [[nodiscard]] std::unexpected<Error> ending() const;

    // Where a task may be done: between any two of the guest's instructions and in its waits, or in waits alone.
    enum class TaskPlace { anywhere, in_waits };
    // An error ends the guest.
    using Task = std::function<Result<>()>;
    // Has the guest's thread do something soon, at such a place. From any thread.
    void ask(TaskPlace place, Task task);

    // Called from any thread when a stop, a signal or a task came in, to have a guest that computes pass its
    // checkpoint. To be set before the first can come.
    std::function<void()> interrupt_engine;

    // What follows is for the guest's own thread.

    // Does what was asked for. Not from within a task: there, nothing is done.
    Result<> run_tasks(TaskPlace here);

    // Both give what was before.
    SignalAction set_action(int number, const SignalAction& action);
    SignalSet set_blocked(SignalSet blocked);
    [[nodiscard]] SignalSet blocked() const;
    [[nodiscard]] SignalAction action(int number) const;
    // Those that came in and wait.
    [[nodiscard]] SignalSet waiting() const;

    struct Taken {
        int number;
        bool restarts;
        std::uint32_t function;
        SignalSet blocked_before;
    };
    // The next signal whose handler is to run; what its action blocks is blocked from now on. None where there is none,
    // or where the guest has to end.
    std::optional<Taken> take();
    // One of `set`, blocked or not; its handler is not to run. While `set` is awaited, fd() becomes readable for it.
    std::optional<int> take_one_of(SignalSet set);
    SignalSet await(SignalSet set);

private:
    // These want mutex_.
    void end_by(int number);
    void request_stop();
    void update_wake();
    [[nodiscard]] bool has_tasks() const { return !in_task_ && !(tasks_.empty() && wait_tasks_.empty()); }

    bpf::Fd wake_;
    std::atomic<bool> pending_ = false;
    std::atomic<bool> stopped_ = false;
    std::atomic<int> ending_signal_ = 0;
    mutable std::mutex mutex_;
    SignalSet waiting_ = 0;
    SignalSet blocked_ = 0;
    SignalSet awaited_ = 0;
    std::array<SignalAction, max_signal> actions_{};
    std::deque<Task> tasks_, wait_tasks_;
    bool in_task_ = false;
};

}  // namespace wasm_bpf::host_api
