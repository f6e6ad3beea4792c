#include "engine/wasmtime/linear_memory.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <utility>

namespace wasm_bpf::engine {
namespace {

constexpr std::uintptr_t four_gib = std::uintptr_t{1} << 32;

thread_local LinearMemory* created = nullptr;

wasmtime_error_t* out_of_memory() { return wasmtime_error_new("no address space for the linear memory"); }

// Reserves `bytes` of address space on a 4 GiB boundary.
std::byte* reserve_aligned(std::size_t bytes) {
    void* raw = mmap(nullptr, bytes + four_gib, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw == MAP_FAILED) return nullptr;
    auto* start = static_cast<std::byte*>(raw);
    const auto address = reinterpret_cast<std::uintptr_t>(start);
    const std::size_t before = ((address + four_gib - 1) & ~(four_gib - 1)) - address;
    if (before > 0) munmap(start, before);
    munmap(start + before + bytes, four_gib - before);
    return start + before;
}

std::uint8_t* get_memory(void* env, std::size_t* size, std::size_t* capacity) {
    const auto* memory = static_cast<LinearMemory*>(env);
    *size = memory->size;
    *capacity = memory->capacity;
    return reinterpret_cast<std::uint8_t*>(memory->base);
}

wasmtime_error_t* grow_memory(void* env, std::size_t new_size) {
    auto* memory = static_cast<LinearMemory*>(env);
    if (new_size > memory->capacity) return out_of_memory();
    // Only the new part: a window in the old one keeps its protection.
    if (new_size > memory->size &&
        mprotect(memory->base + memory->size, new_size - memory->size, PROT_READ | PROT_WRITE) != 0)
        return out_of_memory();
    memory->size = new_size;
    if (memory->told != nullptr) *memory->told = new_size;
    return nullptr;
}

void free_memory(void* env) {
    auto* memory = static_cast<LinearMemory*>(env);
    munmap(memory->mapping, memory->mapping_size);
    delete memory;
}

wasmtime_error_t* new_memory(void*, const wasm_memorytype_t*, std::size_t minimum, std::size_t, std::size_t reserved,
                             std::size_t guard, wasmtime_linear_memory_t* result) {
    const std::size_t capacity = reserved > minimum ? reserved : minimum;
    std::byte* base = reserve_aligned(capacity + guard);
    if (base == nullptr) return out_of_memory();
    if (minimum > 0 && mprotect(base, minimum, PROT_READ | PROT_WRITE) != 0) {
        munmap(base, capacity + guard);
        return out_of_memory();
    }
    created = new LinearMemory{base, minimum, capacity, base, capacity + guard, nullptr};
    *result = {created, get_memory, grow_memory, free_memory};
    return nullptr;
}

}  // namespace

void use_own_linear_memory(wasm_config_t* config) {
    wasmtime_memory_creator_t creator{nullptr, new_memory, nullptr};
    wasmtime_config_host_memory_creator_set(config, &creator);
}

LinearMemory* take_created_memory(std::atomic<std::uint64_t>* told) {
    LinearMemory* memory = std::exchange(created, nullptr);
    if (memory == nullptr || told == nullptr) return memory;
    memory->told = told;
    *told = memory->size;
    return memory;
}

}  // namespace wasm_bpf::engine
