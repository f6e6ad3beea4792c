#pragma once
// The only way to a guest's memory: every offset and length is checked.

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include <fmt/format.h>

#include "engine/engine.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::host_api {

// Names and paths: PATH_MAX. What is longer is a mistake, and not to be copied.
inline constexpr std::uint64_t max_text_bytes = 4096;

// What it hands out is valid until the next call into the guest, which may grow the memory. A BPF program of the
// guest's may write to its windows at any time: what is checked must be a copy.
class GuestMemory {
public:
    void bind(const engine::Instance& instance) { instance_ = &instance; }

    // Empty before there is a guest.
    [[nodiscard]] std::span<std::byte> all() const {
        return instance_ != nullptr ? instance_->memory() : std::span<std::byte>();
    }
    // Null where [offset, offset + size) is not all inside.
    [[nodiscard]] std::byte* at(std::uint64_t offset, std::uint64_t size) const {
        const auto memory = instance_->memory();
        if (offset > memory.size() || size > memory.size() - offset) return nullptr;
        return memory.data() + offset;
    }

    [[nodiscard]] Result<std::span<std::byte>> bytes(std::uint64_t offset, std::uint64_t size,
                                                     std::string_view what) const {
        std::byte* start = at(offset, size);
        if (start == nullptr)
            return fail(EFAULT,
                        fmt::format("{}: {} bytes at {:#x} are outside the guest's memory", what, size, offset));
        return std::span(start, size);
    }

    [[nodiscard]] Result<std::string> text(std::uint64_t offset, std::uint64_t size, std::string_view what) const {
        if (size > max_text_bytes) return fail(ENAMETOOLONG, fmt::format("{}: {} bytes are too long", what, size));
        auto found = bytes(offset, size, what);
        if (!found) return std::unexpected(std::move(found).error());
        std::string copy = copied(*found);
        // The policy would see more of it than the kernel.
        if (copy.find('\0') != copy.npos) return fail(EINVAL, fmt::format("{}: has a zero byte in it", what));
        return copy;
    }

    [[nodiscard]] Result<std::string> terminated_text(std::uint64_t offset, std::string_view what) const {
        const auto memory = instance_->memory();
        if (offset >= memory.size())
            return fail(EFAULT, fmt::format("{}: {:#x} is outside the guest's memory", what, offset));
        const auto rest = memory.subspan(offset, std::min<std::size_t>(memory.size() - offset, max_text_bytes + 1));
        std::string copy = copied(rest);
        const std::size_t end = copy.find('\0');
        if (end == copy.npos)
            return fail(rest.size() > max_text_bytes ? ENAMETOOLONG : EFAULT,
                        fmt::format("{}: no terminated text at {:#x} of the guest's memory", what, offset));
        copy.resize(end);
        return copy;
    }

    // Copies as much of `value` as fits in `size` bytes.
    template <typename T>
    [[nodiscard]] Result<> write(std::uint64_t offset, std::uint64_t size, const T& value,
                                 std::string_view what) const {
        auto target = bytes(offset, size, what);
        if (!target) return std::unexpected(std::move(target).error());
        std::memcpy(target->data(), &value, std::min<std::size_t>(size, sizeof(value)));
        return {};
    }

    // Copies as much of `text` as fits in `size` bytes with a zero at its end; nothing where `size` is 0.
    [[nodiscard]] Result<> write_text(std::uint64_t offset, std::uint64_t size, std::string_view text,
                                      std::string_view what) const {
        auto target = bytes(offset, size, what);
        if (!target) return std::unexpected(std::move(target).error());
        if (size == 0) return {};
        const std::size_t copied = text.copy(reinterpret_cast<char*>(target->data()), size - 1);
        (*target)[copied] = std::byte{0};
        return {};
    }

    // Reads a struct whose first member is its size (abi_types.h): what is missing is zero, what is unknown must be.
    template <typename T>
    [[nodiscard]] Result<T> sized_struct(std::uint64_t offset, std::string_view what) const {
        T value{};
        auto head = bytes(offset, sizeof(std::uint32_t), what);
        if (!head) return std::unexpected(std::move(head).error());
        std::uint32_t size;
        std::memcpy(&size, head->data(), sizeof(size));
        auto all = bytes(offset, size, what);
        if (!all) return std::unexpected(std::move(all).error());
        if (size < sizeof(size)) return fail(EINVAL, fmt::format("{}: its size is {}", what, size));
        for (std::size_t i = sizeof(T); i < size; i++)
            if ((*all)[i] != std::byte{0})
                return fail(E2BIG,
                            fmt::format("{}: has members that this host does not know; a newer host is needed", what));
        std::memcpy(&value, all->data(), std::min<std::size_t>(size, sizeof(T)));
        value.size = size;
        return value;
    }

private:
    static std::string copied(std::span<const std::byte> bytes) {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    const engine::Instance* instance_ = nullptr;
};

}  // namespace wasm_bpf::host_api
