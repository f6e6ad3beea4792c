#pragma once
// The names of the kernel's numbers, as policies use them. The numbers are part of the kernel's ABI and never change.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wasm_bpf::policy {

// By number; empty texts are numbers without a meaning.
[[nodiscard]] std::span<const std::string_view> program_types();     // enum bpf_prog_type, as libbpf names them
[[nodiscard]] std::span<const std::string_view> map_types();         // enum bpf_map_type, as libbpf names them
[[nodiscard]] std::span<const std::string_view> helpers();           // enum bpf_func_id
[[nodiscard]] std::span<const std::string_view> perf_event_types();  // enum perf_type_id
[[nodiscard]] std::span<const std::string_view> socket_families();   // AF_*

// The name of a number; "#N" where it has none here.
[[nodiscard]] std::string name_of(std::span<const std::string_view> names, std::uint32_t number);

}  // namespace wasm_bpf::policy
