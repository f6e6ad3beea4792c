#pragma once
// The request to end a guest, seen by everything that waits on its behalf.

#include <sys/eventfd.h>

#include <atomic>
#include <cstdint>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::host_api {

class StopToken {
public:
    StopToken() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

    // From any thread; the first request stands.
    void request() noexcept {
        requested_.store(true, std::memory_order_release);
        const std::uint64_t one = 1;
        std::ignore = ::write(wake_.get(), &one, sizeof(one));
    }
    [[nodiscard]] bool requested() const noexcept { return requested_.load(std::memory_order_acquire); }
    // Readable (POLLIN) once a stop is requested, and from then on.
    [[nodiscard]] int fd() const { return wake_.get(); }

    [[nodiscard]] static std::unexpected<Error> stopped() {
        return fail(EINTR, "the guest was stopped", ErrorKind::stopped);
    }

private:
    std::atomic<bool> requested_ = false;
    bpf::Fd wake_;
};

}  // namespace wasm_bpf::host_api
