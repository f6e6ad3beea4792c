#pragma once
// What the programs of a section need of the kernel beside their own type.

#include <string_view>

namespace wasm_bpf::bpf {

// After a failure with a positive errno value: the sentence that says what the kernel has not, or what to do; empty
// where it has all that the section's programs need.
[[nodiscard]] std::string_view unmet_need(std::string_view section, int error);

}  // namespace wasm_bpf::bpf
