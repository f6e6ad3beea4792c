#include "library/guest_run.hpp"

#include <signal.h>

#include <algorithm>
#include <cerrno>

#include "host_api/alarm_clock.hpp"
#include "host_api/heritage.hpp"
#include "library/own_imports.hpp"
#include "policy/policy.hpp"
#include "runtime/grants.hpp"
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

Result<engine::WasiOptions> wasi_of(const std::string& name, const GuestOptions& options,
                                    const policy::Policy& policy) {
    auto wasi = runtime::granted_by(policy);
    if (!wasi) return wasi;
    wasi->arguments.push_back(name);
    wasi->arguments.insert(wasi->arguments.end(), options.arguments.begin(), options.arguments.end());
    wasi->environment.insert(wasi->environment.end(), options.environment.begin(), options.environment.end());
    using Access = engine::Directory::Access;
    for (const GuestDirectory& directory : options.directories) {
        if (auto checked = runtime::check_directory(directory.host_path); !checked)
            return std::unexpected(std::move(checked).error());
        const std::string& seen_as = directory.guest_path.empty() ? directory.host_path.native() : directory.guest_path;
        wasi->directories.push_back({.host_path = directory.host_path,
                                     .guest_path = seen_as,
                                     .access = directory.writable ? Access::read_write : Access::read_only});
    }
    return wasi;
}

}  // namespace

Result<std::unique_ptr<GuestRun>> GuestRun::load(const Module::Impl& module, const GuestOptions& options,
                                                 const policy::Policy& policy, host_api::Stdio stdio,
                                                 std::shared_ptr<metrics::Registry> metrics,
                                                 std::shared_ptr<const void> kept) {
    auto wasi = wasi_of(module.name, options, policy);
    if (!wasi) return std::unexpected(std::move(wasi).error());
    const Runtime::Impl& runtime = *module.runtime;
    const bool windows = runtime.options.windows && options.windows;
    auto guest = runtime::Guest::load(
        *runtime.engine, *module.module,
        {.wasi = std::move(*wasi),
         .memory_limit_bytes = policy.limit(policy::RuleId::memory),
         .host = {.policy = policy,
                  .log = options.log ? options.log : [](LogLevel, std::string_view) {},
                  .btf_path = options.btf_path.empty() ? module.carried_btf : options.btf_path,
                  .no_btf_reason = module.no_btf_reason,
                  .token_path = options.token_path,
                  .btf_store = runtime.kernel_types,
                  .windows = windows ? host_api::Windows::offered : host_api::Windows::refused,
                  .stdio = std::move(stdio),
                  .keeps_attachments = true,
                  .metrics = std::move(metrics)},
         .ignored_signals = {},
         .own_imports = [&options](host_api::Host& host) { return OwnImports::of(options.functions, host); },
         .runs_libraries = true});
    if (!guest) return std::unexpected(std::move(guest).error());
    auto run = std::unique_ptr<GuestRun>(new GuestRun(options, policy));
    run->guest_ = std::move(*guest);
    run->kept_ = std::move(kept);
    return run;
}

GuestRun::~GuestRun() {
    stop();
    if (thread_.joinable()) thread_.join();
}

void GuestRun::start() {
    const std::scoped_lock lock(mutex_);
    state_ = Guest::State::running;
    thread_ = start_thread([this] { run(); });
}

Guest::State GuestRun::state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
}

Ending GuestRun::run_to_end() {
    if (options_.drop_privileges) {
        const bool writes = std::ranges::any_of(options_.directories, [](const auto& each) { return each.writable; });
        auto dropped = runtime::give_up_privileges(
            {.policy = policy_, .reads_directories = !options_.directories.empty(), .writes_directories = writes});
        if (!dropped) return {.error = std::move(dropped).error()};
    }
    host_api::AlarmClock clock([this] {
        {
            const std::scoped_lock lock(mutex_);
            timed_out_ = true;
        }
        stop();
    });
    if (const auto time = policy_.time()) clock.set(*time, {});
    engine::Ending ended = guest_->run();
    Ending told{ended.exit_code, std::move(ended.error), std::move(ended.stack)};
    const std::scoped_lock lock(mutex_);
    if (timed_out_ && told.error && told.error->kind == ErrorKind::stopped)
        told.error = Error{ETIMEDOUT, "the guest's time is over", ErrorKind::stopped};
    return told;
}

// The guest ends on its own thread, and what it attached is gone before anybody is told that it ended.
void GuestRun::run() {
    Ending told = run_to_end();
    give_back();
    std::unique_ptr<runtime::Guest> over;
    {
        const std::scoped_lock lock(mutex_);
        over = std::move(guest_);
    }
    over.reset();
    bool is_told = true;
    {
        const std::scoped_lock lock(mutex_);
        ending_ = told;
        is_told = !replaced_ && (accepted_ || !in_place_of_another_);
        state_ = Guest::State::ended;
        changed_.notify_all();
    }
    if (is_told && options_.on_end) options_.on_end(told);
}

Result<> GuestRun::stand_still() {
    host_api::Host& host = guest_->host();
    Guest::Links links;
    {
        const std::scoped_lock lock(mutex_);
        if (!std::exchange(pausing_, false)) return {};  // it did already
        links = pause_links_;
    }
    if (links == Guest::Links::detached) host.suspend_links();
    {
        std::unique_lock lock(mutex_);
        if (stopping_) return {};
        state_ = Guest::State::paused;
        pauses_++;
        changed_.notify_all();
        changed_.wait(lock, [this] { return resumes_ || stopping_; });
        if (stopping_) return {};  // it ends without being attached again
    }
    Result<> attached = links == Guest::Links::detached ? host.resume_links() : Result<>();
    const std::scoped_lock lock(mutex_);
    resumes_ = false;
    resume_error_ = attached ? std::nullopt : std::optional(attached.error());
    state_ = Guest::State::running;
    changed_.notify_all();
    return attached;
}

