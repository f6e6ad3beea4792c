#include "bpf/ring_pages.hpp"

#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace wasm_bpf::bpf {
namespace {

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

template <typename T>
T load(const std::byte* place) {
    return __atomic_load_n(reinterpret_cast<const T*>(place), __ATOMIC_ACQUIRE);
}

template <typename T>
void store(std::byte* place, T value) {
    __atomic_store_n(reinterpret_cast<T*>(place), value, __ATOMIC_RELEASE);
}

constexpr std::uint32_t flag_bits = BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT;

// Bytes that a record takes in the ring.
constexpr std::uint64_t ring_record_bytes(std::uint32_t header) {
    return (std::uint64_t{header & ~flag_bits} + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
}

// Whether `used` bytes of the ring can be records.
bool makes_sense(std::uint64_t position, std::uint64_t used, std::size_t data_bytes) {
    return position % 8 == 0 && used % 8 == 0 && used <= data_bytes;
}

}  // namespace

RingPages::RingPages(std::span<std::byte> pages)
    : consumer_(pages.data()),
      producer_(pages.data() + page_bytes()),
      data_(pages.data() + 2 * page_bytes()),
      data_bytes_((pages.size() - 2 * page_bytes()) / 2) {}

std::uint64_t RingPages::consumer_position() const { return load<std::uint64_t>(consumer_); }
std::uint64_t RingPages::producer_position() const { return load<std::uint64_t>(producer_); }

bool RingPages::has_record() const {
    // Either this sees that the record is complete, or the kernel, which completes it and then looks at the consumer's
    // position, sees where the consumer is and wakes it (kernel/bpf/ringbuf.c: bpf_ringbuf_commit).
    std::atomic_thread_fence(std::memory_order_seq_cst);
    const std::uint64_t consumer = consumer_position();
    if (consumer == producer_position()) return false;
    return (load<std::uint32_t>(data_ + (consumer & (data_bytes_ - 1) & ~std::uint64_t{7})) & BPF_RINGBUF_BUSY_BIT) ==
           0;
}

std::int64_t RingPages::read(std::span<std::byte> target, ReadCounts& counts) const {
    const std::uint64_t begin = consumer_position();
    const std::uint64_t produced = producer_position() - begin;
    if (!makes_sense(begin, produced, data_bytes_)) {
        store(consumer_, begin + produced);
        return -EBADMSG;
    }
    const std::byte* first = data_ + (begin & (data_bytes_ - 1));
    const std::uint64_t room = std::min(target.size(), max_copied_bytes);
    std::uint64_t bytes = 0;
    bool all_fit = true;
    while (bytes < produced) {
        const auto header = load<std::uint32_t>(first + bytes);
        if ((header & BPF_RINGBUF_BUSY_BIT) != 0) break;
        const std::uint64_t record = ring_record_bytes(header);
        if (record > produced - bytes) {
            store(consumer_, begin + produced);
            return -EBADMSG;
        }
        all_fit = record <= room - bytes;
        if (!all_fit) break;
        bytes += record;
        counts.events += (header & BPF_RINGBUF_DISCARD_BIT) == 0;
    }
    if (bytes == 0) return all_fit ? 0 : -ENOSPC;
    std::memcpy(target.data(), first, bytes);
    store(consumer_, begin + bytes);
    return static_cast<std::int64_t>(bytes);
}

std::int64_t RingPages::consume(const std::function<int(std::span<const std::byte>)>& take) const {
    std::uint64_t position = consumer_position();
    const std::uint64_t end = producer_position();
    if (!makes_sense(position, end - position, data_bytes_)) {
        store(consumer_, end);
        return -EBADMSG;
    }
    std::int64_t records = 0;
    while (position != end) {
        const std::byte* header_place = data_ + (position & (data_bytes_ - 1));
        const auto header = load<std::uint32_t>(header_place);
        if ((header & BPF_RINGBUF_BUSY_BIT) != 0) break;
        const std::uint64_t record = ring_record_bytes(header);
        if (record > end - position) {
            store(consumer_, end);
            return -EBADMSG;
        }
        position += record;
        int result = 0;
        if ((header & BPF_RINGBUF_DISCARD_BIT) == 0) {
            result = take({header_place + BPF_RINGBUF_HDR_SZ, header & ~flag_bits});
            records++;
        }
        store(consumer_, position);
        if (result < 0) return result;
    }
    return records;
}

std::int64_t RingPages::write(std::span<const std::byte> records) const {
    const std::uint64_t begin = producer_position();
    const std::uint64_t used = begin - consumer_position();
    if (!makes_sense(begin, used, data_bytes_)) return -EBADMSG;
    std::uint64_t bytes = 0;
    while (records.size() - bytes >= BPF_RINGBUF_HDR_SZ) {
        std::uint32_t header;
        std::memcpy(&header, records.data() + bytes, sizeof(header));
        const std::uint64_t record = ring_record_bytes(header);
        if ((header & BPF_RINGBUF_BUSY_BIT) != 0 || record > records.size() - bytes || record > data_bytes_)
            return bytes != 0 ? static_cast<std::int64_t>(bytes) : -EINVAL;
        if (record > data_bytes_ - used - bytes || record > max_copied_bytes - bytes) break;
        std::byte* place = data_ + ((begin + bytes) & (data_bytes_ - 1));
        const std::uint32_t no_padding = 0;
        std::memcpy(place, &header, sizeof(header));
        std::memcpy(place + sizeof(header), &no_padding, sizeof(no_padding));
        std::memcpy(place + BPF_RINGBUF_HDR_SZ, records.data() + bytes + BPF_RINGBUF_HDR_SZ,
                    record - BPF_RINGBUF_HDR_SZ);
        bytes += record;
        store(producer_, begin + bytes);
    }
    return bytes != 0 || records.size() >= BPF_RINGBUF_HDR_SZ ? static_cast<std::int64_t>(bytes) : -EINVAL;
}

PerfPages::PerfPages(std::span<std::byte> pages)
    : page_(pages.data()), data_(pages.data() + page_bytes()), data_bytes_(pages.size() - page_bytes()) {}

std::uint64_t PerfPages::head() const { return load<std::uint64_t>(page_ + offsetof(perf_event_mmap_page, data_head)); }
std::uint64_t PerfPages::tail() const { return load<std::uint64_t>(page_ + offsetof(perf_event_mmap_page, data_tail)); }
void PerfPages::set_tail(std::uint64_t position) const {
    store(page_ + offsetof(perf_event_mmap_page, data_tail), position);
}

std::int64_t PerfPages::read(std::span<std::byte> target, ReadCounts& counts) const {
    const std::uint64_t begin = tail();
    const std::uint64_t produced = head() - begin;
    const std::uint64_t room = std::min(target.size(), max_copied_bytes);
    if (!makes_sense(begin, produced, data_bytes_)) {
        set_tail(begin + produced);
        return -EBADMSG;
    }
    std::uint64_t bytes = 0;
    bool all_fit = true;
    while (bytes < produced) {
        // A header is never broken: the kernel writes at multiples of 8.
        const std::byte* header = data_ + ((begin + bytes) & (data_bytes_ - 1));
        const auto record = load<std::uint16_t>(header + offsetof(perf_event_header, size));
        if (record < sizeof(perf_event_header) || record % 8 != 0 || record > produced - bytes) {
            set_tail(begin + produced);
            return -EBADMSG;
        }
        all_fit = record <= room - bytes;
        if (!all_fit) break;
        const auto type = load<std::uint32_t>(header + offsetof(perf_event_header, type));
        counts.events += type == PERF_RECORD_SAMPLE;
        // Of such a record, after its header: u64 id, u64 lost.
        if (type == PERF_RECORD_LOST && record >= sizeof(perf_event_header) + 16)
            counts.lost_samples +=
                load<std::uint64_t>(data_ + ((begin + bytes + sizeof(perf_event_header) + 8) & (data_bytes_ - 1)));
        bytes += record;
    }
    if (bytes == 0) return all_fit ? 0 : -ENOSPC;
    const std::size_t start = begin & (data_bytes_ - 1);
    const std::size_t until_end = std::min<std::size_t>(bytes, data_bytes_ - start);
    std::memcpy(target.data(), data_ + start, until_end);
    std::memcpy(target.data() + until_end, data_, bytes - until_end);
    set_tail(begin + bytes);
    return static_cast<std::int64_t>(bytes);
}

}  // namespace wasm_bpf::bpf
