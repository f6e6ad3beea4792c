#include <bit>

#include "metrics/source.hpp"

namespace wasm_bpf::metrics {
namespace {

// The guest stores while this loads: each number is one load, aligned.
double load(const std::byte* at, Number number) {
    const auto bits64 = [&] { return __atomic_load_n(reinterpret_cast<const std::uint64_t*>(at), __ATOMIC_RELAXED); };
    const auto bits32 = [&] { return __atomic_load_n(reinterpret_cast<const std::uint32_t*>(at), __ATOMIC_RELAXED); };
    switch (number) {
        case Number::u64: return static_cast<double>(bits64());
        case Number::i64: return static_cast<double>(static_cast<std::int64_t>(bits64()));
        case Number::f64: return std::bit_cast<double>(bits64());
        case Number::u32: return bits32();
        case Number::i32: break;
    }
    return static_cast<std::int32_t>(bits32());
}

}  // namespace

Numbers& Numbers::operator+=(const Numbers& other) {
    if (values.size() < other.values.size()) values.resize(other.values.size());
    for (std::size_t i = 0; i < other.values.size(); i++) values[i] += other.values[i];
    sum += other.sum;
    return *this;
}

Numbers MemorySource::numbers(const Declaration& declaration, const std::byte* memory) const {
    Numbers result;
    const std::size_t count = declaration.kind == MetricKind::histogram ? declaration.slots : 1;
    for (std::size_t i = 0; i < count; i++)
        result.values.push_back(load(memory + value_offset_ + i * bytes_of(declaration.number), declaration.number));
    if (declaration.sum) result.sum = load(memory + sum_offset_, *declaration.sum);
    return result;
}

}  // namespace wasm_bpf::metrics
