#pragma once
// The content of a map as part of a guest's linear memory: global data, mmapable arrays, arenas.

#include <cstddef>
#include <span>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

class Map;

// BPF_MAP_TYPE_ARENA: pages that programs and the guest share with the pointers in them.
[[nodiscard]] bool is_arena(const Map& map);

// .kconfig: its content is the kernel's configuration, made at load.
[[nodiscard]] bool is_kernel_configuration(const Map& map);

// Maps an mmapable array, global data or a created arena over `memory` (page-aligned, Map::mapping_bytes): read-only
// where the map is frozen. Where it fails the memory is as it was. Undo with unmap_window, all of it at once.
Result<> map_content_window(const Map& map, std::span<std::byte> memory);

// Before load: creates the arena so that its pages lie at `memory`, where map_content_window is to map them. It is not
// left to libbpf, which would unmap them at the object's end and leave a hole there. By the BPF token, unless that is
// -1.
Result<> create_arena_at(Map& map, std::span<const std::byte> memory, int token_fd);

// After load: copies the global variables' initial values to their place in the window of such an arena.
Result<> fill_arena(const Map& map, std::span<std::byte> memory);

// Copies from or to what a window would show, `offset` bytes from its start, of a created map. EFAULT for pages of an
// arena that cannot be touched, EPERM for a store to a map that is read-only.
Result<> read_map_content(const Map& map, std::size_t offset, std::span<std::byte> data);
Result<> write_map_content(const Map& map, std::size_t offset, std::span<const std::byte> data);

}  // namespace wasm_bpf::bpf
