#pragma once
// Types copied out of BTF as plain data (describe.hpp).

#include <bpf/btf.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "bpf/describe.hpp"

namespace wasm_bpf::bpf {

// Copies the types that it is asked for, and what they are made of, each once.
class TypeReader {
public:
    // Both must outlive it.
    TypeReader(const btf* btf, std::vector<TypeDescription>& types) : btf_(btf), types_(types) {}

    TypeId read(std::uint32_t btf_id);
    [[nodiscard]] std::string text(std::uint32_t offset) const;
    // Whether some type that was read makes no sense.
    [[nodiscard]] bool malformed() const;

private:
    TypeDescription describe(const btf_type& type, std::uint32_t btf_id);
    void describe_enumeration(const btf_type& type, TypeDescription& result);
    void describe_record(const btf_type& type, TypeDescription& result);
    [[nodiscard]] bool is_sound(const TypeDescription& type) const;

    const btf* btf_;
    std::vector<TypeDescription>& types_;
    std::unordered_map<std::uint32_t, TypeId> known_;
    int depth_ = 0;
    bool malformed_ = false;
};

}  // namespace wasm_bpf::bpf
