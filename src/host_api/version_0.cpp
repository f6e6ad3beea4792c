// Version 0: what modules built for the older wasm-bpf runtimes import, in C, Rust and Go. Such guests have no call for
// an error's text, so every failure is said through the log.

#include <linux/bpf.h>
#include <poll.h>

#include <cerrno>

#include "guest_abi/imports.hpp"
#include "host_api/attach_options.hpp"
#include "host_api/binding.hpp"
#include "host_api/deadline.hpp"
#include "host_api/element_call.hpp"
#include "host_api/version_1.hpp"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;
using I64 = Result<std::int64_t>;

// Logs why a call failed; what ends the guest is said by whoever runs it.
std::unexpected<Error> said(Host& host, std::string_view call, Error error) {
    if (!host.ends_guest(error)) host.options.log(LogLevel::error, fmt::format("{}: {}", call, error.message));
    return std::unexpected(std::move(error));
}

HostObject* object_of(Host& host, std::int64_t handle) {
    return handle == static_cast<Handle>(handle) ? host.handles.object(static_cast<Handle>(handle)) : nullptr;
}

Error no_object(std::int64_t handle) { return {EINVAL, fmt::format("{} is no object of this guest's", handle)}; }

I64 load_bpf_object(Host& host, std::uint32_t data, std::int32_t size) {
    constexpr std::string_view call = "wasm_load_bpf_object";
    auto load = [&]() -> Result<Handle> {
        auto elf = host.memory.bytes(data, static_cast<std::uint32_t>(size), "the object");
        if (!elf) return std::unexpected(std::move(elf).error());
        auto object = host.open_object(*elf, "");
        if (!object) return std::unexpected(std::move(object).error());
        if (auto loaded = host.load_object(**object); !loaded) return std::unexpected(std::move(loaded).error());
        return host.new_handle(std::move(*object));
    };
    auto handle = load();
    if (handle) return *handle;
    auto error = said(host, call, std::move(handle).error());
    if (host.ends_guest(error.error())) return error;
    return 0;
}

I32 close_bpf_object(Host& host, std::int64_t handle) {
    if (object_of(host, handle) == nullptr) return said(host, "wasm_close_bpf_object", no_object(handle));
    return host.handles.close(static_cast<Handle>(handle));
}

I32 attach_bpf_program(Host& host, std::int64_t handle, std::uint32_t name, std::uint32_t target) {
    constexpr std::string_view call = "wasm_attach_bpf_program";
    HostObject* object = object_of(host, handle);
    if (object == nullptr) return said(host, call, no_object(handle));
    auto text = host.memory.terminated_text(name, "the program's name");
    if (!text) return said(host, call, std::move(text).error());
    bpf::Program* program = object->object->find_program(*text);
    if (program == nullptr) return said(host, call, {ENOENT, fmt::format("the object has no program \"{}\"", *text)});
    bpf::AttachTarget where;
    if (target != 0) {
        auto path = host.memory.terminated_text(target, "the target");
        if (!path) return said(host, call, std::move(path).error());
        if (!path->empty()) {
            where.kind = bpf::AttachKind::by_section;
            where.path = std::move(*path);
        }
    }
    auto link = attach_if_allowed(host, *object, *program, where);
    if (!link) return said(host, call, std::move(link).error());
    // It ends with the object; version 0 has no other name for it.
    auto kept = host.new_handle(std::move(*link), static_cast<Handle>(handle));
    if (!kept) return said(host, call, std::move(kept).error());
    return 0;
}

I32 map_fd_by_name(Host& host, std::int64_t handle, std::uint32_t name) {
    constexpr std::string_view call = "wasm_bpf_map_fd_by_name";
    HostObject* object = object_of(host, handle);
    if (object == nullptr) return said(host, call, no_object(handle));
    auto text = host.memory.terminated_text(name, "the map's name");
    if (!text) return said(host, call, std::move(text).error());
    bpf::Map* map = object->object->find_map(*text);
    if (map == nullptr) return said(host, call, {ENOENT, fmt::format("the object has no map \"{}\"", *text)});
    auto map_handle = host.handle_or_error(host.handles.handle_of(static_cast<Handle>(handle), map));
    if (!map_handle) return said(host, call, std::move(map_handle).error());
    return *map_handle;
}

