#pragma once
// What a kind of attachment needs of the kernel beside what the program's section needs (section_needs.hpp).

#include <string>

#include "bpf/link.hpp"

struct bpf_program;

namespace wasm_bpf::bpf {

// After a failure with a positive errno value: the sentence that names the feature that the kernel has not; empty where
// it has what the target needs. Reads the kernel's BTF.
[[nodiscard]] std::string unmet_need(const bpf_program* program, const AttachTarget& target, int error);

}  // namespace wasm_bpf::bpf
