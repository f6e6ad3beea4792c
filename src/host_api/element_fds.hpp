#pragma once
// Maps whose elements or keys are file descriptors. A guest names by handle there what it holds: the numbers of the
// host's own fds are not its to use. What the kernel gives back for such an element is an id or a cookie, as it is.

#include <cstddef>
#include <span>

#include "bpf/map.hpp"
#include "host_api/handle_table.hpp"

namespace wasm_bpf::host_api {

inline constexpr std::size_t max_fd_element_bytes = 16;  // the kernel takes 4 or 8 for such maps

enum class ElementPart { key, value };

// Whether that part of the map's elements holds an fd.
[[nodiscard]] bool holds_fd(const bpf::Map& map, ElementPart part);
// The same for guests: bits of enum wasm_bpf_handles.
[[nodiscard]] std::uint32_t handle_parts(const bpf::Map& map);

// Puts the fd in the place of the handle. -EBADF where the handle is none of the kind that the map takes. Task storage
// has the id of a process in its place: `opened` then owns the fd.
[[nodiscard]] int put_fd(HandleTable& handles, const bpf::Map& map, ElementPart part, std::span<std::byte> bytes,
                         bpf::Fd& opened);

}  // namespace wasm_bpf::host_api
