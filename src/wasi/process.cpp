// What a guest asks about itself and its time.

#include <sys/random.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "wasi/file_status.hpp"
#include "wasi/functions.hpp"

namespace wasm_bpf::wasi {
namespace {

I32 put_sizes(Wasi& wasi, const std::vector<std::string>& texts, U32 count, U32 size) {
    std::size_t bytes = 0;
    for (const std::string& text : texts) bytes += text.size() + 1;
    if (!wasi.put(count, static_cast<U32>(texts.size())) || !wasi.put(size, static_cast<U32>(bytes))) return fault;
    return success;
}

I32 put_texts(Wasi& wasi, const std::vector<std::string>& texts, U32 vector, U32 target) {
    for (const std::string& text : texts) {
        if (!wasi.put(vector, target) || !wasi.write(target, text.c_str(), text.size() + 1)) return fault;
        vector += sizeof(U32);
        target += static_cast<U32>(text.size() + 1);
    }
    return success;
}

constexpr std::array clocks{CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};

I32 put_time(Wasi& wasi, int (*ask)(clockid_t, timespec*), U32 clock, U32 result) {
    if (clock >= clocks.size()) return inval;
    timespec time{};
    ask(clocks[clock], &time);
    return wasi.put(result, nanoseconds(time)) ? success : fault;
}

struct Subscription {
    U64 user_data;
    std::uint8_t kind;  // 0: clock, 1: fd_read, 2: fd_write
    std::uint8_t padding[7];
    U32 fd;
    std::uint8_t rest[28];
};
static_assert(sizeof(Subscription) == 48);

struct Event {
    U64 user_data = 0;
    std::uint16_t error = success;
    std::uint8_t kind = 0;
    std::uint8_t padding[5] = {};
    U64 bytes = 1;
    std::uint16_t flags = 0;
    std::uint8_t end_padding[6] = {};
};
static_assert(sizeof(Event) == 32);

}  // namespace

I32 args_get(Wasi& wasi, U32 vector, U32 texts) { return put_texts(wasi, wasi.arguments, vector, texts); }
I32 args_sizes_get(Wasi& wasi, U32 count, U32 size) { return put_sizes(wasi, wasi.arguments, count, size); }
I32 environ_get(Wasi& wasi, U32 vector, U32 texts) { return put_texts(wasi, wasi.environment, vector, texts); }
I32 environ_sizes_get(Wasi& wasi, U32 count, U32 size) { return put_sizes(wasi, wasi.environment, count, size); }

I32 clock_res_get(Wasi& wasi, U32 clock, U32 result) { return put_time(wasi, ::clock_getres, clock, result); }
I32 clock_time_get(Wasi& wasi, U32 clock, U64, U32 result) { return put_time(wasi, ::clock_gettime, clock, result); }

I32 sched_yield(Wasi&) { return success; }
I32 proc_raise(Wasi&, U32) { return nosys; }

I32 random_get(Wasi& wasi, U32 offset, U32 size) {
    constexpr U32 most = 64 << 20;  // it is not interrupted
    if (size > most) return inval;
    std::byte* target = wasi.memory.at(offset, size);
    if (target == nullptr) return fault;
    for (std::size_t done = 0; done < size;) {
        const ssize_t got = ::getrandom(target + done, size - done, 0);
        if (got < 0 && errno != EINTR) return wasi_errno(errno);
        done += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    }
    return success;
}

// What the host API's does not wait for: files among the subscriptions, which are always ready, or numbers that stand
// for nothing, which are events too.
I32 poll_oneoff(Wasi& wasi, U32 in, U32 out, U32 count, U32 events) {
    U32 ready = 0;
    for (U32 i = 0; i < count; i++) {
        Subscription wanted;
        const std::byte* source = wasi.memory.at(in + U64{i} * sizeof(wanted), sizeof(wanted));
        if (source == nullptr) return fault;
        std::memcpy(&wanted, source, sizeof(wanted));
        if (wanted.kind == 0) continue;
        Event event;
        event.user_data = wanted.user_data;
        event.kind = wanted.kind;
        event.error = wanted.kind > 2 ? inval : wasi.find(wanted.fd) == nullptr ? badf : success;
        if (!wasi.put(out + ready * static_cast<U32>(sizeof(event)), event)) return fault;
        ready++;
    }
    if (ready == 0) return notsup;  // clocks that cannot be waited for
    return wasi.put(events, ready) ? success : fault;
}

}  // namespace wasm_bpf::wasi
