#pragma once
// What `wasm-bpf list` prints.

#include <string>

#include "inspect/guest_processes.hpp"

namespace wasm_bpf::inspect {

enum class Listed { everything, programs, maps, links };

// For a person: one table for each process, or one table of all where one kind is listed.
[[nodiscard]] std::string guests_text(const GuestProcesses& guests, Listed listed);
// For programs: docs/inspect.md describes it.
[[nodiscard]] std::string guests_json(const GuestProcesses& guests, Listed listed);

}  // namespace wasm_bpf::inspect
