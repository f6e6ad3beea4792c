#pragma once
// The guest ABI in the languages of the SDKs, as text on standard output, from the tables of imports and types.

#include <string>
#include <string_view>

namespace wasm_bpf::guest_abi {

void print_c_imports();
void print_c_types();
void print_rust();
void print_go();

// "map_info" -> "MapInfo", "BTF_TYPE" -> "BtfType".
[[nodiscard]] std::string camel_case(std::string_view snake_case);

}  // namespace wasm_bpf::guest_abi
