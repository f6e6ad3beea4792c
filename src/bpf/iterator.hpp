#pragma once
// Iterators: programs that the kernel runs for each of its things, and whose output is read like a file.

#include "bpf/fd.hpp"
#include "bpf/link.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// Starts one pass of an attached iterator: an fd to read from. It lives on after the link. EINVAL where the link is of
// another kind.
[[nodiscard]] Result<Fd> open_iterator(const Link& link);

}  // namespace wasm_bpf::bpf
