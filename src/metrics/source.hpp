#pragma once
// Where the numbers of a metric lie, and how they are read.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bpf/map.hpp"
#include "metrics/declaration.hpp"

namespace wasm_bpf::metrics {

// The numbers of one sample: one, or those of all slots; as they lie there.
struct Numbers {
    std::vector<double> values;
    double sum = 0;

    // Adds what another place has; of the same declaration.
    Numbers& operator+=(const Numbers& other);
};

// Samples by their labels, which follow the declaration's own.
using Readings = std::map<MetricLabels, Numbers>;

// In the guest's memory, whose pages are there for as long as the registry is open.
class MemorySource {
public:
    // `value` and `sum` are aligned to their numbers. With Copied::yes they are read by copy() alone.
    enum class Copied : bool { no, yes };
    MemorySource(std::uint64_t value, std::uint64_t sum, Copied copied)
        : value_offset_(value), sum_offset_(sum), copied_(copied == Copied::yes) {}

    [[nodiscard]] bool copied() const { return copied_; }
    // From where the guest's memory is now.
    void copy(const Declaration& declaration, const std::byte* memory) { copy_ = numbers(declaration, memory); }
    [[nodiscard]] Numbers read(const Declaration& declaration, const std::byte* memory) const {
        return copied_ ? copy_ : numbers(declaration, memory);
    }

private:
    [[nodiscard]] Numbers numbers(const Declaration& declaration, const std::byte* memory) const;

    std::uint64_t value_offset_, sum_offset_;
    bool copied_;
    Numbers copy_;
};

// What a label's value is made of: bytes of an element.
struct LabelPart {
    enum class Format : std::uint8_t {
        unsigned_number = 1,  // 1, 2, 4 or 8 bytes, as the machine orders them
        signed_number = 2,
        network_number = 3,  // unsigned, in the network's order
        ipv4 = 4,
        ipv6 = 5,
        text = 6,  // up to a zero byte
        hex = 7,
    };
    std::string name;
    Format format;
    enum class In : bool { key, value } in;
    std::uint32_t offset, size;
};

// In a BPF map, of which it has an fd of its own. Read by system calls, which nothing of the guest's takes part in.
// Values of several CPUs are added up, and so are elements with the same labels.
class MapSource {
public:
    enum class Place : std::uint8_t {
        element = 2,       // of one key
        each_element = 3,  // of every key
        slots = 4,         // a histogram's slot N is element N of an array
    };
    struct Layout {
        Place place;
        std::uint32_t value_offset, sum_offset;  // in an element's value
        std::vector<std::byte> key;
        std::vector<LabelPart> labels;
    };

    // EINVAL where the declaration does not fit the map, or the map is none of the hash and array kinds.
    static Result<MapSource> make(std::shared_ptr<const bpf::Map> map, Layout layout, const Declaration& declaration);

    // Whether all of it was read: false where there were more elements or samples than a reading takes. From any
    // thread.
    bool read(const Declaration& declaration, Readings& readings) const;

private:
    MapSource(std::shared_ptr<const bpf::Map> map, Layout layout) : map_(std::move(map)), layout_(std::move(layout)) {}
    // False where that would be one sample too many.
    bool add(const Declaration& declaration, std::span<const std::byte> key, const std::byte* value,
             Readings& readings) const;
    void read_slots(const Declaration& declaration, Readings& readings) const;
    bool read_array(const Declaration& declaration, Readings& readings) const;
    bool read_hash(const Declaration& declaration, Readings& readings) const;
    [[nodiscard]] double number_at(const std::byte* value, std::uint32_t offset, Number number) const;

    std::shared_ptr<const bpf::Map> map_;
    Layout layout_;
};

}  // namespace wasm_bpf::metrics