I32 map_operate(Host& host, std::int32_t fd, std::int32_t command, std::uint32_t key, std::uint32_t value,
                std::uint32_t next_key, std::uint64_t flags) {
    constexpr std::string_view call = "wasm_bpf_map_operate";
    const bpf::Map* map = host.handles.map(fd);
    if (map == nullptr)
        return said(host, call, {EBADF, fmt::format("{} is no map of this guest's: use wasm_bpf_map_fd_by_name", fd)});
    const auto element = [&](ElementCommand what) {
        return status(host, call_element(host, *map, {what, key, value, next_key, flags}));
    };
    switch (command) {
        case BPF_MAP_LOOKUP_ELEM: return element(ElementCommand::lookup);
        case BPF_MAP_UPDATE_ELEM: return element(ElementCommand::update);
        case BPF_MAP_DELETE_ELEM: return element(ElementCommand::remove);
        case BPF_MAP_GET_NEXT_KEY: return element(ElementCommand::next_key);
        case BPF_MAP_LOOKUP_AND_DELETE_ELEM: return element(ElementCommand::lookup_and_delete);
        default:
            return said(host, call,
                        {EINVAL, fmt::format("command {} of enum bpf_cmd is none of a map's elements", command)});
    }
}

// One poll: where records go in the guest, and who gets them.
struct Poll {
    std::int64_t object;
    std::int32_t fd;
    std::uint32_t context;
    std::uint32_t data;
    std::int32_t max_size;
    std::int32_t timeout_ms;
};

Result<std::shared_ptr<HostObject::Reader>> reader_of(Host& host, const Poll& poll) {
    HostObject* object = object_of(host, poll.object);
    if (object == nullptr) return std::unexpected(no_object(poll.object));
    const bpf::Map* map = host.handles.map(poll.fd);
    if (map == nullptr || host.handles.owner_of(poll.fd) != static_cast<Handle>(poll.object))
        return fail(EBADF, fmt::format("{} is no map of this object: use wasm_bpf_map_fd_by_name", poll.fd));
    if (const auto known = object->readers.find(map); known != object->readers.end()) return known->second;
    const auto lost = [&host, name = map->name()](int cpu, std::uint64_t samples) {
        host.options.metrics->counts.lost_samples += samples;
        host.options.log(
            LogLevel::warning,
            fmt::format("perf buffer \"{}\": CPU {} lost {} samples: the guest reads too slowly", name, cpu, samples));
    };
    auto opened = bpf::RecordReader::open(*map, lost);
    if (!opened) return std::unexpected(std::move(opened).error());
    auto reader = std::make_shared<HostObject::Reader>();
    reader->records = std::move(*opened);
    return object->readers[map] = reader;
}

// True where there is something to read, false at the timeout.
Result<bool> wait_for_records(Host& host, const bpf::RecordReader& records, int timeout_ms) {
    pollfd watched[] = {{records.poll_fd(), POLLIN, 0}, {host.interrupts.fd(), POLLIN, 0}};
    host.note_wait();
    const Deadline deadline(timeout_ms);
    for (int left_ms = timeout_ms;; left_ms = deadline.left_ms()) {
        const int ready = ::poll(watched, 2, left_ms);
        if (ready < 0) return std::unexpected(errno_error(errno, "wait"));
        if (watched[1].revents == 0) return ready > 0;
        auto resumes = host.resume_wait();
        if (!resumes) return std::unexpected(std::move(resumes).error());
        if (!*resumes) return host.interrupted();
    }
}

