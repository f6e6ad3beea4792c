#pragma once
// The processes that run guests now.

#include <string>
#include <vector>

#include "bpf/held_objects.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::inspect {

struct GuestProcess {
    std::string guest;  // path of its module, as it was given; the program's name where none is known
    bpf::Holder held;
};

struct GuestProcesses {
    std::vector<GuestProcess> processes;  // by process number
    std::size_t unreadable = 0;           // processes of this command that this user may not look into
};

// Every process whose program is wasm-bpf.
[[nodiscard]] GuestProcesses find_guests();
// One process, whatever its program: an embedder. ESRCH and EACCES as held_by().
[[nodiscard]] Result<GuestProcess> guest_process(int pid);

}  // namespace wasm_bpf::inspect
