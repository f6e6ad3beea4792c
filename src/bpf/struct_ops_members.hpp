#pragma once
// What the struct of a struct_ops map consists of, as its object's BTF has it.

#include <bpf/btf.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wasm_bpf::bpf {

// A member that user space can set before load: a function, or a number (an array of numbers too). Other pointers,
// structs and bitfields are none.
struct StructOpsMember {
    std::string name;
    std::uint32_t type = 0;  // in the BTF
    std::size_t offset = 0;
    std::size_t size_bytes = 0;
    bool is_function = false;
};

struct StructOpsType {
    std::string name;  // "tcp_congestion_ops"; empty: there is no such map, or its members lie over each other
    std::size_t size_bytes = 0;
    std::vector<StructOpsMember> members;  // all inside, by offset
};

[[nodiscard]] StructOpsType struct_ops_type_of(const btf* btf, const std::string& map_name);

}  // namespace wasm_bpf::bpf
