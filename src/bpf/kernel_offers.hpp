#pragma once
// What the running kernel offers to BPF programs.

#include <cstdint>
#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

struct Offer {
    std::string name;
    bool there = false;
    std::string why{};  // where it is not there: what the kernel lacks or what to do; may be empty
};

struct KernelOffers {
    std::string release, machine;
    bool asked = false;  // the kernel itself, by throwaway programs and maps; else its BTF or version, which say less
    std::vector<Offer> program_types;
    std::vector<Offer> map_types;
    std::vector<Offer> attaching;   // what programs attach by, as "fentry, fexit, LSM"
    std::vector<Offer> system;      // BTF, tracefs and the like
    std::vector<Offer> privileges;  // CAP_*, and what for in `why`
};

// Throwaway programs and maps of our own are made, and one is attached for a moment, where this process may
// (kernel_check.hpp).
[[nodiscard]] KernelOffers kernel_offers();

// The helpers that programs of a type ("kprobe") may call, each by a throwaway program. EINVAL for an unknown type;
// EOPNOTSUPP for one whose helpers cannot be told so (fentry's and its like); of kind missing_privilege where this
// process may not load programs.
[[nodiscard]] Result<std::vector<Offer>> helper_offers(const std::string& program_type);

}  // namespace wasm_bpf::bpf
