#pragma once
// A map: of an object, made without one, or opened where it is pinned. Sizes are remembered, so that an element
// operation costs one system call.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "bpf/fd.hpp"
#include "bpf/system_call.hpp"
#include "wasm_bpf/error.hpp"

struct bpf_map;
struct bpf_map_info;
struct bpf_program;

namespace wasm_bpf::bpf {

// What a map is (enum bpf_map_type and so on as in linux/bpf.h).
struct MapShape {
    std::uint32_t type;
    std::uint32_t key_size;     // bytes
    std::uint32_t value_size;   // bytes, of one CPU's value in a per-CPU map
    std::uint32_t value_bytes;  // bytes that one element operation moves: per-CPU maps move
                                // round_up(value_size, 8) × possible CPUs
    std::uint32_t max_entries;
    std::uint32_t map_flags;
    std::uint64_t map_extra;
};

// Whether each CPU has a value of its own.
[[nodiscard]] bool is_per_cpu(std::uint32_t map_type);

// What is asked for less often.
struct MapDetails {
    std::uint32_t id = 0;  // the kernel's; 0 before the map is made
    std::uint32_t numa_node = 0;
    std::uint32_t btf_key_type_id = 0;
    std::uint32_t btf_value_type_id = 0;
    std::uint32_t interface_index = 0;
    bool autocreate = true;
    bool autoattach = false;
};

struct MapOptions {
    std::string name{};  // cut to 15 bytes
    std::uint32_t type = 0;
    std::uint32_t key_size = 0;
    std::uint32_t value_size = 0;
    std::uint32_t max_entries = 0;
    std::uint32_t map_flags = 0;
    std::uint64_t map_extra = 0;
    std::uint32_t numa_node = 0;
    std::uint32_t interface_index = 0;
    int inner_fd = -1;  // of a map of maps: an example of its inner maps
    int btf_fd = -1;    // whose types the ids are of
    std::uint32_t btf_key_type_id = 0;
    std::uint32_t btf_value_type_id = 0;
    int token_fd = -1;  // a BPF token to make it by

    // Its shape as the kernel would make it.
    [[nodiscard]] MapShape shape() const;
};

// What a batch operation takes and gives (BPF_MAP_*_BATCH); `count` is in and out. What the operation does not use is
// null.
struct MapBatch {
    const void* in_batch = nullptr;
    void* out_batch = nullptr;
    void* keys = nullptr;
    void* values = nullptr;
    std::uint32_t count = 0;
    std::uint64_t elem_flags = 0;
    std::uint64_t flags = 0;
};

// What is done with one element; the numbers are those of enum bpf_cmd.
enum class ElementCommand { lookup = 1, update = 2, remove = 3, next_key = 4, lookup_and_delete = 21 };

// Owned by its Object and valid as long as that lives, or by whoever made or opened it. Not thread-safe.
class Map {
public:
    explicit Map(bpf_map* map);
    // Makes a map without an object.
    static Result<std::unique_ptr<Map>> create(const MapOptions& options);
    // Takes over the fd of a map.
    static Result<std::unique_ptr<Map>> adopt(Fd fd);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const MapShape& shape() const { return shape_; }
    [[nodiscard]] MapDetails details() const;
    // The kernel's fd; -1 until the object is loaded.
    [[nodiscard]] int fd() const { return fd_; }

    // Element operations: 0 or a negative errno, as in libbpf; -EBADF before load. `key` points to key_size bytes
    // (null where the map has no keys), `value` to element_bytes(flags).
    int lookup(const void* key, void* value, std::uint64_t flags) const {
        return call(ElementCommand::lookup, key, value, flags);
    }
    int update(const void* key, const void* value, std::uint64_t flags) const {
        return call(ElementCommand::update, key, value, flags);
    }
    int remove(const void* key, std::uint64_t flags) const { return call(ElementCommand::remove, key, nullptr, flags); }
    int lookup_and_delete(const void* key, void* value, std::uint64_t flags) const {
        return call(ElementCommand::lookup_and_delete, key, value, flags);
    }
    // `key` may be null: then the first key.
    int next_key(const void* key, void* next_key) const { return call(ElementCommand::next_key, key, next_key, 0); }
    // Any of them; `value` is the next key of next_key, and null for remove.
    [[gnu::always_inline]] int call(ElementCommand command, const void* key, const void* value,
                                    std::uint64_t flags) const {
        ElementAttributes attributes{
            .map_fd = static_cast<std::uint32_t>(fd_), .key = key, .value = value, .flags = flags};
        return system_call(static_cast<int>(command), &attributes, sizeof(attributes));
    }
    // Bytes of one value in an operation with these flags: one CPU's where they name a CPU (BPF_F_CPU).
    [[nodiscard]] std::uint32_t element_bytes(std::uint64_t flags) const;

