#pragma once
// What `wasm-bpf probe` prints.

#include <string>
#include <vector>

#include "bpf/kernel_offers.hpp"

namespace wasm_bpf::inspect {

// For a person, in 80 columns.
[[nodiscard]] std::string offers_text(const bpf::KernelOffers& offers);
[[nodiscard]] std::string helpers_text(const std::vector<bpf::Offer>& helpers, const std::string& program_type);
// For programs: docs/inspect.md describes it.
[[nodiscard]] std::string offers_json(const bpf::KernelOffers& offers);
[[nodiscard]] std::string helpers_json(const std::vector<bpf::Offer>& helpers, const std::string& program_type);

}  // namespace wasm_bpf::inspect
