#pragma once
// Facts about the running kernel and this process.

#include <string>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

[[nodiscard]] std::string libbpf_version();  // "1.7"
[[nodiscard]] int possible_cpus();
// Names are looked up in the network namespace of the calling thread. ENODEV where there is none of that name.
[[nodiscard]] Result<int> interface_index(const std::string& name);
// Opens a packet socket (AF_PACKET, SOCK_RAW) bound to an interface, non-blocking, close-on-exec.
[[nodiscard]] Result<Fd> open_packet_socket(int interface_index);
// Opens a folder of the cgroup2 file system; EINVAL where the folder is something else.
[[nodiscard]] Result<Fd> open_cgroup(const std::string& path);
// Whether this process may load programs at all: CAP_BPF or CAP_SYS_ADMIN in effect.
[[nodiscard]] bool may_load_programs();

}  // namespace wasm_bpf::bpf
