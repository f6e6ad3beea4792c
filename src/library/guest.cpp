#include "wasm_bpf/guest.hpp"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "host_api/alarm_clock.hpp"
#include "library/impl.hpp"
#include "library/output_buffer.hpp"
#include "library/own_imports.hpp"
#include "policy/policy.hpp"
#include "runtime/grants.hpp"
#include "runtime/guest.hpp"
#include "runtime/privilege.hpp"

namespace wasm_bpf {
namespace {

using TaskPlace = host_api::Interrupts::TaskPlace;

std::unexpected<Error> not_running(std::string_view what) {
    return fail(ESRCH, std::string(what) + ": the guest is not running");
}

std::unexpected<Error> ended_before(std::string_view what) {
    return fail(ESRCH, std::string(what) + ": the guest ended before");
}

// A thread that leaves every signal of the process to the embedder's own threads.
std::thread start_thread(std::function<void()> body) {
    sigset_t all, before;
    sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP}) sigdelset(&all, fault);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(body));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

}  // namespace

struct Guest::Impl {
    Impl(Module guest_module, GuestOptions guest_options)
        : module(std::move(guest_module)),
          options(std::move(guest_options)),
          output(options.output.limit_bytes_),
          error_output(options.error.limit_bytes_) {}
    ~Impl() {
        stop();
        if (thread.joinable()) thread.join();
    }

    Result<std::unique_ptr<runtime::Guest>> load();
    Result<> start();
    Result<> pause(Links links);
    Result<> resume();
    void stop() noexcept;
    Result<Ending> wait(std::optional<std::chrono::milliseconds> time);
    Result<std::vector<Value>> call(std::string_view name, std::span<const Value> arguments);

    // On the guest's thread.
    void run();
    Ending run_to_end();
    Result<> stand_still(Links links);
    [[nodiscard]] host_api::Stdio stdio();

    const Module module;
    const GuestOptions options;
    OutputBuffer output, error_output;

    mutable std::mutex mutex;
    std::condition_variable changed;
    State state = State::ready;
    std::unique_ptr<runtime::Guest> guest;  // null once it has ended
    std::uint64_t pauses = 0;               // that took effect
    std::uint64_t runs = 0;                 // that ended
    bool pausing = false;                   // one was asked for
    bool resumes = false;                   // one is to end
    std::optional<Error> resume_error;
    bool stopping = false;
    bool timed_out = false;
    std::optional<Ending> ending;
    std::thread thread;
};

