#pragma once
// The programs, maps and links that processes hold, as their file descriptors tell (/proc/PID/fdinfo).

#include <cstdint>
#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

struct HeldProgram {
    std::uint32_t id = 0;
    std::uint32_t type = 0;  // enum bpf_prog_type
    std::string name{};      // the kernel's, of 15 bytes at most; empty where this process may not ask
    std::uint64_t memory_bytes = 0;
};

struct HeldMap {
    std::uint32_t id = 0;
    std::uint32_t type = 0;  // enum bpf_map_type
    std::string name{};      // as above
    std::uint32_t key_size = 0, value_size = 0, max_entries = 0;
    std::uint64_t memory_bytes = 0;
};

struct HeldLink {
    std::uint32_t id = 0;
    std::uint32_t program_id = 0;
    std::string type{};   // the kernel's word: "tracing", "perf_event", "xdp"
    std::string place{};  // "tracepoint sched/sched_switch", "eth0", "/sys/fs/cgroup/x"; empty where it is not known
};

struct Holder {
    int pid = 0;
    std::vector<HeldProgram> programs;
    std::vector<HeldMap> maps;
    std::vector<HeldLink> links;
};

// What one process holds, each once, by id. EACCES, and the like, where its descriptors may not be read; ESRCH where
// there is no such process. Names take CAP_SYS_ADMIN.
[[nodiscard]] Result<Holder> held_by(int pid);

}  // namespace wasm_bpf::bpf
