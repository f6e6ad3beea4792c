#include "wasm_bpf/guest.hpp"

#include <cerrno>
#include <mutex>

#include "library/guest_run.hpp"
#include "library/output_buffer.hpp"
#include "library/own_imports.hpp"
#include "policy/policy.hpp"

namespace wasm_bpf {

struct Guest::Impl {
    // What a run is of.
    struct Version {
        Module module;
        GuestOptions options;
        std::shared_ptr<metrics::Registry> metrics = std::make_shared<metrics::Registry>();
    };

    Impl(Module module, GuestOptions options)
        : output(options.output.limit_bytes_),
          error_output(options.error.limit_bytes_),
          version(std::make_shared<const Version>(std::move(module), std::move(options))) {}

    Result<std::unique_ptr<GuestRun>> load(const std::shared_ptr<const Version>& of);
    Result<> start();
    Result<> replace(const Module& next, GuestOptions options, std::chrono::milliseconds time);

    // What is there now; used without the mutex, so that nobody waits for who waits.
    std::shared_ptr<GuestRun> current() const {
        const std::scoped_lock lock(mutex);
        return run;
    }

    OutputBuffer output, error_output;
    mutable std::mutex mutex;
    bool changing = false;  // started or replaced
    std::shared_ptr<const Version> version;
    std::shared_ptr<GuestRun> run;
};

namespace {

host_api::Stdio::Sink sink_of(std::function<void(std::string_view)> sink) {
    return [sink = std::move(sink)](std::span<const std::byte> bytes) {
        sink({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    };
}

}  // namespace

Result<std::unique_ptr<GuestRun>> Guest::Impl::load(const std::shared_ptr<const Version>& of) {
    const auto sink = [](const Output& where, OutputBuffer& buffer) -> host_api::Stdio::Sink {
        switch (where.kind_) {
            case Output::Kind::inherited: return nullptr;
            case Output::Kind::sink: return sink_of(where.sink_);
            case Output::Kind::buffer: return sink_of([&buffer](std::string_view text) { buffer.add(text); });
            case Output::Kind::none: break;
        }
        return [](std::span<const std::byte>) {};
    };
    const GuestOptions& options = of->options;
    return GuestRun::load(*of->module.impl_, options, *options.policy.policy_,
                          {.input_fd = options.input.fd_,
                           .output = sink(options.output, output),
                           .error = sink(options.error, error_output)},
                          of->metrics, of);
}

namespace {

// One at a time changes what runs; others that want to are refused, and do not wait.
class Changing {
public:
    static Result<std::unique_ptr<Changing>> begin(Guest::Impl& guest, std::string_view what) {
        const std::scoped_lock lock(guest.mutex);
        if (std::exchange(guest.changing, true))
            return fail(EBUSY, std::string(what) + ": another thread is starting or replacing the guest");
        return std::unique_ptr<Changing>(new Changing(guest));
    }
    ~Changing() {
        const std::scoped_lock lock(guest_.mutex);
        guest_.changing = false;
    }

private:
    explicit Changing(Guest::Impl& guest) : guest_(guest) {}
    Guest::Impl& guest_;
};

}  // namespace

Result<> Guest::Impl::start() {
    const auto changing_now = Changing::begin(*this, "start");
    if (!changing_now) return std::unexpected(changing_now.error());
    std::shared_ptr<GuestRun> next = current();
    const State state = next->state();
    if (state == State::running || state == State::paused) return fail(EBUSY, "start: the guest is running");
    if (state == State::ended) {
        auto loaded = load(version);
        if (!loaded) return std::unexpected(std::move(loaded).error());
        next = std::move(*loaded);
        version->metrics->counts.restarts++;
        const std::scoped_lock lock(mutex);
        run = next;
    }
    output.clear();
    error_output.clear();
    next->start();
    return {};
}

Result<> Guest::Impl::replace(const Module& next, GuestOptions options, std::chrono::milliseconds time) {
    if (auto checked = check_functions(options.functions); !checked)
        return std::unexpected(std::move(checked).error().in(next.name()));
    const auto changing_now = Changing::begin(*this, "replace");
    if (!changing_now) return std::unexpected(changing_now.error());
    auto new_version = std::make_shared<const Version>(next, std::move(options));
    auto loaded = load(new_version);
    if (!loaded) return std::unexpected(std::move(loaded).error().in(next.name()));
    std::shared_ptr<GuestRun> old = current(), made = std::move(*loaded);
    if (auto started = made->start_in_place_of(*old, time); !started) return started;
    const std::scoped_lock lock(mutex);
    run = std::move(made);
    version = std::move(new_version);
    return {};
}

Guest::Guest(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Guest::Guest(Guest&&) noexcept = default;
Guest& Guest::operator=(Guest&&) noexcept = default;
Guest::~Guest() = default;

Result<Guest> Guest::create(const Module& module, GuestOptions options) {
    if (auto checked = check_functions(options.functions); !checked)
        return std::unexpected(std::move(checked).error().in(module.name()));
    auto impl = std::make_unique<Impl>(module, std::move(options));
    auto loaded = impl->load(impl->version);
    if (!loaded) return std::unexpected(std::move(loaded).error().in(module.name()));
    impl->run = std::move(*loaded);
    return Guest(std::move(impl));
}

Guest::State Guest::state() const { return impl_->current()->state(); }
Result<> Guest::start() { return impl_->start(); }
Result<> Guest::replace(const Module& next, GuestOptions options, std::chrono::milliseconds time) {
    return impl_->replace(next, std::move(options), time);
}
Result<> Guest::pause(Links links) { return impl_->current()->pause(links); }
Result<> Guest::resume() { return impl_->current()->resume(); }
void Guest::stop() noexcept { impl_->current()->stop(); }
void Guest::signal(int number) noexcept { impl_->current()->signal(number); }
Result<Ending> Guest::wait() { return impl_->current()->wait(std::nullopt); }
Result<Ending> Guest::wait_for(std::chrono::milliseconds time) { return impl_->current()->wait(time); }

Result<std::vector<Value>> Guest::call(std::string_view name, std::span<const Value> arguments) {
    return impl_->current()->call(name, arguments);
}

BufferedOutput Guest::output() const { return impl_->output.content(); }
BufferedOutput Guest::error_output() const { return impl_->error_output.content(); }

std::vector<MetricFamily> Guest::metrics() const {
    std::shared_ptr<const Impl::Version> version;
    {
        const std::scoped_lock lock(impl_->mutex);
        version = impl_->version;
    }
    return version->metrics->read();
}

Module Guest::module() const {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->version->module;
}

}  // namespace wasm_bpf
