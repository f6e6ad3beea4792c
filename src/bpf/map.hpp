#pragma once
// A map of an object. Sizes are remembered, so that an element operation costs one system call.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "wasm_bpf/error.hpp"

struct bpf_map;

namespace wasm_bpf::bpf {

class LibbpfMessages;

// What a map is (enum bpf_map_type and so on as in linux/bpf.h).
struct MapShape {
    std::uint32_t type;
    std::uint32_t key_size;     // bytes
    std::uint32_t value_size;   // bytes, of one CPU's value in a per-CPU map
    std::uint32_t value_bytes;  // bytes that one element operation moves: per-CPU maps move
                                // round_up(value_size, 8) × possible CPUs
    std::uint32_t max_entries;
    std::uint32_t map_flags;
};

// Owned by its Object and valid as long as that lives. Not thread-safe.
class Map {
public:
    explicit Map(bpf_map* map);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const MapShape& shape() const { return shape_; }
    // The kernel's fd; -1 until the object is loaded.
    [[nodiscard]] int fd() const { return fd_; }

    // Element operations: 0 or a negative errno, as in libbpf; -EBADF before load. `key` points to key_size bytes
    // (null where the map has no keys), `value` to value_bytes.
    int lookup(const void* key, void* value, std::uint64_t flags) const;
    int update(const void* key, const void* value, std::uint64_t flags) const;
    int remove(const void* key, std::uint64_t flags) const;
    int lookup_and_delete(const void* key, void* value, std::uint64_t flags) const;
    // `key` may be null: then the first key.
    int next_key(const void* key, void* next_key) const;

    // Before load only (-EBUSY after). Type and max_entries of global data cannot be changed (-EINVAL).
    Result<> set_type(std::uint32_t type);
    Result<> set_max_entries(std::uint32_t max_entries);
    Result<> set_key_size(std::uint32_t bytes);
    Result<> set_value_size(std::uint32_t bytes);
    Result<> set_autocreate(bool autocreate);
    // The first content of .data, .bss, .rodata or another mmapable internal map; exactly its size.
    Result<> set_initial_value(std::span<const std::byte> value);
    // Empty where the map has none.
    [[nodiscard]] std::span<const std::byte> initial_value() const;

    // .data, .bss, .rodata, .kconfig and their custom kin.
    [[nodiscard]] bool is_global_data() const;
    // Bytes of the mapping behind an mmapable array or global data; 0 where it cannot be mapped.
    [[nodiscard]] std::size_t mapping_bytes() const;
    // Whether BPF programs alone may write it (.rodata: frozen at load).
    [[nodiscard]] bool is_read_only() const;

    // Whether load makes it.
    [[nodiscard]] bool autocreate() const;
    // Holds on to what must end with the map.
    void keep_alive(std::shared_ptr<void> needed) { kept_ = std::move(needed); }

    // Called by Object after load: takes over fd and final sizes.
    void refresh();
    [[nodiscard]] bpf_map* raw() const { return map_; }

private:
    [[nodiscard]] Result<> check_resizable(std::string_view field) const;
    Result<> changed(int error, const LibbpfMessages& messages, std::string_view field);
    bpf_map* map_;
    std::string name_;
    MapShape shape_{};
    int fd_ = -1;
    std::shared_ptr<void> kept_;
};

}  // namespace wasm_bpf::bpf
