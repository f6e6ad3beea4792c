#pragma once
// Why a program could not be attached, said so that its user can act on it.

#include "bpf/link.hpp"
#include "wasm_bpf/error.hpp"

struct bpf_program;

namespace wasm_bpf::bpf {

class LibbpfMessages;

// One call of an attach function.
struct Attempt {
    bpf_program* program;
    const AttachTarget& target;
    const LibbpfMessages& messages;  // what libbpf said meanwhile
};

// `error` is an errno value of either sign.
[[nodiscard]] Error attach_error(const Attempt& attempt, int error);

}  // namespace wasm_bpf::bpf
