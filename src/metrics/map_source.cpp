#include <arpa/inet.h>
#include <linux/bpf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "bpf/kernel.hpp"
#include "metrics/source.hpp"

namespace wasm_bpf::metrics {
namespace {

constexpr std::array hashes{BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_PERCPU_HASH, BPF_MAP_TYPE_LRU_HASH,
                            BPF_MAP_TYPE_LRU_PERCPU_HASH};
constexpr std::array arrays{BPF_MAP_TYPE_ARRAY, BPF_MAP_TYPE_PERCPU_ARRAY};

bool is_one_of(std::uint32_t type, const auto& types) {
    return std::ranges::any_of(types, [&](auto known) { return static_cast<std::uint32_t>(known) == type; });
}

std::size_t stride_of(const bpf::MapShape& shape) { return (std::size_t{shape.value_size} + 7) & ~std::size_t{7}; }

double load(const std::byte* at, Number number) {
    const auto as = [&]<typename T>(T value) {
        std::memcpy(&value, at, sizeof(value));
        return static_cast<double>(value);
    };
    switch (number) {
        case Number::u64: return as(std::uint64_t{});
        case Number::i64: return as(std::int64_t{});
        case Number::f64: return as(double{});
        case Number::u32: return as(std::uint32_t{});
        case Number::i32: break;
    }
    return as(std::int32_t{});
}

std::uint64_t integer(std::span<const std::byte> bytes, LabelPart::Format format) {
    std::uint64_t value = 0;
    const bool is_network = format == LabelPart::Format::network_number;
    for (std::size_t i = 0; i < bytes.size(); i++)
        value = value << 8 | static_cast<std::uint64_t>(bytes[is_network ? i : bytes.size() - 1 - i]);
    return value;
}

std::string label_text(std::span<const std::byte> bytes, LabelPart::Format format) {
    char room[INET6_ADDRSTRLEN];
    switch (format) {
        case LabelPart::Format::unsigned_number:
        case LabelPart::Format::network_number: return fmt::format("{}", integer(bytes, format));
        case LabelPart::Format::signed_number: {
            const auto unused = static_cast<int>(64 - 8 * bytes.size());
            return fmt::format("{}", static_cast<std::int64_t>(integer(bytes, format) << unused) >> unused);
        }
        case LabelPart::Format::ipv4: return ::inet_ntop(AF_INET, bytes.data(), room, sizeof(room));
        case LabelPart::Format::ipv6: return ::inet_ntop(AF_INET6, bytes.data(), room, sizeof(room));
        case LabelPart::Format::text: {
            const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            return valid_utf8(all.substr(0, std::min(all.find('\0'), max_label_bytes)));
        }
        case LabelPart::Format::hex: break;
    }
    std::string text;
    for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
    return text;
}

bool is_size_of(std::uint32_t size, LabelPart::Format format) {
    switch (format) {
        case LabelPart::Format::unsigned_number:
        case LabelPart::Format::signed_number:
        case LabelPart::Format::network_number: return size == 1 || size == 2 || size == 4 || size == 8;
        case LabelPart::Format::ipv4: return size == 4;
        case LabelPart::Format::ipv6: return size == 16;
        case LabelPart::Format::text:
        case LabelPart::Format::hex: break;
    }
    return size >= 1 && size <= (format == LabelPart::Format::hex ? max_label_bytes / 2 : 4096);
}

std::unexpected<Error> refused(const Declaration& declaration, const bpf::Map& map, std::string_view why) {
    return fail(EINVAL, fmt::format("metric \"{}\" in map \"{}\": {}", declaration.name, map.name(), why));
}

Result<> check_labels(const Declaration& declaration, const MapSource::Layout& layout, const bpf::Map& map) {
    if (declaration.labels.size() + layout.labels.size() > max_labels)
        return refused(declaration, map, fmt::format("it has more than {} labels", max_labels));
    for (std::size_t i = 0; i < layout.labels.size(); i++) {
        const LabelPart& part = layout.labels[i];
        const auto same_name = [&](const auto& label) { return label.first == part.name; };
        const bool is_twice = std::ranges::any_of(declaration.labels, same_name) ||
                              std::ranges::count(layout.labels, part.name, &LabelPart::name) > 1;
        if (!is_label_name(part.name) || is_twice)
            return refused(declaration, map, fmt::format("\"{}\" is no name for a label of it", valid_utf8(part.name)));
        if (!is_size_of(part.size, part.format))
            return refused(declaration, map,
                           fmt::format("label \"{}\" cannot be made of {} bytes", part.name, part.size));
        const std::uint32_t whole = part.in == LabelPart::In::key ? map.shape().key_size : map.shape().value_size;
        if (std::uint64_t{part.offset} + part.size > whole)
            return refused(declaration, map,
                           fmt::format("label \"{}\" ends beyond the {} bytes of the {}", part.name, whole,
                                       part.in == LabelPart::In::key ? "key" : "value"));
    }
    return {};
}

}  // namespace

Result<MapSource> MapSource::make(std::shared_ptr<const bpf::Map> map, Layout layout, const Declaration& declaration) {
    const bpf::MapShape& shape = map->shape();
    const bool is_array = is_one_of(shape.type, arrays);
    if (!is_array && !is_one_of(shape.type, hashes))
        return refused(declaration, *map, "only maps of the hash and array kinds are read");
    const bool is_histogram = declaration.kind == MetricKind::histogram;
    if (layout.place == Place::slots) {
        if (!is_array || !is_histogram || declaration.sum)
            return refused(declaration, *map,
                           "the elements that are slots are an array's, and a histogram's, without a sum");
        if (declaration.slots > shape.max_entries)
            return refused(declaration, *map, fmt::format("it has {} elements alone", shape.max_entries));
    }
    if (layout.place == Place::element ? layout.key.size() != shape.key_size : !layout.key.empty())
        return refused(declaration, *map,
                       fmt::format("a key of {} bytes is not what it takes ({})", layout.key.size(),
                                   layout.place == Place::element ? shape.key_size : 0));
    if (layout.place != Place::each_element && !layout.labels.empty())
        return refused(declaration, *map, "only a metric of each element has labels of the elements");
    const std::uint64_t numbers = is_histogram && layout.place != Place::slots ? declaration.slots : 1;
    if (layout.value_offset + numbers * bytes_of(declaration.number) > shape.value_size ||
        (declaration.sum && std::uint64_t{layout.sum_offset} + bytes_of(*declaration.sum) > shape.value_size))
        return refused(declaration, *map,
                       fmt::format("its numbers end beyond the {} bytes of a value", shape.value_size));
    if (auto labels = check_labels(declaration, layout, *map); !labels)
        return std::unexpected(std::move(labels).error());
    return MapSource(std::move(map), std::move(layout));
}

double MapSource::number_at(const std::byte* value, std::uint32_t offset, Number number) const {
    if (!bpf::is_per_cpu(map_->shape().type)) return load(value + offset, number);
    double sum = 0;
    const std::size_t stride = stride_of(map_->shape());
    for (std::size_t at = 0; at < map_->shape().value_bytes; at += stride) sum += load(value + at + offset, number);
    return sum;
}

bool MapSource::add(const Declaration& declaration, std::span<const std::byte> key, const std::byte* value,
                    Readings& readings) const {
    MetricLabels labels;
    for (const LabelPart& part : layout_.labels) {
        const std::byte* bytes = part.in == LabelPart::In::key ? key.data() : value;
        labels.emplace_back(part.name, label_text({bytes + part.offset, part.size}, part.format));
    }
    if (readings.size() >= max_series && !readings.contains(labels)) return false;
    Numbers numbers;
    const std::uint32_t count = declaration.kind == MetricKind::histogram ? declaration.slots : 1;
    for (std::uint32_t i = 0; i < count; i++)
        numbers.values.push_back(
            number_at(value, layout_.value_offset + i * static_cast<std::uint32_t>(bytes_of(declaration.number)),
                      declaration.number));
    if (declaration.sum) numbers.sum = number_at(value, layout_.sum_offset, *declaration.sum);
    readings[std::move(labels)] += numbers;
    return true;
}

void MapSource::read_slots(const Declaration& declaration, Readings& readings) const {
    std::vector<std::byte> value(map_->shape().value_bytes);
    Numbers numbers;
    for (std::uint32_t slot = 0; slot < declaration.slots; slot++) {
        if (map_->lookup(&slot, value.data(), 0) != 0) return;
        numbers.values.push_back(number_at(value.data(), layout_.value_offset, declaration.number));
    }
    readings[{}] += numbers;
}

bool MapSource::read_array(const Declaration& declaration, Readings& readings) const {
    std::vector<std::byte> value(map_->shape().value_bytes);
    const auto most = static_cast<std::uint32_t>(std::min<std::size_t>(map_->shape().max_entries, max_elements_read));
    for (std::uint32_t index = 0; index < most; index++)
        if (map_->lookup(&index, value.data(), 0) == 0 &&
            !add(declaration, std::as_bytes(std::span(&index, 1)), value.data(), readings))
            return false;
    return most == map_->shape().max_entries;
}

// By batches, whole buckets each: no element comes twice, whatever is deleted meanwhile.
bool MapSource::read_hash(const Declaration& declaration, Readings& readings) const {
    const bpf::MapShape& shape = map_->shape();
    constexpr std::size_t batch_bytes = 256 << 10;
    std::size_t room = std::clamp<std::size_t>(batch_bytes / (shape.key_size + shape.value_bytes), 1, 256);
    std::vector<std::byte> keys, values, place(std::max<std::size_t>(shape.key_size, 4)), next(place.size());
    bool is_first = true;
    for (std::size_t read = 0; read < max_elements_read;) {
        keys.resize(room * shape.key_size);
        values.resize(room * shape.value_bytes);
        bpf::MapBatch batch{.in_batch = is_first ? nullptr : place.data(),
                            .out_batch = next.data(),
                            .keys = keys.data(),
                            .values = values.data(),
                            .count = static_cast<std::uint32_t>(room)};
        const int code = map_->lookup_batch(batch);
        // A bucket that has more elements than there is room for.
        if (code == -ENOSPC && room < max_elements_read) {
            room *= 2;
            continue;
        }
        if (code != 0 && code != -ENOENT) return true;
        for (std::size_t i = 0; i < batch.count; i++)
            if (!add(declaration, {keys.data() + i * shape.key_size, shape.key_size},
                     values.data() + i * shape.value_bytes, readings))
                return false;
        if (code == -ENOENT) return true;
        read += batch.count;
        std::swap(place, next);
        is_first = false;
    }
    return false;
}

bool MapSource::read(const Declaration& declaration, Readings& readings) const {
    switch (layout_.place) {
        case Place::slots: read_slots(declaration, readings); return true;
        case Place::element: {
            std::vector<std::byte> value(map_->shape().value_bytes);
            if (map_->lookup(layout_.key.data(), value.data(), 0) == 0)
                add(declaration, layout_.key, value.data(), readings);
            return true;
        }
        case Place::each_element: break;
    }
    return is_one_of(map_->shape().type, arrays) ? read_array(declaration, readings) : read_hash(declaration, readings);
}

}  // namespace wasm_bpf::metrics
