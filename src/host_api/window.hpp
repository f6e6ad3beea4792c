#pragma once
// Part of a guest's linear memory that is kernel memory for a time, and the fault handler that guards it.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::host_api {

inline constexpr std::size_t page_size = 4096;

// Why a guest is ended that stored to a window that it may only read.
inline constexpr std::string_view window_store_text =
    "store to a read-only window (kernel memory that the guest may only read)";

// Installs the process's handler for SIGSEGV and SIGBUS, once. It must be installed before the engine installs its own,
// which passes on what is not its own: a fault of code of the host (memory.fill, a copy by a host function) that writes
// to a read-only window. The handler puts private memory there, so that the process lives, and has the guest ended.
void install_window_fault_handler();

// Where the handler reports a fault of one guest.
struct WindowFaults {
    std::atomic<bool> seen = false;
    void (*interrupt)(void*) = nullptr;  // async-signal-safe: makes the guest pass its checkpoint soon
    void* interrupt_context = nullptr;
};

// What the handler puts ordinary memory in the place of. A perf event's mapping must not be split: kernels refuse it,
// or did not take it well (CVE-2025-38563).
enum class Replacement { page, window };

// Owns a window: ends with ordinary memory in its place.
class Window {
public:
    // `memory` was mapped by bpf::map_ring_window, bpf::map_array_window or bpf::PerfRing. ENOSPC where the process has
    // too many windows.
    static Result<Window> guard(std::span<std::byte> memory, WindowFaults& faults,
                                Replacement replacement = Replacement::page);
    Window(Window&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
    Window& operator=(Window&& other) noexcept {
        std::swap(slot_, other.slot_);
        return *this;
    }
    ~Window();

    [[nodiscard]] bool overlaps(std::span<const std::byte> memory) const;

    struct Slot;

private:
    explicit Window(Slot* slot) : slot_(slot) {}
    Slot* slot_;
};

// Whether a read-only window of any guest of this process has this address.
[[nodiscard]] bool is_in_window(const void* address);

}  // namespace wasm_bpf::host_api