namespace {

host_api::Stdio::Sink sink_of(std::function<void(std::string_view)> sink) {
    return [sink = std::move(sink)](std::span<const std::byte> bytes) {
        sink({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    };
}

}  // namespace

host_api::Stdio Guest::Impl::stdio() {
    const auto sink = [](const Output& where, OutputBuffer& buffer) -> host_api::Stdio::Sink {
        switch (where.kind_) {
            case Output::Kind::inherited: return nullptr;
            case Output::Kind::sink: return sink_of(where.sink_);
            case Output::Kind::buffer: return sink_of([&buffer](std::string_view text) { buffer.add(text); });
            case Output::Kind::none: break;
        }
        return [](std::span<const std::byte>) {};
    };
    return {.input_fd = options.input.fd_,
            .output = sink(options.output, output),
            .error = sink(options.error, error_output)};
}

Result<std::unique_ptr<runtime::Guest>> Guest::Impl::load() {
    const policy::Policy& policy = *options.policy.policy_;
    auto wasi = runtime::granted_by(policy);
    if (!wasi) return std::unexpected(std::move(wasi).error());
    wasi->arguments.push_back(module.name());
    wasi->arguments.insert(wasi->arguments.end(), options.arguments.begin(), options.arguments.end());
    wasi->environment.insert(wasi->environment.end(), options.environment.begin(), options.environment.end());
    for (const GuestDirectory& directory : options.directories) {
        if (auto checked = runtime::check_directory(directory.host_path); !checked)
            return std::unexpected(std::move(checked).error());
        wasi->directories.push_back(
            {.host_path = directory.host_path,
             .guest_path = directory.guest_path.empty() ? directory.host_path.string() : directory.guest_path,
             .access =
                 directory.writable ? engine::Directory::Access::read_write : engine::Directory::Access::read_only});
    }
    const Module::Impl& compiled = *module.impl_;
    const Runtime::Impl& runtime = *compiled.runtime;
    const bool windows = runtime.options.windows && options.windows;
    return runtime::Guest::load(
        *runtime.engine, *compiled.module,
        {.wasi = std::move(*wasi),
         .memory_limit_bytes = policy.limit(policy::RuleId::memory),
         .host = {.policy = policy,
                  .log = options.log ? options.log : [](LogLevel, std::string_view) {},
                  .btf_path = options.btf_path.empty() ? compiled.carried_btf : options.btf_path,
                  .no_btf_reason = compiled.no_btf_reason,
                  .token_path = options.token_path,
                  .btf_store = runtime.kernel_types,
                  .windows = windows ? host_api::Windows::offered : host_api::Windows::refused,
                  .stdio = stdio()},
         .ignored_signals = {},
         .own_imports = [this](host_api::Host& host) { return OwnImports::of(options.functions, host); },
         .runs_libraries = true});
}

Result<> Guest::Impl::start() {
    std::unique_lock lock(mutex);
    if (state == State::running || state == State::paused) return fail(EBUSY, "start: the guest is running");
    if (thread.joinable()) thread.join();  // of the run before: it has said its last
    if (!guest) {
        auto loaded = load();
        if (!loaded) return std::unexpected(std::move(loaded).error());
        guest = std::move(*loaded);
        stopping = false;
    }
    output.clear();
    error_output.clear();
    pausing = resumes = timed_out = false;
    ending.reset();
    state = State::running;
    thread = start_thread([this] { run(); });
    return {};
}

Ending Guest::Impl::run_to_end() {
    if (options.drop_privileges) {
        const bool writes = std::ranges::any_of(options.directories, [](const auto& each) { return each.writable; });
        auto dropped = runtime::give_up_privileges({.policy = *options.policy.policy_,
                                                    .reads_directories = !options.directories.empty(),
                                                    .writes_directories = writes});
        if (!dropped) return {.error = std::move(dropped).error()};
    }
    host_api::AlarmClock clock([this] {
        {
            const std::scoped_lock lock(mutex);
            timed_out = true;
        }
        stop();
    });
    const auto time = options.policy.policy_->time();
    if (time) clock.set(*time, {});
    engine::Ending ended = guest->run();
    Ending told{ended.exit_code, std::move(ended.error), std::move(ended.stack)};
    const std::scoped_lock lock(mutex);
    if (timed_out && told.error && told.error->kind == ErrorKind::stopped)
        told.error = Error{ETIMEDOUT, "the guest's time is over", ErrorKind::stopped};
    return told;
}

void Guest::Impl::run() {
    Ending told = run_to_end();
    std::unique_ptr<runtime::Guest> over;
    {
        const std::scoped_lock lock(mutex);
        over = std::move(guest);
    }
    over.reset();  // on its own thread; what it attached is gone before anybody is told that it ended
    const std::scoped_lock lock(mutex);
    ending = std::move(told);
    state = State::ended;
    runs++;
    changed.notify_all();
}

Result<> Guest::Impl::stand_still(Links links) {
    host_api::Host& host = guest->host();
    if (links == Links::detached) host.suspend_links();
    {
        std::unique_lock lock(mutex);
        pausing = false;
        if (stopping) return {};
        state = State::paused;
        pauses++;
        changed.notify_all();
        changed.wait(lock, [this] { return resumes || stopping; });
        if (stopping) return {};  // it ends without being attached again
    }
    Result<> attached = links == Links::detached ? host.resume_links() : Result<>();
    const std::scoped_lock lock(mutex);
    resumes = false;
    resume_error = attached ? std::nullopt : std::optional(attached.error());
    state = State::running;
    changed.notify_all();
    return attached;
}

Result<> Guest::Impl::pause(Links links) {
    std::unique_lock lock(mutex);
    if (state == State::paused) return fail(EALREADY, "pause: the guest is paused");
    if (state != State::running || !guest) return not_running("pause");
    const std::uint64_t before = pauses, run = runs;
    if (!std::exchange(pausing, true)) guest->ask(TaskPlace::anywhere, [this, links] { return stand_still(links); });
    changed.wait(lock, [&] { return pauses != before || runs != run; });
    if (pauses == before) return ended_before("pause");
    return {};
}

Result<> Guest::Impl::resume() {
    std::unique_lock lock(mutex);
    if (state != State::paused) return not_running("resume: it is not paused, and");
    const std::uint64_t run = runs;
    resumes = true;
    changed.notify_all();
    changed.wait(lock, [&] { return !resumes || runs != run; });
    if (resumes) return ended_before("resume");
    if (resume_error) return std::unexpected(*resume_error);
    return {};
}

void Guest::Impl::stop() noexcept {
    const std::scoped_lock lock(mutex);
    stopping = true;
    if (guest) guest->stop();
    changed.notify_all();
}

Result<Ending> Guest::Impl::wait(std::optional<std::chrono::milliseconds> time) {
    std::unique_lock lock(mutex);
    if (state == State::ready) return fail(ESRCH, "wait: the guest was not started");
    const auto over = [this] { return state == State::ended; };
    if (!time)
        changed.wait(lock, over);
    else if (!changed.wait_for(lock, *time, over))
        return fail(ETIMEDOUT, "wait: the guest still runs");
    return *ending;
}

Result<std::vector<Value>> Guest::Impl::call(std::string_view name, std::span<const Value> arguments) {
    // It may be done after this call gave up on it.
    struct Request {
        std::string name;
        std::vector<Value> arguments;
        std::optional<Result<std::vector<Value>>> result{};
    };
    const auto request =
        std::make_shared<Request>(Request{std::string(name), std::vector(arguments.begin(), arguments.end())});
    std::unique_lock lock(mutex);
    if (state == State::ready || state == State::ended || !guest) return not_running("call");
    const std::uint64_t run = runs;
    guest->ask(TaskPlace::in_waits, [this, request]() -> Result<> {
        auto result = call_guest(guest->instance(), request->name, request->arguments);
        Result<> go_on;
        if (!result && result.error().kind != ErrorKind::failed) go_on = std::unexpected(result.error());
        const std::scoped_lock done(mutex);
        request->result = std::move(result);
        changed.notify_all();
        return go_on;
    });
    changed.wait(lock, [&] { return request->result || runs != run; });
    if (!request->result) return ended_before("call");
    return std::move(*request->result);
}

Guest::Guest(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Guest::Guest(Guest&&) noexcept = default;
Guest& Guest::operator=(Guest&&) noexcept = default;
Guest::~Guest() = default;

Result<Guest> Guest::create(const Module& module, GuestOptions options) {
    if (auto checked = check_functions(options.functions); !checked)
        return std::unexpected(std::move(checked).error().in(module.name()));
    auto impl = std::make_unique<Impl>(module, std::move(options));
    auto loaded = impl->load();
    if (!loaded) return std::unexpected(std::move(loaded).error().in(module.name()));
    impl->guest = std::move(*loaded);
    return Guest(std::move(impl));
}

Guest::State Guest::state() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->state;
}

Result<> Guest::start() { return impl_->start(); }
Result<> Guest::pause(Links links) { return impl_->pause(links); }
Result<> Guest::resume() { return impl_->resume(); }
void Guest::stop() noexcept { impl_->stop(); }

void Guest::signal(int number) noexcept {
    const std::scoped_lock lock(impl_->mutex);
    if (impl_->guest) impl_->guest->signal(number);
}

Result<Ending> Guest::wait() { return impl_->wait(std::nullopt); }
Result<Ending> Guest::wait_for(std::chrono::milliseconds time) { return impl_->wait(time); }

Result<std::vector<Value>> Guest::call(std::string_view name, std::span<const Value> arguments) {
    return impl_->call(name, arguments);
}

BufferedOutput Guest::output() const { return impl_->output.content(); }
BufferedOutput Guest::error_output() const { return impl_->error_output.content(); }
const Module& Guest::module() const { return impl_->module; }

}  // namespace wasm_bpf
