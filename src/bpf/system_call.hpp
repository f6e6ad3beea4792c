#pragma once
// bpf(2) itself, for calls where libbpf's own function would only fill in the same attributes.
//
// A system call makes the CPU forget where functions return to, and each return after it costs some 10 ns. So what is
// called a million times a second is inline from the guest's call to the system call, with as few frames as may be.

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace wasm_bpf::bpf {

// 0 or above, or a negative errno. `command` is an enum bpf_cmd, `attributes` the beginning of a union bpf_attr.
[[gnu::always_inline]] inline int system_call(int command, void* attributes, std::size_t size_bytes) {
#ifdef __x86_64__
    long result;
    asm volatile("syscall"
                 : "=a"(result)
                 : "a"(static_cast<long>(SYS_bpf)), "D"(static_cast<long>(command)), "S"(attributes), "d"(size_bytes)
                 : "rcx", "r11", "memory");
    return static_cast<int>(result);
#else
    const long result = ::syscall(SYS_bpf, command, attributes, size_bytes);
    return result < 0 ? -errno : static_cast<int>(result);
#endif
}

// As much of union bpf_attr as an element operation has; the kernel takes a shorter struct for one whose rest is zeros.
struct ElementAttributes {
    std::uint32_t map_fd;
    std::uint32_t padding = 0;
    const void* key;
    const void* value;  // or the next key
    std::uint64_t flags;
};

}  // namespace wasm_bpf::bpf
