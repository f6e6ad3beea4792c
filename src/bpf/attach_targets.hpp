#pragma once
// What a program can be attached to, and how: a row for each kind, and a row for each section that cannot tell by its
// name alone.

#include "bpf/link.hpp"
#include "wasm_bpf/error.hpp"

struct bpf_program;

namespace wasm_bpf::bpf {

// The program must be loaded. Interfaces are those of the calling thread's network namespace. The error's text starts
// with the target.
Result<Link> attach_program(bpf_program* program, const AttachTarget& target);

}  // namespace wasm_bpf::bpf
