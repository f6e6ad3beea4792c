#pragma once
// Numbers, names and blocks of the Wasm binary format (https://webassembly.github.io/spec/core/binary/), with every
// bound checked.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::wasm_file {

// Reads on until something is wrong; from then on everything reads as nothing, and error() says what was wrong first.
// So a caller need ask only where it acts on a number, and at the end.
class WasmReader {
public:
    // `start`: where `bytes` are in the file, for messages.
    explicit WasmReader(std::span<const std::byte> bytes, std::size_t start = 0) : bytes_(bytes), start_(start) {}

    [[nodiscard]] bool at_end() const { return failed() || place_ == bytes_.size(); }
    [[nodiscard]] bool failed() const { return error_.has_value(); }
    [[nodiscard]] std::size_t place() const { return start_ + place_; }
    [[nodiscard]] std::unexpected<Error> error() const { return std::unexpected(*error_); }

    void fail_here(std::string_view what) {
        if (!failed()) error_ = Error{EINVAL, fmt::format("at byte {}: {}", place(), what), ErrorKind::bad_module};
    }

    void fail_with(Error error) {
        if (!failed()) error_ = std::move(error);
    }

    std::uint8_t byte() {
        const auto one = take(1);
        return one.empty() ? 0 : static_cast<std::uint8_t>(one[0]);
    }

    std::uint32_t u32() { return static_cast<std::uint32_t>(unsigned_number(32)); }
    std::uint64_t u64() { return unsigned_number(64); }

    // A signed number's bits, of 32 or 64.
    std::uint64_t signed_number(unsigned width) {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < width; shift += 7) {
            const std::uint8_t next = byte();
            value |= std::uint64_t{next & 0x7fU} << shift;
            if (next & 0x80) continue;
            if ((next & 0x40) && shift + 7 < 64) value |= ~std::uint64_t{0} << (shift + 7);
            return value;
        }
        fail_here("a number is too long");
        return 0;
    }

    // How many elements follow; each takes a byte at least, so that a count cannot ask for more memory than the file is
    // long.
    std::uint32_t count() {
        const std::uint32_t number = u32();
        if (number <= bytes_.size() - place_) return number;
        fail_here("a list is longer than its section");
        return 0;
    }

    std::string name() {
        const auto text = take(u32());
        return {reinterpret_cast<const char*>(text.data()), text.size()};
    }

    std::span<const std::byte> take(std::uint64_t size) {
        if (failed()) return {};
        if (size > bytes_.size() - place_) {
            fail_here("it is cut off here");
            return {};
        }
        const auto taken = bytes_.subspan(place_, size);
        place_ += size;
        return taken;
    }

private:
    std::uint64_t unsigned_number(unsigned width) {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < width; shift += 7) {
            const std::uint8_t next = byte();
            const unsigned left = width - shift;
            if (left < 7 && (next & 0x7fU) >> left != 0) break;
            value |= std::uint64_t{next & 0x7fU} << shift;
            if (!(next & 0x80)) return value;
        }
        fail_here("a number is too long");
        return 0;
    }

    std::span<const std::byte> bytes_;
    std::size_t start_;
    std::size_t place_ = 0;
    std::optional<Error> error_;
};

}  // namespace wasm_bpf::wasm_file
