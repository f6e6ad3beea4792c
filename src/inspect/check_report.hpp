#pragma once
// What `wasm-bpf check` finds, and how it prints it.

#include <string>
#include <vector>

#include "bpf/kernel_check.hpp"
#include "bpf/target_kernel.hpp"
#include "inspect/contents.hpp"

namespace wasm_bpf::inspect {

struct CheckReport {
    std::string kernel;                 // as it is called in sentences: "this kernel (Linux 6.12.48)"
    std::vector<bpf::Missing> missing;  // what only optional programs need comes last
    std::vector<std::string> notes;     // what was not looked at, and the like: one sentence each
    [[nodiscard]] bool runs() const;
};

[[nodiscard]] CheckReport check(const Contents& contents, const bpf::TargetKernel& kernel);

// For a person, in 80 columns. `name`: the file's.
[[nodiscard]] std::string check_text(const CheckReport& report, const std::string& name);
// For programs: docs/inspect.md describes it.
[[nodiscard]] std::string check_json(const CheckReport& report, const std::string& name);

}  // namespace wasm_bpf::inspect
