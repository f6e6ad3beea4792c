#pragma once
// Element operations on a map, shared by both versions of the ABI. All guest memory is checked by the map's own sizes
// before the one system call; a per-CPU value in its whole length. Where an element holds an fd the guest gives a
// handle.

#include <array>
#include <cstdint>

#include "host_api/element_fds.hpp"
#include "host_api/host.hpp"

namespace wasm_bpf::host_api {

using bpf::ElementCommand;

struct ElementCall {
    ElementCommand command;
    std::uint32_t key;  // guest offsets; `key` may be 0 where the map has no keys, and for the first next_key
    std::uint32_t value;
    std::uint32_t next_key;
    std::uint64_t flags;
};

// A key and a value as the system call takes them: the guest's own bytes, or a copy with an fd for the handle in it.
struct ElementOperands {
    // 0 or a negative errno.
    [[nodiscard]] int prepare(Host& host, const bpf::Map& map, const ElementCall& call);

    const void* key = nullptr;
    const void* value = nullptr;  // or the next key

private:
    int translate(Host& host, const bpf::Map& map, ElementPart part, std::uint32_t size);

    // A map has fds in one of the two.
    std::array<std::byte, max_fd_element_bytes> copy_;
    bpf::Fd opened_;
};

// 0 or a negative errno; -EFAULT where memory is outside the guest's, -EBADF where a handle is wrong. Inline, as
// bpf/system_call.hpp says.
[[nodiscard, gnu::always_inline]] inline int call_element(Host& host, const bpf::Map& map, const ElementCall& call) {
    ElementOperands operands;
    if (const int error = operands.prepare(host, map, call); error != 0) return error;
    return map.call(call.command, operands.key, operands.value, call.flags);
}

}  // namespace wasm_bpf::host_api
