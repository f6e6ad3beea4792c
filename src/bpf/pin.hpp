#pragma once
// Pinning what an fd names (a map, a program, a link) in a BPF file system.

#include <string>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// Makes the folders before the name that are missing. EEXIST where the path is taken; EINVAL where it is not in a
// BPF file system.
Result<> pin_fd(int fd, const std::string& path);

// Removes the pin of what `fd` names. ENOENT where nothing is there, EINVAL where it is something else.
Result<> unpin_fd(int fd, const std::string& path);

// What the kernel calls it, as "anon_inode:bpf-map"; empty where the fd is not open.
[[nodiscard]] std::string kind_of_fd(int fd);

}  // namespace wasm_bpf::bpf
