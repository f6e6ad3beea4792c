#pragma once
// What the host functions of one guest share.

#include <csignal>
#include <filesystem>
#include <string>

#include "bpf/libbpf_messages.hpp"
#include "bpf/token.hpp"
#include "engine/engine.hpp"
#include "host_api/alarm_clock.hpp"
#include "host_api/guest_memory.hpp"
#include "host_api/handle_table.hpp"
#include "host_api/heritage.hpp"
#include "host_api/interrupts.hpp"
#include "host_api/map_charges.hpp"
#include "host_api/window.hpp"
#include "metrics/registry.hpp"
#include "policy/policy.hpp"
#include "wasm_bpf/log.hpp"

namespace wasm_bpf::host_api {

// Whether a guest may have kernel memory in its own (docs/guest_memory.md), or gets copies by calls.
enum class Windows { offered, refused };

// Where a guest's standard streams lead.
struct Stdio {
    // Gets all of one write; called on the guest's thread.
    using Sink = std::function<void(std::span<const std::byte>)>;

    int input_fd = 0;  // not owned; negative: it is at its end
    Sink output{};     // null: the process's own
    Sink error{};      // the same

    // The process's file behind a stream; negative where it is none.
    [[nodiscard]] int fd(int stream) const {
        if (stream == 0) return input_fd;
        return sink(stream) ? -1 : stream;
    }
    [[nodiscard]] const Sink& sink(int stream) const { return stream == 1 ? output : error; }
};

struct HostOptions {
    policy::Policy policy;
    LogSink log;
    std::filesystem::path btf_path;    // empty: the running kernel's
    std::string no_btf_reason = {};    // for errors, where neither is there: why the module's own BTF does not help
    std::filesystem::path token_path;  // BPF file system that gives tokens; empty: /sys/fs/bpf if it does
    std::shared_ptr<const bpf::AnswerStore> btf_store = {};  // what the kernel's BTF said, remembered; null: nothing
    Windows windows = Windows::offered;
    Stdio stdio{};
    bool keeps_attachments = false;  // what suspend_links() and Heritage need, at the cost of a file descriptor a link
    std::shared_ptr<metrics::Registry> metrics = {};  // what the guest publishes, and is counted of it; null: a new one
};

// How it is known that a write to a file would wait for a reader: by the write itself, until the kernel refuses to
// tell.
enum class OutputWaits { told_by_write, told_by_poll, untold };

// Used by the guest's thread alone, save `interrupts` and `options.metrics`.
struct Host {
    explicit Host(HostOptions host_options) : options(std::move(host_options)) {
        handles.set_limit(options.policy.limit(policy::RuleId::handles));
        if (!options.metrics) options.metrics = std::make_shared<metrics::Registry>();
        options.metrics->watch_maps(map_charges.totals());
    }
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;
    ~Host() {
        options.metrics->end_run();
        handles.close_all();
    }

    // Opens an object as the policy allows; without a BTF file or a token of its own, by the host's.
    Result<std::unique_ptr<HostObject>> open_object(std::span<const std::byte> elf, bpf::ObjectOptions object_options);
    Result<std::unique_ptr<HostObject>> open_object(std::span<const std::byte> elf, std::string name);
    // Asks the policy about the object's programs and maps, and charges these. Called by load_object.
    Result<> check_load(HostObject& object);
    // Checks the policy, loads, and turns bound guest memory into windows.
    Result<> load_object(HostObject& object);
    // Asks the policy about a path to pin at or to open, of the plain form that it can judge (bpf/pin.hpp).
    Result<> admit_pin(std::string_view path) const;
    // A handle for it; EMFILE where the guest holds all that there are, kind denied where the policy has fewer.
    Result<Handle> new_handle(HandleTable::Item item, Handle owner = 0);
    // What HandleTable gave, or its error.
    Result<Handle> handle_or_error(Handle handle);
    // Whether the error ends the guest rather than being told to it.
    [[nodiscard]] bool ends_guest(const Error& error) const;
    // EOPNOTSUPP where windows are refused; an error where [offset, size) is not page-aligned guest memory that no
    // window has.
    Result<std::span<std::byte>> window_memory(std::uint32_t offset, std::uint64_t size, std::string_view what);
    // Whether the guest's memory lies so that the low half of a host address is the guest's pointer: arenas need it.
    [[nodiscard]] bool shares_pointers() const;
    // Ends the guest (kind trap) where the fault handler saw a store to a read-only window, or a stop was requested;
    // else runs the handlers of signals.
    Result<> checkpoint();
    // Runs the guest's handlers of the signals that came in. What was known of the guest's memory, handles and objects
    // before may be gone afterwards. An error (kind stopped or trap) where the guest is to end.
    enum class Resumption { restart, interrupted };  // whether every handler wants a read to go on
    Result<Resumption> run_handlers();
    // At the beginning of a wait: what a new version of a guest took over is its own from now on. Metrics of a guest
    // whose memory moves are read from copies (docs/metrics.md).
    void note_wait() {
        if (options.windows == Windows::refused) [[unlikely]]
            options.metrics->copy_memory(memory.at(0, 0));
        if (heritage && heritage->accept()) [[unlikely]]
            heritage.reset();
    }
    // Detaches what the guest attached, and attaches it again.
    void suspend_links();
    Result<> resume_links();
    // Has SIGINT, SIGTERM and SIGHUP ask the guest to stop; each of them ends it from then on. `ignored` stay so.
    void ask_to_stop_by_signals(std::span<const int> ignored);
    // The next three are for a wait that interrupts.fd() ended. Each does first what was asked of the guest's thread
    // from outside; afterwards, what was known before may be gone.
    // Whether that was all, so that the wait goes on as if nothing had been.
    Result<bool> resume_wait();
    // The same; else runs the handlers.
    Result<Resumption> handle_interruption();
    // Runs the handlers; EINTR, or why the guest ends.
    [[nodiscard]] std::unexpected<Error> interrupted();

    HostOptions options;
    engine::Instance* instance = nullptr;
    GuestMemory memory;
    Interrupts interrupts;
    AlarmClock alarm_clock{[this] { interrupts.signal(SIGALRM); }};
    WindowFaults faults;
    MapCharges map_charges;
    ObjectCharges object_charges;
    bpf::Tokens tokens;
    HandleTable handles;
    std::shared_ptr<Heritage> heritage;  // of the version before, until this one waits; null mostly
    std::string last_error;
    bpf::MessageKeeper messages;  // of libbpf, for the guest's print function
    bool is_component = false;
    // Of a component that asks by itself whether it is to stop: signals that it handles say so, once.
    enum class Stop { by_signals, not_requested, requested } stop = Stop::by_signals;
    bool own_stdio[3] = {true, true, true};  // until the guest closes or renumbers it
    OutputWaits output_waits[3] = {};
};

// Every host function of the versions 0 and 1, as the engine takes them; `context` of the instance is the Host.
[[nodiscard]] std::vector<engine::HostImport> host_imports();
// WASI's calls on standard streams and on time, so that output is handed over at once and waits end when the guest is
// stopped.
[[nodiscard]] std::vector<engine::ShadowImport> wasi_shadows();

}  // namespace wasm_bpf::host_api
