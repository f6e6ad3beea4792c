#include "host_api/window.hpp"

#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>

#include "bpf/ring_window.hpp"

namespace wasm_bpf::host_api {

// Read by the signal handler: an entry is in use while `begin` is not 0, and `begin` is written last and cleared first.
struct Window::Slot {
    std::atomic<std::uintptr_t> begin = 0;
    std::atomic<std::uintptr_t> end = 0;
    std::atomic<WindowKind> kind = WindowKind::plain;
    std::atomic<WindowFaults*> faults = nullptr;
};

namespace {

constexpr std::size_t max_windows = 4096;
// Of one guest: what others may need is not its to take.
constexpr std::size_t max_windows_each = max_windows / 4;
std::array<Window::Slot, max_windows> slots;
std::mutex slots_mutex;
struct sigaction previous_segv, previous_bus;

Window::Slot* slot_of(std::uintptr_t address) {
    for (Window::Slot& slot : slots) {
        const std::uintptr_t begin = slot.begin.load(std::memory_order_acquire);
        if (begin != 0 && address >= begin && address < slot.end.load(std::memory_order_relaxed)) return &slot;
    }
    return nullptr;
}

void pass_on(int signal, siginfo_t* info, void* context) {
    const struct sigaction& previous = signal == SIGBUS ? previous_bus : previous_segv;
    if (previous.sa_flags & SA_SIGINFO) return previous.sa_sigaction(signal, info, context);
    if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) return previous.sa_handler(signal);
    // The fault happens again on return, and then ends the process as it would have without us.
    sigaction(signal, &previous, nullptr);
}

void on_fault(int signal, siginfo_t* info, void* context) {
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const Window::Slot* slot = slot_of(address);
    if (slot == nullptr) return pass_on(signal, info, context);
    const WindowKind kind = slot->kind.load(std::memory_order_relaxed);
    std::uintptr_t begin = address & ~(page_size - 1);
    std::uintptr_t end = begin + page_size;
    if (kind != WindowKind::plain) {
        begin = slot->begin.load(std::memory_order_relaxed);
        end = slot->end.load(std::memory_order_relaxed);
    }
    if (mmap(reinterpret_cast<void*>(begin), end - begin, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) == MAP_FAILED)
        return pass_on(signal, info, context);
    WindowFaults* faults = slot->faults.load(std::memory_order_relaxed);
    faults->kind.store(kind, std::memory_order_relaxed);
    faults->seen.store(true, std::memory_order_release);
    faults->interrupt(faults->interrupt_context);
}

void install(int signal, struct sigaction& previous) {
    struct sigaction action{};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, &previous);
}

}  // namespace

void install_window_fault_handler() {
    static std::once_flag once;
    std::call_once(once, [] {
        install(SIGSEGV, previous_segv);
        install(SIGBUS, previous_bus);
    });
}

std::string_view window_fault_text(WindowKind kind) {
    switch (kind) {
        case WindowKind::arena: return "access to a page of an arena that is not there (no program allocated it)";
        case WindowKind::plain:
        case WindowKind::perf: break;
    }
    return "store to a read-only window (kernel memory that the guest may only read)";
}

Result<Window> Window::guard(std::span<std::byte> memory, WindowFaults& faults, WindowKind kind) {
    const auto begin = reinterpret_cast<std::uintptr_t>(memory.data());
    const std::lock_guard lock(slots_mutex);
    const auto in_use = [](const Slot& slot) { return slot.begin.load(std::memory_order_relaxed) != 0; };
    const auto own =
        std::ranges::count_if(slots, [&](const Slot& slot) { return in_use(slot) && slot.faults.load() == &faults; });
    if (static_cast<std::size_t>(own) >= max_windows_each) return fail(ENOSPC, "the guest has too many windows");
    const auto slot = std::ranges::find_if_not(slots, in_use);
    if (slot == slots.end()) return fail(ENOSPC, "the process has too many windows");
    slot->end.store(begin + memory.size(), std::memory_order_relaxed);
    slot->kind.store(kind, std::memory_order_relaxed);
    slot->faults.store(&faults, std::memory_order_relaxed);
    slot->begin.store(begin, std::memory_order_release);
    return Window(&*slot);
}

Window::~Window() {
    if (slot_ == nullptr) return;
    const std::lock_guard lock(slots_mutex);
    const std::uintptr_t begin = slot_->begin.exchange(0);
    bpf::unmap_window({reinterpret_cast<std::byte*>(begin), slot_->end.load() - begin});
}

bool Window::overlaps(std::span<const std::byte> memory) const {
    const auto begin = reinterpret_cast<std::uintptr_t>(memory.data());
    return slot_ != nullptr && begin < slot_->end.load() && slot_->begin.load() < begin + memory.size();
}

std::optional<WindowKind> window_at(const void* address) {
    const Window::Slot* slot = slot_of(reinterpret_cast<std::uintptr_t>(address));
    if (slot == nullptr) return std::nullopt;
    return slot->kind.load(std::memory_order_relaxed);
}

}  // namespace wasm_bpf::host_api
