#pragma once
// The capabilities that the kernel asks of who loads and attaches programs (kernel/bpf/syscall.c: bpf_prog_load).

#include <cstdint>
#include <string>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// Whether the calling thread has a capability (CAP_*) in effect.
[[nodiscard]] bool has_capability(int capability);

// Whether its capabilities count for the whole machine. In any other user namespace the kernel asks for a BPF token.
[[nodiscard]] bool in_initial_user_namespace();

// Where the kernel asks for capabilities: of the whole machine, or in the process's own user namespace, which is what
// it does of who shows a BPF token.
enum class AskedIn { machine, own_namespace };

// The capabilities that loading and attaching a program of a type (enum bpf_prog_type) takes and that the process does
// not have, as `CAP_BPF and CAP_PERFMON`; empty where none is missing. CAP_SYS_ADMIN stands for all of them.
[[nodiscard]] std::string missing_capabilities(std::uint32_t program_type, AskedIn asked_in = AskedIn::machine);

// The error for it, which says what to do.
[[nodiscard]] Error missing_privilege(const std::string& capabilities);
// The same where a BPF token is shown, which is worth what the process may in its own user namespace.
[[nodiscard]] Error missing_beside_token(const std::string& capabilities);

// The process had these capabilities (a bit each) and gave them up by its own will: errors say how to keep one.
void note_given_up(std::uint64_t capabilities);
// Where this process lacks the capability: `; CAP_X would help: …` to end an error's text with. Empty where it has it.
[[nodiscard]] std::string would_help(int capability, const char* name);

}  // namespace wasm_bpf::bpf
