#include "host_api/host.hpp"

#include <algorithm>
#include <array>

#include "bpf/btf_check.hpp"
#include "bpf/memory_file.hpp"
#include "bpf/pin.hpp"
#include "host_api/map_windows.hpp"

namespace wasm_bpf::host_api {

Result<std::unique_ptr<HostObject>> Host::open_object(std::span<const std::byte> elf,
                                                      bpf::ObjectOptions object_options) {
    for (const auto& path : {object_options.btf_path, object_options.token_path}) {
        if (path.empty()) continue;
        if (auto allowed = options.policy.check_read(path.native()); !allowed)
            return std::unexpected(std::move(allowed).error().in("open object"));
    }
    if (object_options.btf_path.empty()) {
        object_options.btf_path = options.btf_path;
    } else {
        auto copy = bpf::copy_checked_btf(object_options.btf_path);
        if (!copy) return std::unexpected(std::move(copy).error().in("open object"));
        object_options.btf_path = bpf::path_of(*copy);
        object_options.btf_file = std::make_shared<bpf::Fd>(std::move(*copy));
    }
    object_options.no_btf_reason = options.no_btf_reason;
    if (object_options.token_path.empty()) object_options.token_path = options.token_path;
    object_options.btf_store = options.btf_store;
    auto object = std::make_unique<HostObject>();
    auto file = object_charges.charge(options.policy, elf.size());
    if (!file) return std::unexpected(std::move(file).error().in("open object"));
    auto opened = bpf::Object::open(elf, std::move(object_options));
    if (!opened) return std::unexpected(std::move(opened).error());
    // libbpf keeps the initial values of global data, which may be longer than their file (.bss), from now on.
    std::uint64_t bytes = elf.size();
    for (const bpf::Map& map : (*opened)->maps()) bytes += map.initial_value().size();
    file->reset();
    auto all = object_charges.charge(options.policy, bytes);
    if (!all) return std::unexpected(std::move(all).error().in("open object"));
    object->charge = std::move(*all);
    object->object = std::move(*opened);
    return object;
}

Result<std::unique_ptr<HostObject>> Host::open_object(std::span<const std::byte> elf, std::string name) {
    bpf::ObjectOptions named;
    named.name = std::move(name);
    return open_object(elf, std::move(named));
}

Result<> Host::load_object(HostObject& object) {
    if (auto allowed = check_load(object); !allowed) return allowed;
    if (heritage) heritage->give_maps(object, options.log);
    auto arenas = prepare_windows(*this, object);
    if (!arenas) return std::unexpected(std::move(arenas).error());
    if (auto loaded = object.object->load(); !loaded) return loaded;
    return open_windows(*this, object, std::move(*arenas));
}

Result<> Host::admit_pin(std::string_view path) const {
    if (auto plain = bpf::check_pin_path(path); !plain) return plain;
    return options.policy.check_pin(path);
}

Result<Handle> Host::new_handle(HandleTable::Item item, Handle owner) {
    return handle_or_error(handles.add(std::move(item), owner));
}

Result<Handle> Host::handle_or_error(Handle handle) {
    if (handle >= 0) return handle;
    if (auto allowed = options.policy.check_handles(handles.count() + 1);
        !allowed && handles.count() < HandleTable::most())
        return std::unexpected(std::move(allowed).error());
    return fail(EMFILE, "the guest holds too many handles: close what it does not need");
}

bool Host::ends_guest(const Error& error) const {
    if (error.kind == ErrorKind::denied) return options.policy.on_denial() == policy::Policy::OnDenial::end_guest;
    return error.kind != ErrorKind::failed;
}

Result<std::span<std::byte>> Host::window_memory(std::uint32_t offset, std::uint64_t size, std::string_view what) {
    if (options.windows == Windows::refused)
        return fail(EOPNOTSUPP,
                    fmt::format("window of \"{}\": this host offers no windows (host_features says so): ring_read, "
                                "ring_write, map_read and map_write copy instead",
                                what));
    if (offset % page_size != 0 || size % page_size != 0 || size == 0)
        return fail(EINVAL, fmt::format("window of \"{}\": {} bytes at {:#x} are not whole pages of {}", what, size,
                                        offset, page_size));
    auto bytes = memory.bytes(offset, size, what);
    if (!bytes) return bytes;
    bool taken = handles.has_window(*bytes);
    handles.for_each<std::unique_ptr<RingSet>>([&](auto& ring) { taken |= ring->overlaps(*bytes); });
    handles.for_each<std::unique_ptr<HostObject>>([&](auto& object) {
        taken |= std::ranges::any_of(object->windows, [&](const Window& window) { return window.overlaps(*bytes); });
        taken |= std::ranges::any_of(object->bindings, [&](const HostObject::Binding& bound) {
            return bound.offset < offset + size && offset < std::uint64_t{bound.offset} + bound.size_bytes;
        });
    });
    if (taken)
        return fail(EBUSY, fmt::format("window of \"{}\": the memory at {:#x} is a window already", what, offset));
    return bytes;
}

bool Host::shares_pointers() const {
    const std::byte* start = memory.at(0, 0);
    return start != nullptr && static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(start)) == 0;
}

