#pragma once
// Memory of the host's own: for a map or a perf event to be mapped over, or a map's content for a time.

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

class Mapping {
public:
    Mapping() = default;
    // Page-aligned ordinary memory. ENOMEM.
    static Result<Mapping> reserve(std::size_t bytes) {
        void* start = ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (start == MAP_FAILED) return std::unexpected(errno_error(errno, "reserve memory for a buffer"));
        return Mapping({static_cast<std::byte*>(start), bytes});
    }
    // What is behind the fd, shared. `what` begins the error's text.
    static Result<Mapping> share(int fd, std::size_t bytes, int protection, std::string_view what) {
        void* start = ::mmap(nullptr, bytes, protection, MAP_SHARED, fd, 0);
        if (start == MAP_FAILED) return std::unexpected(errno_error(errno, what));
        return Mapping({static_cast<std::byte*>(start), bytes});
    }
    Mapping(Mapping&& other) noexcept : memory_(std::exchange(other.memory_, {})) {}
    Mapping& operator=(Mapping&& other) noexcept {
        std::swap(memory_, other.memory_);
        return *this;
    }
    ~Mapping() {
        if (!memory_.empty()) std::ignore = ::munmap(memory_.data(), memory_.size());
    }

    [[nodiscard]] std::span<std::byte> memory() const { return memory_; }

private:
    explicit Mapping(std::span<std::byte> memory) : memory_(memory) {}
    std::span<std::byte> memory_;
};

}  // namespace wasm_bpf::bpf
