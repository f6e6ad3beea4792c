#pragma once
// Reads the records of one ring or perf buffer in the host: the copying way, for guests of version 0.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

class Map;

// Gets each record in order. A negative result ends the batch and is what consume() returns; the record counts as
// consumed, as in libbpf.
using RecordCallback = std::function<int(std::span<const std::byte>)>;
// Gets the number of samples that a perf buffer of one CPU lost.
using LostCallback = std::function<void(int cpu, std::uint64_t samples)>;

// Does not depend on its map's life. Not thread-safe.
class RecordReader {
public:
    // EINVAL where the map is neither BPF_MAP_TYPE_RINGBUF nor BPF_MAP_TYPE_PERF_EVENT_ARRAY.
    static Result<std::unique_ptr<RecordReader>> open(const Map& map, LostCallback lost);
    virtual ~RecordReader() = default;

    // Becomes readable (POLLIN) when there are records.
    [[nodiscard]] virtual int poll_fd() const = 0;
    // Hands over what is there now: a bounded number of records however fast producers are (at most what the buffer
    // could hold at the start), so that it always returns. The number of records, or the callback's negative value.
    virtual std::int64_t consume(const RecordCallback& callback) = 0;
};

}  // namespace wasm_bpf::bpf