Result<> Host::checkpoint() {
    if (interrupts.stopped()) return interrupts.ending();
    if (faults.seen.exchange(false)) return fail(EFAULT, std::string(window_fault_text(faults.kind)), ErrorKind::trap);
    if (auto done = interrupts.run_tasks(Interrupts::TaskPlace::anywhere); !done) return done;
    if (interrupts.stopped()) return interrupts.ending();
    // Where the engine cannot, the handlers run in the guest's next wait.
    if (!interrupts.pending() || !instance->can_call_at_checkpoints()) return {};
    if (auto ran = run_handlers(); !ran) return std::unexpected(std::move(ran).error());
    return {};
}

namespace {

constexpr int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};

}  // namespace

void Host::ask_to_stop_by_signals(std::span<const int> ignored) {
    stop = Stop::not_requested;
    for (const int number : stop_signals)
        if (std::ranges::find(ignored, number) == ignored.end())
            interrupts.set_action(number, {.kind = SignalAction::Kind::handle});
}

Result<Host::Resumption> Host::run_handlers() {
    Resumption resumption = Resumption::restart;
    while (const auto taken = interrupts.take()) {
        if (stop != Stop::by_signals) {
            stop = Stop::requested;
            for (const int number : stop_signals)
                if (interrupts.action(number).kind == SignalAction::Kind::handle) interrupts.set_action(number, {});
            resumption = Resumption::interrupted;
            continue;
        }
        const std::array<std::int32_t, 3> arguments{taken->number, 0, 0};
        auto ran = taken->function != 0 ? instance->call_table(taken->function, arguments)
                                        : instance->call_export("wasm_bpf_signal", std::span(arguments).first<1>());
        interrupts.set_blocked(taken->blocked_before);
        if (!ran) {
            Error error = std::move(ran).error().in(fmt::format("handle signal {}", taken->number));
            if (error.kind == ErrorKind::failed) error.kind = ErrorKind::trap;
            return std::unexpected(std::move(error));
        }
        if (!taken->restarts) resumption = Resumption::interrupted;
    }
    if (interrupts.stopped()) return interrupts.ending();
    return resumption;
}

void Host::suspend_links() {
    handles.for_each<bpf::Link>([](bpf::Link& link) { link.suspend(); });
}

Result<> Host::resume_links() {
    Result<> resumed;
    handles.for_each<bpf::Link>([&](bpf::Link& link) {
        if (resumed) resumed = link.resume();
    });
    return resumed;
}

Result<bool> Host::resume_wait() {
    if (auto done = interrupts.run_tasks(Interrupts::TaskPlace::in_waits); !done)
        return std::unexpected(std::move(done).error());
    return !interrupts.pending();
}

Result<Host::Resumption> Host::handle_interruption() {
    auto resumes = resume_wait();
    if (!resumes) return std::unexpected(std::move(resumes).error());
    return *resumes ? Resumption::restart : run_handlers();
}

std::unexpected<Error> Host::interrupted() {
    if (auto resumes = resume_wait(); !resumes) return std::unexpected(std::move(resumes).error());
    if (auto ran = run_handlers(); !ran) return std::unexpected(std::move(ran).error());
    return fail(EINTR, "interrupted by a signal");
}

}  // namespace wasm_bpf::host_api
