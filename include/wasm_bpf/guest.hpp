#pragma once
// A guest's life in another program: made ready, started on a thread of its own, paused, asked, stopped, started again.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wasm_bpf/error.hpp"
#include "wasm_bpf/export.hpp"
#include "wasm_bpf/host_function.hpp"
#include "wasm_bpf/log.hpp"
#include "wasm_bpf/metrics.hpp"
#include "wasm_bpf/policy.hpp"
#include "wasm_bpf/runtime.hpp"

namespace wasm_bpf {

// Where a guest's standard output or error goes.
class Output {
public:
    // Nowhere.
    Output() = default;
    // To the process's own.
    static Output inherited() { return Output(Kind::inherited); }
    // To a function: all of one write of the guest's, which may be a part of a line. Called on the guest's thread.
    static Output to(std::function<void(std::string_view)> sink) {
        Output output(Kind::sink);
        output.sink_ = std::move(sink);
        return output;
    }
    // Into memory, the last `limit_bytes` of it: Guest::output(), Guest::error_output().
    static Output buffer(std::size_t limit_bytes) {
        Output output(Kind::buffer);
        output.limit_bytes_ = limit_bytes;
        return output;
    }

private:
    friend class Guest;
    enum class Kind : std::uint8_t { none, inherited, sink, buffer };
    explicit Output(Kind kind) : kind_(kind) {}
    Kind kind_ = Kind::none;
    std::size_t limit_bytes_ = 0;
    std::function<void(std::string_view)> sink_;
};

// What a guest has written into a buffer.
struct BufferedOutput {
    std::string text;             // the end of it
    std::uint64_t dropped_bytes;  // before that, for lack of room
};

// What a guest's standard input is.
class Input {
public:
    // At its end at once.
    Input() = default;
    // The process's own.
    static Input inherited() { return Input(0); }
    // An open file, which must stay open until the guest has ended.
    static Input from(int fd) { return Input(fd); }

private:
    friend class Guest;
    explicit Input(int fd) : fd_(fd) {}
    int fd_ = -1;
};

// How a guest ended.
struct Ending {
    int exit_code = 0;  // where there is no error; 128 and the number of the signal that ended it, if one did
    // Kind trap: with the cause as text; stopped: by stop(), by a signal, at the end of its time (ETIMEDOUT), or
    // because nobody reads its inherited output (EPIPE); denied; bad_module; failed.
    std::optional<Error> error{};
    std::vector<std::string> stack{};  // of a trap: function names, the innermost first
};

struct GuestDirectory {
    std::filesystem::path host_path;
    std::string guest_path;  // empty: the same
    bool writable = false;
};

struct GuestOptions {
    // Denies everything at first. Its grants (environment, directories) and limits (memory, time, …) hold beside those
    // below.
    Policy policy{};
    std::vector<std::string> arguments{};  // without the program's name, which is the module's
    std::vector<std::pair<std::string, std::string>> environment{};
    std::vector<GuestDirectory> directories{};
    Input input{};
    Output output{};
    Output error{};
    // What a person should know: warnings of the host's, libbpf's messages. Called on the guest's thread; null: it is
    // not said.
    LogSink log{};
    // Told of each end of a run; not of that of a version that was replaced, or did not come to replace one. Called on
    // the guest's thread, last of all.
    std::function<void(const Ending&)> on_end{};
    // What the guest may import besides. Of modules: a component's imports are WASI's and those of wit/.
    std::vector<HostFunction> functions{};
    // The guest's thread gives up every privilege that the policy does not need, for good (docs/policy.md has the
    // table); the embedder's other threads keep theirs. False: it keeps what the process has.
    bool drop_privileges = true;
    std::filesystem::path btf_path{};    // the kernel's BTF, where the kernel has none; empty: what the module carries
    std::filesystem::path token_path{};  // BPF file system that gives tokens; empty: /sys/fs/bpf if it does
    bool windows = true;                 // false: copies, even where the runtime has windows
};

// One guest. Its functions may be called from any thread, at the same time, save that the object itself must not be
// destroyed or moved meanwhile, and that what waits for the guest (pause, resume, call, wait) must not be called on the
// guest's own thread: from a host function, sink or log.
class WASM_BPF_API Guest {
public:
    // Nothing of it runs yet. Kind bad_module where this host cannot run it: an import is unknown, or of another type.
    static Result<Guest> create(const Module& module, GuestOptions options);
    Guest(Guest&&) noexcept;
    Guest& operator=(Guest&&) noexcept;
    // Stops it, and waits for its end.
    ~Guest();