// `hand_over(size)` calls the guest with the record that lies at `data`.
template <typename HandOver>
I32 poll_records(Host& host, const Poll& poll, HandOver hand_over) {
    constexpr std::string_view call = "wasm_bpf_buffer_poll";
    if (poll.max_size < 0 || host.memory.at(poll.data, static_cast<std::uint32_t>(poll.max_size)) == nullptr)
        return said(host, call,
                    {EFAULT, fmt::format("the buffer, {} bytes at {:#x}, is outside the guest's memory", poll.max_size,
                                         poll.data)});
    auto reader = reader_of(host, poll);
    if (!reader) return said(host, call, std::move(reader).error());
    // The callback may close the object or poll again: what the batch reads from is kept until it is over.
    const std::shared_ptr<HostObject::Reader> batch = *reader;
    if (batch->busy) return said(host, call, {EBUSY, "polled again from its own callback"});
    auto ready = wait_for_records(host, *batch->records, poll.timeout_ms);
    if (!ready) return said(host, call, std::move(ready).error());
    if (!*ready) return 0;

    batch->busy = true;
    std::optional<Error> ended;
    std::uint64_t handed_over = 0;
    const std::int64_t count = batch->records->consume([&](std::span<const std::byte> record) -> int {
        std::size_t size = record.size();
        if (size > static_cast<std::uint32_t>(poll.max_size)) {
            size = static_cast<std::uint32_t>(poll.max_size);
            if (!std::exchange(batch->truncation_reported, true))
                host.options.log(LogLevel::warning,
                                 fmt::format("{}: the guest's buffer of {} bytes cuts records of {} bytes", call, size,
                                             record.size()));
        }
        std::memcpy(host.memory.at(poll.data, size), record.data(), size);
        handed_over++;
        auto result = hand_over(static_cast<std::int32_t>(size));
        if (!result) {
            ended = std::move(result).error();
            return -ended->errno_code;
        }
        return *result;
    });
    batch->busy = false;
    host.options.metrics->counts.events += handed_over;
    if (ended) return said(host, call, std::move(*ended));
    return static_cast<std::int32_t>(count);
}

I32 buffer_poll(Host& host, std::int64_t object, std::int32_t fd, std::int32_t sample_func, std::uint32_t context,
                std::uint32_t data, std::int32_t max_size, std::int32_t timeout_ms) {
    const Poll poll{object, fd, context, data, max_size, timeout_ms};
    return poll_records(host, poll, [&](std::int32_t size) {
        const std::int32_t arguments[] = {static_cast<std::int32_t>(context), static_cast<std::int32_t>(data), size};
        return host.instance->call_table(static_cast<std::uint32_t>(sample_func), arguments);
    });
}

I32 buffer_poll_named(Host& host, std::int64_t object, std::int32_t fd, std::uint32_t context, std::uint32_t data,
                      std::int32_t max_size, std::int32_t timeout_ms) {
    const Poll poll{object, fd, context, data, max_size, timeout_ms};
    return poll_records(host, poll, [&](std::int32_t size) {
        const std::int32_t arguments[] = {static_cast<std::int32_t>(context), static_cast<std::int32_t>(data), size};
        return host.instance->call_export("go-callback", arguments);
    });
}

}  // namespace

std::vector<engine::HostImport> version_0_imports() {
    constexpr auto module = guest_abi::version_0;
    return {
        bind<load_bpf_object>(module, "wasm_load_bpf_object"),
        bind<close_bpf_object>(module, "wasm_close_bpf_object"),
        bind<attach_bpf_program>(module, "wasm_attach_bpf_program"),
        bind<buffer_poll>(module, "wasm_bpf_buffer_poll"),
        bind<map_fd_by_name>(module, "wasm_bpf_map_fd_by_name"),
        bind<map_operate>(module, "wasm_bpf_map_operate"),
        bind<buffer_poll_named>(guest_abi::version_0_named_callback, "wasm_bpf_buffer_poll"),
    };
}

}  // namespace wasm_bpf::host_api
