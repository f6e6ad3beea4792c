#pragma once
// Whether a kernel has what a BPF object asks for. Nothing of the object is loaded.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "bpf/object_facts.hpp"
#include "bpf/target_kernel.hpp"

namespace wasm_bpf::bpf {

struct Missing {
    std::string kind;  // "type", "field", "enumerator", "program type", "map type", "helper", …: docs/inspect.md
    std::string name;
    std::string text;                   // the sentence, for a person
    std::vector<std::string> programs;  // that need it; empty: the object as a whole
    bool optional = false;              // only programs need it that are not loaded unless the guest asks
};

// Of the running kernel, where this process may load programs, it is asked by throwaway programs and maps of our own
// (libbpf_probe_*); one without instructions to speak of is attached for a moment, where the object has programs that
// need the kernel's text patched. Of another kernel nothing is asked.
[[nodiscard]] std::vector<Missing> missing_in(const TargetKernel& kernel, const ObjectFacts& facts,
                                              std::span<const std::byte> elf);

// Whether the running kernel lets programs such as fentry attach: by trying, with a program that does nothing on a
// function that only the kernel's own tests call. True where that cannot be told.
[[nodiscard]] bool kernel_can_patch_itself();

}  // namespace wasm_bpf::bpf
