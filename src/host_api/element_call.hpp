#pragma once
// Element operations on a map, shared by both versions of the ABI. All guest memory is checked by the map's own sizes
// before the one system call; a per-CPU value in its whole length. Where an element holds an fd the guest gives a
// handle.

#include <cstdint>

#include "host_api/host.hpp"

namespace wasm_bpf::host_api {

enum class ElementCommand { lookup, update, remove, lookup_and_delete, next_key };

struct ElementCall {
    ElementCommand command;
    std::uint32_t key;  // guest offsets; `key` may be 0 where the map has no keys, and for the first next_key
    std::uint32_t value;
    std::uint32_t next_key;
    std::uint64_t flags;
};

// 0 or a negative errno; -EFAULT where memory is outside the guest's, -EBADF where a handle is wrong.
[[nodiscard]] int call_element(Host& host, const bpf::Map& map, const ElementCall& call);

}  // namespace wasm_bpf::host_api
