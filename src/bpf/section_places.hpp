#pragma once
// The sections whose name says where their programs attach, as "kprobe/do_unlinkat".

#include <string_view>

#include "bpf/link.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// What bpf_program__attach() would attach a program of that section to. Read here and not left to libbpf, so that what
// the policy is asked about is what is attached. EINVAL where the name says no such place, or says it wrongly.
[[nodiscard]] Result<AttachTarget> read_section_place(std::string_view section);

}  // namespace wasm_bpf::bpf
