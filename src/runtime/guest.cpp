#include "runtime/guest.hpp"

#include <poll.h>

#include <cerrno>

#include "guest_abi/imports.hpp"
#include "host_api/output.hpp"

namespace wasm_bpf::runtime {
Result<std::unique_ptr<Guest>> Guest::load(engine::Engine& engine, const engine::Module& module, GuestOptions options) {
    auto guest = std::unique_ptr<Guest>(new Guest(std::move(options.host)));
    host_api::Host& host = guest->host_;
    host.faults.interrupt = [](void* context) { static_cast<engine::Engine*>(context)->interrupt(); };
    host.faults.interrupt_context = &engine;
    host.interrupts.interrupt_engine = [&engine] { engine.interrupt(); };
    if (!engine.keeps_memory_in_place()) host.options.windows = host_api::Windows::refused;
    for (const int number : options.ignored_signals)
        if (number >= 1 && number <= host_api::max_signal)
            host.interrupts.set_action(number, {.kind = host_api::SignalAction::Kind::ignore});
    if (module.imports_interface("wasm-bpf:bpf/lifecycle")) host.ask_to_stop_by_signals(options.ignored_signals);
    engine::InstanceOptions instance_options{
        .wasi = std::move(options.wasi),
        .memory_limit_bytes = options.memory_limit_bytes,
        .context = &host,
        .imports = host_api::host_imports(),
        .shadows = host_api::wasi_shadows(),
        .interface_module = guest_abi::version_1,
        .stop_requested = [&host] { return host.stop == host_api::Host::Stop::requested; },
        .write_output =
            [&host](int fd, std::span<const std::byte> bytes) { return host_api::write_all_output(host, fd, bytes); },
        .interrupt_fd = host.interrupts.fd(),
        .checkpoint = [&host] { return host.checkpoint(); },
        .memory_bytes = &host.options.metrics->counts.memory_bytes,
    };
    if (options.own_imports) instance_options.own_imports = options.own_imports(host);
    if (options.runs_libraries && module.kind() == engine::ModuleKind::module && !module.exports("_start")) {
        guest->is_library_ = true;
        guest->entry_ = module.exports("_initialize") ? "_initialize" : "";
    }
    host.is_component = module.kind() == engine::ModuleKind::component;
    auto instance = engine.instantiate(module, std::move(instance_options));
    if (!instance) return std::unexpected(std::move(instance).error());
    guest->instance_ = std::move(*instance);
    host.instance = guest->instance_.get();
    host.memory.bind(*guest->instance_);
    return guest;
}

engine::Ending Guest::run() {
    host_.options.metrics->enter_thread();
    engine::Ending ending = run_start();
    host_.options.metrics->leave_thread();
    const int signal = host_.interrupts.ending_signal();
    if (ending.error && ending.error->kind == ErrorKind::stopped && signal != 0) ending.exit_code = 128 + signal;
    return ending;
}

engine::Ending Guest::run_start() {
    if (auto go_on = host_.checkpoint(); !go_on)
        return {.error = std::move(go_on).error(), .stack = {}, .fault_offset = {}};
    engine::Ending ending = instance_->run(entry_);
    if (is_library_ && !ending.error) ending = serve();
    if (ending.fault_offset)
        if (const auto kind = host_api::window_at(instance_->memory().data() + *ending.fault_offset))
            ending.error->message = host_api::window_fault_text(*kind);
    // A store by host code just before the end passes no checkpoint any more, and is the cause of what came after it.
    if (host_.faults.seen.exchange(false))
        ending.error = Error{EFAULT, std::string(host_api::window_fault_text(host_.faults.kind)), ErrorKind::trap};
    return ending;
}

engine::Ending Guest::serve() {
    const auto ended = [&](Error error) {
        if (auto by_guest = instance_->take_ending()) return std::move(*by_guest);
        return engine::Ending{.error = std::move(error), .stack = {}, .fault_offset = {}};
    };
    pollfd watched{host_.interrupts.fd(), POLLIN, 0};
    host_.note_wait();
    for (;;) {
        if (::poll(&watched, 1, -1) < 0 && errno != EINTR) return ended(errno_error(errno, "wait"));
        auto resumes = host_.resume_wait();
        if (!resumes) return ended(std::move(resumes).error());
        if (*resumes) continue;
        if (auto ran = host_.run_handlers(); !ran) return ended(std::move(ran).error());
    }
}

void Guest::ask(host_api::Interrupts::TaskPlace place, host_api::Interrupts::Task task) {
    host_.interrupts.ask(place, std::move(task));
}

void Guest::stop() noexcept { host_.interrupts.stop(); }

bool Guest::signal(int number) noexcept { return host_.interrupts.signal(number); }

}  // namespace wasm_bpf::runtime
