// wasmi's, by deps/min.

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "engine/trap_texts.hpp"
#include "engine/wasm_c_api/beyond_standard.hpp"

extern "C" {
// deps/min/src
wasm_engine_t* wasm_bpf_wasmi_engine_new();
void wasm_bpf_wasmi_limit(wasm_store_t* store, std::uint64_t memory_bytes, std::uint32_t table_elements);
std::size_t wasm_bpf_wasmi_refusal(wasm_store_t* store, const wasm_byte_vec_t* binary, char* text, std::size_t size);
std::int32_t wasm_bpf_wasmi_trap_code(const wasm_trap_t* trap);
std::size_t wasm_bpf_wasmi_trap_text(const wasm_trap_t* trap, char* text, std::size_t size);
wasm_trap_t* wasm_bpf_wasmi_call(const wasm_func_t* function, const wasm_val_t* parameters, std::size_t parameter_count,
                                 wasm_val_t* results, std::size_t result_count, bool (*checkpoint)(void*),
                                 void* environment);
}

namespace {

// From here on pages given back and taken anew are cheaper than pages written: most of a guest's memory is never
// touched.
constexpr std::size_t many_zeroes = 256 << 10;

// Zeroes all of it by giving its pages back, to be zero when they are next touched (madvise(2): private anonymous
// memory, which all of an allocator's is). False: nothing happened.
bool give_back(unsigned char* memory, std::size_t size) {
    const auto page = static_cast<std::size_t>(getpagesize());
    const std::size_t before = -reinterpret_cast<std::uintptr_t>(memory) % page;
    const std::size_t pages = (size - before) / page * page;
    if (madvise(memory + before, pages, MADV_DONTNEED) != 0) return false;
    std::memset(memory, 0, before);
    std::memset(memory + before + pages, 0, size - before - pages);
    return true;
}

}  // namespace

// The engine's memset by another name (deps/build_min): wasmi writes zeroes over the whole of a guest's memory before
// the guest starts, which is a page fault for each page of it, a tenth of the time from exec to attached and a megabyte
// resident.
extern "C" void* wasm_bpf_wasmi_memset(void* memory, int value, std::size_t size) {
    if (value == 0 && size >= many_zeroes && give_back(static_cast<unsigned char*>(memory), size)) return memory;
    return std::memset(memory, value, size);
}

namespace wasm_bpf::engine::beyond_standard {

std::string_view engine_name() { return "wasmi " WASM_BPF_WASMI_VERSION; }

wasm_engine_t* new_engine() { return wasm_bpf_wasmi_engine_new(); }

bool has_checkpoints() { return true; }

void limit_growth(wasm_store_t* store, std::uint64_t memory_bytes, std::uint32_t table_elements) {
    wasm_bpf_wasmi_limit(store, memory_bytes, table_elements);
}

std::string refusal(wasm_store_t* store, const wasm_byte_vec_t& binary) {
    std::array<char, 512> text;
    return {text.data(), wasm_bpf_wasmi_refusal(store, &binary, text.data(), text.size())};
}

std::string_view trap_text(const wasm_trap_t* trap) {
    using namespace trap_texts;
    constexpr std::array<std::string_view, 10> by_code{"",
                                                       unreachable,
                                                       memory_bounds,
                                                       table_bounds,
                                                       null_entry,
                                                       division_by_zero,
                                                       integer_overflow,
                                                       bad_conversion,
                                                       stack_overflow,
                                                       other_type};
    const auto code = static_cast<std::size_t>(wasm_bpf_wasmi_trap_code(trap));
    return by_code[std::min(code, by_code.size() - 1)];
}

std::string message(const wasm_trap_t* trap) {
    std::array<char, 512> text;
    return {text.data(), wasm_bpf_wasmi_trap_text(trap, text.data(), text.size())};
}

wasm_trap_t* call(const wasm_func_t* function, std::span<const wasm_val_t> parameters, std::span<wasm_val_t> results,
                  bool (*checkpoint)(void*), void* environment) {
    return wasm_bpf_wasmi_call(function, parameters.data(), parameters.size(), results.data(), results.size(),
                               checkpoint, environment);
}

}  // namespace wasm_bpf::engine::beyond_standard
