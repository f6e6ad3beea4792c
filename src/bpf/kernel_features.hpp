#pragma once
// Which feature of BPF the running kernel lacks, by the name that its documentation has.

#include <cstdint>
#include <string>
#include <string_view>

struct bpf_object;
struct bpf_program;

namespace wasm_bpf::bpf {

// After a failed load: the feature that the running kernel does not know, as `this kernel has no BPF_MAP_TYPE_ARENA (it
// came with Linux 6.9)`: the type of `refused`, the program that failed, or a helper that the verifier does not know; a
// map's type where no program failed (null). Empty where none is missing. Probing takes the privilege to load programs.
[[nodiscard]] std::string missing_feature(const bpf_object* object, const bpf_program* refused,
                                          std::string_view verifier_log);

// The same for one kind of map.
[[nodiscard]] std::string missing_map_type(std::uint32_t type);

// The sentence itself; `first_kernel` may be empty.
[[nodiscard]] std::string no_feature(std::string_view feature, std::string_view first_kernel);

// "bpf_ringbuf_output"; empty for a number that this build does not know.
[[nodiscard]] std::string helper_name(std::uint32_t helper);

}  // namespace wasm_bpf::bpf
