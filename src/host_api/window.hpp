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

// The handler puts ordinary memory in the place of the page that faulted; of the whole window where its mapping must
// not be split: kernels refuse that (kernel/bpf/arena.c: arena_vm_may_split), or did not take it well (CVE-2025-38563).
enum class WindowKind {
    plain,  // a fault in it is a store to memory that the guest may only read
    perf,   // the same, and the mapping of a perf event is not split
    arena,  // a fault in it is an access to a page that is not there; nor is an arena's mapping
};

// Why a guest is ended whose access to a window faulted.
[[nodiscard]] std::string_view window_fault_text(WindowKind kind);

// Installs the process's handler for SIGSEGV and SIGBUS, once. It must be installed before the engine installs its own,
// which passes on what is not its own: a fault of code of the host (memory.fill, a copy by a host function) that writes
// to a read-only window, or touches a missing page of an arena. The handler puts private memory there, so that the
// process lives, and has the guest ended.
void install_window_fault_handler();

// Where the handler reports a fault of one guest.
struct WindowFaults {
    std::atomic<bool> seen = false;
    std::atomic<WindowKind> kind = WindowKind::plain;  // of the window with the last one
    void (*interrupt)(void*) = nullptr;                // async-signal-safe: makes the guest pass its checkpoint soon
    void* interrupt_context = nullptr;
};

// Owns a window: ends with ordinary memory in its place.
class Window {
public:
    // `memory` was mapped by bpf::map_ring_window, bpf::map_content_window or bpf::PerfRing, all of it. ENOSPC where
    // the guest or the process has too many windows.
    static Result<Window> guard(std::span<std::byte> memory, WindowFaults& faults, WindowKind kind = WindowKind::plain);
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

// The kind of the window, of any guest of this process, that has this address.
[[nodiscard]] std::optional<WindowKind> window_at(const void* address);

}  // namespace wasm_bpf::host_api
