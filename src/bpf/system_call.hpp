#pragma once
// bpf(2) itself, for calls where libbpf's own function would only fill in the same attributes.

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace wasm_bpf::bpf {

// 0 or above, or a negative errno.
inline int system_call(bpf_cmd command, bpf_attr& attributes, std::size_t size_bytes) {
    const long result = ::syscall(SYS_bpf, command, &attributes, size_bytes);
    return result < 0 ? -errno : static_cast<int>(result);
}

}  // namespace wasm_bpf::bpf