Result<> GuestRun::await_pause(std::unique_lock<std::mutex>& lock, Guest::Links links, bool in_wait_first) {
    if (state_ == Guest::State::paused) return fail(EALREADY, "pause: the guest is paused");
    if (state_ != Guest::State::running || !guest_) return not_running("pause");
    const std::uint64_t before = pauses_;
    const auto over = [&] { return pauses_ != before || state_ == Guest::State::ended; };
    pausing_ = true;
    pause_links_ = links;
    const auto task = [this] { return stand_still(); };
    constexpr std::chrono::seconds patience{1};
    if (in_wait_first) guest_->ask(TaskPlace::in_waits, task);
    if (!in_wait_first || !changed_.wait_for(lock, patience, over)) {
        if (guest_) guest_->ask(TaskPlace::anywhere, task);
        changed_.wait(lock, over);
    }
    return pauses_ != before ? Result<>() : ended_before("pause");
}

Result<> GuestRun::pause(Guest::Links links) {
    std::unique_lock lock(mutex_);
    return await_pause(lock, links, false);
}

Result<> GuestRun::resume() {
    std::unique_lock lock(mutex_);
    if (state_ != Guest::State::paused) return fail(ESRCH, "resume: the guest is not paused");
    resumes_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !resumes_ || state_ == Guest::State::ended; });
    if (resumes_) return ended_before("resume");
    if (resume_error_) return std::unexpected(*resume_error_);
    return {};
}

void GuestRun::stop() noexcept {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    if (guest_) guest_->stop();
    changed_.notify_all();
}

void GuestRun::signal(int number) noexcept {
    const std::scoped_lock lock(mutex_);
    if (guest_) guest_->signal(number);
}

Result<Ending> GuestRun::wait(std::optional<std::chrono::milliseconds> time) {
    std::unique_lock lock(mutex_);
    if (state_ == Guest::State::ready) return fail(ESRCH, "wait: the guest was not started");
    const auto over = [this] { return state_ == Guest::State::ended; };
    if (!time)
        changed_.wait(lock, over);
    else if (!changed_.wait_for(lock, *time, over))
        return fail(ETIMEDOUT, "wait: the guest still runs");
    return *ending_;
}

Result<std::vector<Value>> GuestRun::call(std::string_view name, std::span<const Value> arguments) {
    // It may be done after this call gave up on it.
    struct Request {
        std::string name;
        std::vector<Value> arguments;
        std::optional<Result<std::vector<Value>>> result{};
    };
    const auto request =
        std::make_shared<Request>(Request{std::string(name), std::vector(arguments.begin(), arguments.end())});
    std::unique_lock lock(mutex_);
    if (state_ == Guest::State::ready || state_ == Guest::State::ended || !guest_) return not_running("call");
    guest_->ask(TaskPlace::in_waits, [this, request]() -> Result<> {
        auto result = call_guest(guest_->instance(), request->name, request->arguments);
        Result<> go_on;
        if (!result && result.error().kind != ErrorKind::failed) go_on = std::unexpected(result.error());
        const std::scoped_lock done(mutex_);
        request->result = std::move(result);
        changed_.notify_all();
        return go_on;
    });
    changed_.wait(lock, [&] { return request->result || state_ == Guest::State::ended; });
    if (!request->result) return ended_before("call");
    return std::move(*request->result);
}

Result<> GuestRun::start_in_place_of(GuestRun& old, std::chrono::milliseconds time) {
    {
        std::unique_lock lock(old.mutex_);
        if (auto paused = old.await_pause(lock, Guest::Links::attached, true); !paused) return paused;
    }
    in_place_of_another_ = true;
    // The old guest's thread stands still now, until it is resumed or stopped below.
    guest_->host().heritage = std::make_shared<host_api::Heritage>(old.guest_->host(), [this] {
        const std::scoped_lock lock(mutex_);
        accepted_ = !refused_;
        changed_.notify_all();
        return accepted_;
    });
    start();
    std::unique_lock lock(mutex_);
    const bool in_time = changed_.wait_for(lock, time, [this] { return accepted_ || state_ == Guest::State::ended; });
    if (accepted_) {
        lock.unlock();
        {
            const std::scoped_lock old_lock(old.mutex_);
            old.replaced_ = true;
        }
        old.stop();
        std::ignore = old.wait(std::nullopt);
        return {};
    }
    refused_ = true;
    lock.unlock();
    stop();
    const Ending ended = wait(std::nullopt).value();
    if (auto resumed = old.resume(); !resumed) return std::unexpected(std::move(resumed).error().in("replace"));
    if (!in_time) return fail(ETIMEDOUT, "replace: the new version did not come to wait for anything in time");
    if (ended.error) return std::unexpected(Error(*ended.error).in("replace: the new version ended"));
    return fail(ESRCH, "replace: the new version ended, with exit code " + std::to_string(ended.exit_code) +
                           ", before it waited for anything");
}

void GuestRun::give_back() {
    const auto heritage = std::exchange(guest_->host().heritage, nullptr);
    if (!heritage) return;
    auto back = heritage->take_back(guest_->host().handles);
    if (!back && options_.log) options_.log(LogLevel::error, back.error().message);
}

}  // namespace wasm_bpf
