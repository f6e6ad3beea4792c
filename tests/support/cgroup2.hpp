#pragma once
// Where the cgroup2 file system is mounted, which tests make cgroups of their own in.

#include <string>

namespace wasm_bpf::test {

// Fails the test, and is empty, where it is not mounted.
[[nodiscard]] std::string cgroup2_root();

}  // namespace wasm_bpf::test