    // Batches: the same results. `keys` points to count × key_size bytes, `values` to count ×
    // element_bytes(elem_flags), `in_batch` and `out_batch` to max(key_size, 4).
    int lookup_batch(MapBatch& batch) const;
    int lookup_and_delete_batch(MapBatch& batch) const;
    int update_batch(MapBatch& batch) const;
    int delete_batch(MapBatch& batch) const;

    // No call of user space may change it any more.
    Result<> freeze();

    // Before load only (-EBUSY after). EINVAL for what makes no sense for the map: global data has the size of its
    // variables, the kinds that libbpf prepares at open (struct_ops, arenas, program arrays, maps of maps) stay so.
    Result<> set_type(std::uint32_t type);
    Result<> set_max_entries(std::uint32_t max_entries);
    Result<> set_key_size(std::uint32_t bytes);
    Result<> set_value_size(std::uint32_t bytes);
    Result<> set_autocreate(bool autocreate);
    Result<> set_map_flags(std::uint32_t flags);
    Result<> set_numa_node(std::uint32_t node);
    Result<> set_map_extra(std::uint64_t extra);
    Result<> set_interface_index(std::uint32_t index);
    Result<> set_autoattach(bool autoattach);  // of struct_ops; after load too
    // The first content of .data, .bss, .rodata or another mmapable internal map; exactly its size.
    Result<> set_initial_value(std::span<const std::byte> value);
    // The shape of the inner maps of a map of maps, by example.
    Result<> set_inner(const Map& example);
    // Of the program of its own object that alone may use it; set before load.
    Result<> set_exclusive(bpf_program* program);
    [[nodiscard]] bpf_program* exclusive() const;  // null: any may
    // The object takes `existing` in the place of its own map. EINVAL where type or sizes differ.
    Result<> reuse(const Map& existing);
    [[nodiscard]] bool reused() const { return reused_; }
    // Empty where the map has none.
    [[nodiscard]] std::span<const std::byte> initial_value() const;

    // Where the object's load pins it, or takes it from; empty: nowhere. By its definition in the object, or set.
    [[nodiscard]] const std::string& pin_path() const { return pin_path_; }
    Result<> set_pin_path(std::string path);
    [[nodiscard]] bool pinned() const { return pinned_; }
    // EEXIST where the path is taken.
    Result<> pin(const std::string& path);
    // EINVAL where something else is pinned there.
    Result<> unpin(const std::string& path);

    // .data, .bss, .rodata, .kconfig and their custom kin.
    [[nodiscard]] bool is_global_data() const;
    // Bytes of the mapping behind an mmapable array, global data or an arena; 0 where it cannot be mapped.
    [[nodiscard]] std::size_t mapping_bytes() const;
    // Whether BPF programs alone may write it (.rodata: frozen at load).
    [[nodiscard]] bool is_read_only() const;

    // Whether load makes it.
    [[nodiscard]] bool autocreate() const;
    // Holds on to what must end with the map.
    void keep_alive(std::shared_ptr<void> needed) { kept_ = std::move(needed); }

    // libbpf's own mapping of the content of a loaded object's global data or arena; null where it has none.
    [[nodiscard]] std::byte* libbpf_mapping() const;
    // Of a loaded object's arena: where in it its global variables begin.
    [[nodiscard]] std::size_t global_offset() const { return global_offset_; }

    // Called by Object before load: keeps libbpf from mapping an arena at an address that a guest chose.
    Result<> prepare_for_load();
    // Called by Object before load: takes what is pinned at pin_path(), where something is.
    Result<> take_pinned();
    // Called by Object after load: takes over fd and final sizes, ...
    void refresh();
    void loaded(std::size_t global_offset) {
        libbpf_maps_ = fd_ < 0;
        global_offset_ = global_offset;
        refresh();
    }
    // ... or, after a failed one, gives up the fd, which libbpf may have closed.
    void load_failed() { fd_ = -1; }
    // ... and pins what asked for it.
    Result<> pin_at_load();
    // libbpf's map; null for one without an object.
    [[nodiscard]] bpf_map* raw() const { return map_; }

private:
    Map(Fd fd, const bpf_map_info& info);
    // Why a field cannot be set now or at all; empty where it can.
    [[nodiscard]] std::string obstacle_to(std::string_view field) const;
    Result<> set(std::string_view field, auto&& call);
    [[nodiscard]] bool is_struct_ops() const;
    [[nodiscard]] bool has_pages_of_its_own() const;

    bpf_map* map_ = nullptr;
    std::string name_;
    MapShape shape_{};
    int fd_ = -1;
    std::shared_ptr<void> kept_;
    Fd own_;    // of a map without an object
    Fd inner_;  // the example, until libbpf has used it
    MapDetails own_details_{};
    std::uint32_t id_ = 0;
    std::string pin_path_;
    bool pinned_ = false;
    bool reused_ = false;
    bool libbpf_maps_ = false;  // libbpf made the map at load, and mapped it where it maps its kind
    std::size_t global_offset_ = 0;
};

}  // namespace wasm_bpf::bpf