    enum class State : std::uint8_t {
        ready,    // not started
        running,  //
        paused,   //
        ended,    // start() starts it again, as if for the first time
    };
    [[nodiscard]] State state() const;

    // Starts it on a thread of its own. A command runs its `_start`; a library (a module without one) its
    // `_initialize`, where it has one, and lives on for call() until it is stopped. EBUSY where it is running.
    Result<> start();

    // Has the guest stand still at its next safe point (between two of its instructions, or in a wait) and returns when
    // it does. `attached`: its BPF programs go on, and their events wait in the buffers. `detached`: what it attached
    // is detached meanwhile. A wait's timeout goes on; a host function is waited for. ESRCH where it is not running, or
    // ends before.
    enum class Links : std::uint8_t { attached, detached };
    Result<> pause(Links links = Links::attached);
    // Goes on. What was detached is attached again first: where that fails, the error is also how the guest ends.
    Result<> resume();

    // Puts another version of the guest in the place of the one that runs, with no event lost between them. The old one
    // stands still, at a wait of its own if it comes to one within a second. The new one is started: its objects take
    // the old one's maps of the same names, types and sizes, with what is in them (ring buffers too, read from where
    // the old one stopped; not global variables and arenas); a program that it attaches takes the place of the old
    // one's of that name at the same place, in the kernel's one step where the kind of link can be updated (xdp, tcx,
    // cgroup, …), else after a moment with both. When the new one waits for the first time the old one is ended,
    // without another instruction. Where the new one ends before, or does not wait within `time`, it is ended, the
    // error says why, and the old one goes on with all that it had. Buffered output goes on; of `options`, its output
    // and error sinks are used. What a perf buffer's old reader had not read is lost. ESRCH where the guest is not
    // running, EALREADY where it is paused.
    Result<> replace(const Module& next, GuestOptions options,
                     std::chrono::milliseconds time = std::chrono::seconds(10));

    // Has the guest end soon, wherever it is: computing, waiting, in a callback, paused, or not yet started. What it
    // left attached is detached at its end. Does not wait. A host function of the embedder's has to return by itself.
    void stop() noexcept;
    // Sends it a signal (a number of Linux), as kill(2) does a process: SIGINT and SIGTERM are what tools end by in
    // good order.
    void signal(int number) noexcept;
    // Waits for the end. ESRCH where it was never started.
    [[nodiscard]] Result<Ending> wait();
    // The same, for so long at most: ETIMEDOUT.
    [[nodiscard]] Result<Ending> wait_for(std::chrono::milliseconds time);

    // Calls an exported function on the guest's thread, at its next wait, and returns its result: none or one. ENOENT
    // where there is no such function; EINVAL where the arguments are not of its types; ESRCH where the guest is not
    // running, or ends before; the kind of the guest's error where it ends in the call. Waits for as long as it takes.
    [[nodiscard]] Result<std::vector<Value>> call(std::string_view name, std::span<const Value> arguments);

    // Of Output::buffer(); of this run, or the last.
    [[nodiscard]] BufferedOutput output() const;
    [[nodiscard]] BufferedOutput error_output() const;

    // What is measured of it: what it publishes, and what the host counts, with its restarts (docs/metrics.md); to be
    // labelled before those of several guests are merged. Takes nothing of the guest's thread. Of a version that came
    // in the place of another, counters begin anew.
    [[nodiscard]] std::vector<MetricFamily> metrics() const;

    // The one that runs, or is to.
    [[nodiscard]] Module module() const;

    struct WASM_BPF_LOCAL Impl;

private:
    WASM_BPF_LOCAL explicit Guest(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace wasm_bpf
