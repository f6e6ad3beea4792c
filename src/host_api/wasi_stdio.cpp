// WASI preview 1 on the standard streams and on time. The engine's own goes through a runtime of threads: an order of
// magnitude slower for a tool that prints a line per event, and deaf to a request to stop the guest.
// Layouts and numbers: https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md

#include <poll.h>
#include <signal.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "host_api/binding.hpp"
#include "host_api/output.hpp"
#include "host_api/wasi_errno.hpp"

namespace wasm_bpf::host_api {
namespace {

using Handled = Result<bool>;

Handled answer(std::span<engine::Value> values, std::int32_t code) {
    values[0].i64 = code;
    return true;
}

std::uint64_t now_ns(clockid_t clock) {
    timespec time;
    clock_gettime(clock, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

bool is_own(const Host& host, std::int32_t fd) { return fd >= 0 && fd <= 2 && host.own_stdio[fd]; }

struct GuestVector {
    std::uint32_t offset;
    std::uint32_t size;
};

// At most this many parts of a scattered read or write at once; what is left is the caller's to repeat, as in POSIX.
constexpr std::uint32_t max_parts = 64;

// Translates the guest's vector of buffers. Less than 0 where it is outside the guest's memory.
int parts_of(const GuestMemory& memory, std::uint32_t vectors, std::uint32_t count,
             std::array<iovec, max_parts>& parts) {
    count = std::min(count, max_parts);
    const std::byte* table = memory.at(vectors, std::uint64_t{count} * sizeof(GuestVector));
    if (table == nullptr) return -1;
    for (std::uint32_t i = 0; i < count; i++) {
        GuestVector vector;
        std::memcpy(&vector, table + i * sizeof(vector), sizeof(vector));
        std::byte* start = memory.at(vector.offset, vector.size);
        if (start == nullptr) return -1;
        parts[i] = {start, vector.size};
    }
    return static_cast<int>(count);
}

Handled finish_transfer(Host& host, std::span<engine::Value> values, ssize_t moved, std::uint32_t moved_offset) {
    if (moved < 0) return answer(values, wasi_errno(errno));
    std::byte* target = host.memory.at(moved_offset, sizeof(std::uint32_t));
    if (target == nullptr) return answer(values, fault);
    const auto size = static_cast<std::uint32_t>(moved);
    std::memcpy(target, &size, sizeof(size));
    return answer(values, success);
}

Handled fd_write(void* context, std::span<engine::Value> values) {
    Host& host = *static_cast<Host*>(context);
    const std::int32_t fd = values[0].i32;
    if (!is_own(host, fd) || fd == 0) return false;
    std::array<iovec, max_parts> room;
    const int count = parts_of(host.memory, values[1].i32, values[2].i32, room);
    if (count < 0) return answer(values, fault);
    const auto written = write_output(host, fd, {room.data(), static_cast<std::size_t>(count)});
    if (!written) return std::unexpected(written.error());
    if (*written < 0) return answer(values, wasi_errno(static_cast<int>(-*written)));
    return finish_transfer(host, values, *written, values[3].i32);
}

Handled fd_read(void* context, std::span<engine::Value> values) {
    Host& host = *static_cast<Host*>(context);
    if (values[0].i32 != 0 || !is_own(host, 0)) return false;
    const int input = host.options.stdio.input_fd;
    if (input < 0) return finish_transfer(host, values, 0, values[3].i32);
    host.note_wait();
    for (;;) {
        pollfd watched[] = {{input, POLLIN, 0}, {host.interrupts.fd(), POLLIN, 0}};
        if (::poll(watched, 2, -1) < 0) return answer(values, wasi_errno(errno));
        if (watched[1].revents == 0) break;
        auto resumption = host.handle_interruption();
        if (!resumption) return std::unexpected(std::move(resumption).error());
        if (*resumption == Host::Resumption::interrupted) return answer(values, intr);
        // A handler may have closed it.
        if (!is_own(host, 0)) return false;
    }
    std::array<iovec, max_parts> parts;
    const int count = parts_of(host.memory, values[1].i32, values[2].i32, parts);
    if (count < 0) return answer(values, fault);
    return finish_transfer(host, values, ::readv(input, parts.data(), count), values[3].i32);
}

struct DescriptorStatus {
    std::uint8_t file_type;  // 0: unknown, 2: a character device; what makes a C library's stream line-buffered
    std::uint8_t padding;
    std::uint16_t flags;
    std::uint32_t more_padding;
    std::uint64_t rights;  // 1 << 1: fd_read, 1 << 6: fd_write
    std::uint64_t rights_of_opened;
};
static_assert(sizeof(DescriptorStatus) == 24);

// Every guest that prints asks. The engine's own would start its threads for the answer, a millisecond of a tool's
// start.
Handled fd_fdstat_get(void* context, std::span<engine::Value> values) {
    const Host& host = *static_cast<Host*>(context);
    const std::int32_t fd = values[0].i32;
    if (!is_own(host, fd)) return false;
    const std::uint64_t rights = fd == 0 ? 1 << 1 : 1 << 6;
    const int file = host.options.stdio.fd(fd);
    const DescriptorStatus status{.file_type = static_cast<std::uint8_t>(file >= 0 && isatty(file) == 1 ? 2 : 0),
                                  .padding = {},
                                  .flags = 0,
                                  .more_padding = {},
                                  .rights = rights,
                                  .rights_of_opened = rights};
    std::byte* target = host.memory.at(static_cast<std::uint32_t>(values[1].i32), sizeof(status));
    if (target == nullptr) return answer(values, fault);
    std::memcpy(target, &status, sizeof(status));
    return answer(values, success);
}

// From here on the number may name something else, which is the engine's to know.
Handled fd_close(void* context, std::span<engine::Value> values) {
    Host& host = *static_cast<Host*>(context);
    if (is_own(host, values[0].i32)) host.own_stdio[values[0].i32] = false;
    // Programs for libbpf close() what bpf_map_create(), perf_event_open() and their kin give.
    if (values[0].i32 >= least_handle && host.handles.close(values[0].i32) == 0) {
        values[0].i32 = 0;
        return true;
    }
    return false;
}

Handled fd_renumber(void* context, std::span<engine::Value> values) {
    Host& host = *static_cast<Host*>(context);
    // Under another number it would be the engine's to read and write, which no stop and no signal interrupts.
    if (is_own(host, values[0].i32)) return answer(values, notsup);
    if (is_own(host, values[1].i32)) host.own_stdio[values[1].i32] = false;
    return false;
}

struct Subscription {
    std::uint64_t user_data;
    std::uint8_t kind;  // 0: clock, 1: fd_read, 2: fd_write
    std::uint8_t padding[7];
    union {
        struct {
            std::uint32_t id;
            std::uint32_t padding;
            std::uint64_t timeout_ns;
            std::uint64_t precision_ns;
            std::uint16_t flags;  // 1: an absolute time
        } clock;
        std::int32_t fd;
    } of;
};
static_assert(sizeof(Subscription) == 48);

struct Event {
    std::uint64_t user_data;
    std::uint16_t error;
    std::uint8_t kind;
    std::uint8_t padding[5];
    std::uint64_t bytes;
    std::uint16_t flags;
    std::uint8_t end_padding[6];
};
static_assert(sizeof(Event) == 32);

// More than a guest can have descriptors to wait for. The engine's own is not asked for longer lists: it would take
// memory and time for them that no limit of the guest's counts.
constexpr std::uint32_t max_subscriptions = 1024;

// The engine's monotonic clock begins with the guest. Tools compare theirs with bpf_ktime_get_ns(), and wait for
// absolute times of it in poll_oneoff below: it is the kernel's.
Handled clock_time_get(void* context, std::span<engine::Value> values) {
    Host& host = *static_cast<Host*>(context);
    constexpr std::array clocks{CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
    const auto id = static_cast<std::uint32_t>(values[0].i32);
    if (id >= clocks.size()) return answer(values, inval);
    std::byte* target = host.memory.at(static_cast<std::uint32_t>(values[2].i32), sizeof(std::uint64_t));
    if (target == nullptr) return answer(values, fault);
    const std::uint64_t time = now_ns(clocks[id]);
    std::memcpy(target, &time, sizeof(time));
    return answer(values, success);
}

// When the subscription's time is over, as the monotonic clock counts.
std::uint64_t deadline_ns(const Subscription& subscription) {
    const auto& clock = subscription.of.clock;
    const std::uint64_t now = now_ns(CLOCK_MONOTONIC);
    std::uint64_t remaining = clock.timeout_ns;
    if ((clock.flags & 1) != 0) {
        const std::uint64_t its_now = clock.id == 0 ? now_ns(CLOCK_REALTIME) : now;
        remaining = clock.timeout_ns > its_now ? clock.timeout_ns - its_now : 0;
    }
    return remaining < UINT64_MAX - now ? now + remaining : UINT64_MAX;
}

bool is_handled(const Host& host, const Subscription& subscription) {
    if (subscription.kind == 0) return subscription.of.clock.id <= 1;
    return subscription.kind <= 2 && is_own(host, subscription.of.fd);
}

// What one poll waits for, entry by entry; interrupts come last.
struct Waiting {
    explicit Waiting(std::uint32_t count) : wanted(count), deadlines(count), watched(count + 1) {}

    std::vector<Subscription> wanted;
    std::vector<std::uint64_t> deadlines;  // UINT64_MAX where it is no clock
    std::vector<pollfd> watched;

    // What ppoll says.
    int wait() {
        const std::uint64_t first = std::ranges::min(deadlines);
        const std::uint64_t now = now_ns(CLOCK_MONOTONIC);
        const std::uint64_t limit = first > now ? first - now : 0;
        const timespec timeout{static_cast<time_t>(limit / 1'000'000'000), static_cast<long>(limit % 1'000'000'000)};
        return ppoll(watched.data(), watched.size(), first != UINT64_MAX ? &timeout : nullptr, nullptr);
    }
    [[nodiscard]] bool happened(std::uint32_t i) const {
        return watched[i].fd < 0 ? now_ns(CLOCK_MONOTONIC) >= deadlines[i] : watched[i].revents != 0;
    }
    [[nodiscard]] Event event(std::uint32_t i) const {
        const bool clock = wanted[i].kind == 0;
        const bool hung_up = !clock && (watched[i].revents & POLLHUP) != 0;
        return {.user_data = wanted[i].user_data,
                .error = 0,
                .kind = wanted[i].kind,
                .padding = {},
                .bytes = clock ? 0u : 1u,
                .flags = static_cast<std::uint16_t>(hung_up),
                .end_padding = {}};
    }
};

// False where a subscription is the engine's to wait for.
bool prepare(const Host& host, const std::byte* source, Waiting& waiting) {
    std::memcpy(waiting.wanted.data(), source, waiting.wanted.size() * sizeof(Subscription));
    for (std::size_t i = 0; i < waiting.wanted.size(); i++) {
        const Subscription& wanted = waiting.wanted[i];
        if (!is_handled(host, wanted)) return false;
        const bool clock = wanted.kind == 0;
        const int file = clock ? -1 : host.options.stdio.fd(wanted.of.fd);
        // What is no file of the process's never has anybody wait.
        waiting.deadlines[i] = clock ? deadline_ns(wanted) : file < 0 ? 0 : UINT64_MAX;
        waiting.watched[i] = {file, static_cast<short>(wanted.kind == 1 ? POLLIN : POLLOUT), 0};
    }
    waiting.watched.back() = {host.interrupts.fd(), POLLIN, 0};
    return true;
}

Handled poll_oneoff(void* context, std::span<engine::Value> values) {
    Host& host = *static_cast<Host*>(context);
    const auto in = static_cast<std::uint32_t>(values[0].i32), out = static_cast<std::uint32_t>(values[1].i32);
    const auto count = static_cast<std::uint32_t>(values[2].i32),
               event_count = static_cast<std::uint32_t>(values[3].i32);
    if (count == 0 || count > max_subscriptions) return answer(values, inval);
    const std::byte* source = host.memory.at(in, count * sizeof(Subscription));
    if (source == nullptr) return answer(values, fault);
    Waiting waiting(count);
    if (!prepare(host, source, waiting)) return false;
    host.note_wait();
    for (;;) {
        if (waiting.wait() < 0) return answer(values, wasi_errno(errno));
        if (waiting.watched.back().revents == 0) break;
        auto resumes = host.resume_wait();
        if (!resumes) return std::unexpected(std::move(resumes).error());
        if (*resumes) continue;
        if (auto ran = host.run_handlers(); !ran) return std::unexpected(std::move(ran).error());
        return answer(values, intr);
    }

    std::uint32_t events = 0;
    for (std::uint32_t i = 0; i < count; i++) {
        if (!waiting.happened(i)) continue;
        if (!host.memory.write(out + events * sizeof(Event), sizeof(Event), waiting.event(i), "events"))
            return answer(values, fault);
        events++;
    }
    if (!host.memory.write(event_count, sizeof(events), events, "events")) return answer(values, fault);
    return answer(values, success);
}

}  // namespace

std::vector<engine::ShadowImport> wasi_shadows() {
    constexpr std::string_view module = "wasi_snapshot_preview1";
    return {
        {module, "fd_write", "iiii:i", fd_write},
        {module, "fd_read", "iiii:i", fd_read},
        {module, "fd_close", "i:i", fd_close},
        {module, "fd_renumber", "ii:i", fd_renumber},
        {module, "poll_oneoff", "iiii:i", poll_oneoff},
        {module, "fd_fdstat_get", "ii:i", fd_fdstat_get},
        {module, "clock_time_get", "iIi:i", clock_time_get},
    };
}

}  // namespace wasm_bpf::host_api
