#pragma once
// Pinning what an fd names (a map, a program, a link) in a BPF file system. A path is absolute and plain: no ".", no
// "..", no symbolic link on its way or at its end, so that it names what a policy saw in it. EINVAL or ELOOP otherwise.

#include <cstdint>
#include <string>
#include <string_view>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// Whether the path is as said above, symbolic links aside. EINVAL.
Result<> check_pin_path(std::string_view path);

// Makes the folders before the name that are missing, in a BPF file system only. EEXIST where the path is taken; EINVAL
// where it is not in a BPF file system.
Result<> pin_fd(int fd, const std::string& path);

// Removes the pin of what `fd` names. ENOENT where nothing is there, EINVAL where it is something else.
Result<> unpin_fd(int fd, const std::string& path);

// What the kernel calls what an fd names: "anon_inode:bpf-map", "anon_inode:[perf_event]"; empty where there is no such
// fd.
std::string kind_of_fd(int fd);

enum class PinnedKind { map, program, link };

// Opens what is pinned there; `flags` are BPF_F_RDONLY and BPF_F_WRONLY. ENOENT where nothing is, EINVAL where it is of
// another kind.
Result<Fd> open_pinned(const std::string& path, PinnedKind kind, std::uint32_t flags);

}  // namespace wasm_bpf::bpf
