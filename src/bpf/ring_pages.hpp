#pragma once
// What lies in the pages of a ring buffer, wherever they are mapped. A guest with a window of the same ring may write
// anything to them at any time: nothing that is read here is trusted.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace wasm_bpf::bpf {

// The most that one call copies: the guest ABI's results are i32.
inline constexpr std::size_t max_copied_bytes = 0x7ffffff8;

// What was in records that were copied.
struct ReadCounts {
    std::uint64_t events = 0;        // that programs put there
    std::uint64_t lost_samples = 0;  // that the kernel says had no room
};

// A ring buffer or user ring buffer: consumer page, producer page, the data twice in a row (kernel/bpf/ringbuf.c).
class RingPages {
public:
    RingPages() = default;
    // `pages` as map_ring_window() left them. They must outlive this.
    explicit RingPages(std::span<std::byte> pages);

    [[nodiscard]] std::uint64_t consumer_position() const;
    [[nodiscard]] std::uint64_t producer_position() const;
    [[nodiscard]] std::size_t data_bytes() const { return data_bytes_; }
    // Whether the record at the consumer's position is complete. Ordered after the caller's stores.
    [[nodiscard]] bool has_record() const;

    // Copies complete records, headers too, as many as fit, and gives their room back. The number of bytes; 0 where
    // there is none; -ENOSPC where the first does not fit; -EBADMSG where the positions make no sense: someone else
    // moved the consumer's, and it is put at the producer's. `counts` is of those that were copied.
    [[nodiscard]] std::int64_t read(std::span<std::byte> target, ReadCounts& counts) const;
    // Hands over each complete record that is there now, and gives its room back after. A negative result ends it, and
    // is what this returns. The number of records; -EBADMSG as above.
    std::int64_t consume(const std::function<int(std::span<const std::byte>)>& take) const;
    // Copies records, headers too, while there is room. The number of bytes; -EINVAL where `records` does not begin
    // with a whole, complete record that could fit; -EBADMSG as above.
    [[nodiscard]] std::int64_t write(std::span<const std::byte> records) const;

private:
    std::byte* consumer_ = nullptr;
    std::byte* producer_ = nullptr;
    std::byte* data_ = nullptr;
    std::size_t data_bytes_ = 0;
};

// A perf buffer: struct perf_event_mmap_page, then the data, once.
class PerfPages {
public:
    PerfPages() = default;
    explicit PerfPages(std::span<std::byte> pages);

    [[nodiscard]] std::uint64_t head() const;  // the producer's position
    [[nodiscard]] std::uint64_t tail() const;  // the consumer's
    [[nodiscard]] std::size_t data_bytes() const { return data_bytes_; }

    // As RingPages::read; a record that is broken at the end of the data is put together.
    [[nodiscard]] std::int64_t read(std::span<std::byte> target, ReadCounts& counts) const;

private:
    void set_tail(std::uint64_t position) const;
    std::byte* page_ = nullptr;
    std::byte* data_ = nullptr;
    std::size_t data_bytes_ = 0;
};

}  // namespace wasm_bpf::bpf
