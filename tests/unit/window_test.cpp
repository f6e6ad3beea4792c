#include "host_api/window.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>

#include "bpf/fd.hpp"

namespace wasm_bpf::host_api {
namespace {

constexpr std::size_t size_bytes = 4 * page_size;

// Memory with a file's content in its two middle pages, read-only: what a window looks like to the handler.
struct WindowTest : testing::Test {
    WindowTest() {
        install_window_fault_handler();
        auto* start = mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memory = {static_cast<std::byte*>(start), size_bytes};
        const bpf::Fd file(memfd_create("window", MFD_CLOEXEC));
        EXPECT_EQ(ftruncate(file.get(), 2 * page_size), 0);
        EXPECT_EQ(pwrite(file.get(), "kernel", 6, 0), 6);
        mmap(window_memory().data(), 2 * page_size, PROT_READ, MAP_SHARED | MAP_FIXED, file.get(), 0);
        faults.interrupt = [](void* context) { ++*static_cast<int*>(context); };
        faults.interrupt_context = &interrupts;
    }
    ~WindowTest() override { munmap(memory.data(), memory.size()); }
    [[nodiscard]] std::span<std::byte> window_memory() const { return memory.subspan(page_size, 2 * page_size); }
    // A store that the compiler keeps.
    static void store(std::byte& target) { const_cast<volatile std::byte&>(target) = std::byte{'!'}; }

    std::span<std::byte> memory;
    WindowFaults faults;
    int interrupts = 0;
};

TEST_F(WindowTest, StoreOfHostCodeIsSeenAndTheProcessLives) {
    const auto window = Window::guard(window_memory(), faults).value();
    store(window_memory()[page_size + 8]);
    EXPECT_TRUE(faults.seen);
    EXPECT_EQ(interrupts, 1);
    store(window_memory()[page_size + 9]);
    EXPECT_EQ(interrupts, 1) << "the page is ordinary memory until the guest ends";
    EXPECT_EQ(window_memory()[0], std::byte{'k'}) << "the other page is the window still";
}

TEST_F(WindowTest, EndsWithOrdinaryMemory) {
    {
        const auto window = Window::guard(window_memory(), faults).value();
        EXPECT_TRUE(window_at(window_memory().data()));
    }
    EXPECT_FALSE(window_at(window_memory().data()));
    for (const std::byte byte : window_memory()) ASSERT_EQ(byte, std::byte{0});
    store(window_memory()[0]);
    EXPECT_FALSE(faults.seen);
}

TEST_F(WindowTest, KnowsItsBounds) {
    const auto window = Window::guard(window_memory(), faults).value();
    EXPECT_FALSE(window_at(memory.data() + page_size - 1));
    EXPECT_TRUE(window_at(memory.data() + page_size));
    EXPECT_TRUE(window_at(memory.data() + 3 * page_size - 1));
    EXPECT_FALSE(window_at(memory.data() + 3 * page_size));
    EXPECT_FALSE(window.overlaps(memory.first(page_size)));
    EXPECT_TRUE(window.overlaps(memory.first(page_size + 1)));
    EXPECT_FALSE(window.overlaps(memory.last(page_size)));
    EXPECT_TRUE(window.overlaps(memory));
}

TEST_F(WindowTest, FaultsOfEachGuestAreItsOwn) {
    WindowFaults others = {};
    others.interrupt = [](void*) {};
    const auto first = Window::guard(window_memory().first(page_size), faults).value();
    const auto second = Window::guard(window_memory().last(page_size), others).value();
    store(window_memory()[page_size]);
    EXPECT_FALSE(faults.seen);
    EXPECT_TRUE(others.seen);
}

TEST_F(WindowTest, MovesWithItsOwner) {
    auto window = Window::guard(window_memory(), faults).value();
    const Window moved = std::move(window);
    EXPECT_TRUE(moved.overlaps(window_memory()));
    EXPECT_FALSE(window.overlaps(window_memory()));
}

TEST_F(WindowTest, FaultElsewhereEndsTheProcessAsEver) {
    const auto window = Window::guard(window_memory(), faults).value();
    void* nowhere = mmap(nullptr, page_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const pid_t child = fork();
    if (child == 0) {
        // A sanitizer's handler, to which ours passes the fault on, would print a report.
        dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 2);
        store(*static_cast<std::byte*>(nowhere));
        _exit(0);
    }
    munmap(nowhere, page_size);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_FALSE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(WindowTest, AreLimitedInNumberForEachGuest) {
    std::vector<Window> all;
    for (;;) {
        auto window = Window::guard(memory.first(page_size), faults);
        if (!window) {
            EXPECT_EQ(window.error().errno_code, ENOSPC);
            break;
        }
        all.push_back(std::move(*window));
        ASSERT_LE(all.size(), 100'000u);
    }
    EXPECT_GE(all.size(), 1000u);
    WindowFaults another;
    another.interrupt = [](void*) {};
    EXPECT_TRUE(Window::guard(memory.first(page_size), another)) << "one guest took what others may need";
}

}  // namespace
}  // namespace wasm_bpf::host_api
