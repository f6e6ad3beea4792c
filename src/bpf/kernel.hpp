#pragma once
// Facts about the running kernel and this process.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

[[nodiscard]] std::string libbpf_version();  // "1.7"
[[nodiscard]] int possible_cpus();
// Names are looked up in the network namespace of the calling thread. ENODEV where there is none of that name.
[[nodiscard]] Result<int> interface_index(const std::string& name);
// ENODEV where there is none of that index.
[[nodiscard]] Result<std::string> interface_name(int index);
// What a network interface can do for XDP. ENODEV.
struct InterfaceXdp {
    std::uint64_t features = 0;  // enum netdev_xdp_act of linux/netdev.h; 0 where the kernel does not say
    std::uint32_t zero_copy_max_segments = 0;
    std::uint32_t attach_mode = 0;  // XDP_ATTACHED_* of linux/if_link.h
};
[[nodiscard]] Result<InterfaceXdp> interface_xdp(int index);
// The running kernel's, as KERNEL_VERSION(major, minor, patch) makes it.
[[nodiscard]] std::uint32_t kernel_version();
// The same of texts: uname's release and version, and Ubuntu's /proc/version_signature (empty elsewhere).
[[nodiscard]] std::uint32_t kernel_version_of(const std::string& release, const std::string& version,
                                              const std::string& signature);
// A socket of the host's: AF_PACKET, or AF_INET and AF_INET6 for streams and datagrams.
struct SocketOptions {
    int family = 0;
    int type = 0;      // SOCK_RAW, SOCK_DGRAM, SOCK_STREAM
    int protocol = 0;  // as socket(2) takes it
    bool reuse_port = false;
    bool listen = false;
    int interface_index = 0;                  // of a packet socket: bound to it; 0: to all
    std::span<const std::byte> address = {};  // bound to it: struct sockaddr_in or sockaddr_in6; empty: not bound
};
// Non-blocking, close-on-exec. EINVAL for what such a socket cannot be; EAFNOSUPPORT for other families.
[[nodiscard]] Result<Fd> open_socket(const SocketOptions& options);
// Binds it to an address as bind(2) takes it, of the socket's own family: EINVAL for others.
[[nodiscard]] Result<> bind_socket(const Fd& socket, std::span<const std::byte> address);
// Opens a network namespace by a path as /run/netns/NAME; an empty path: that of the calling thread. EINVAL where the
// path is something else.
[[nodiscard]] Result<Fd> open_network_namespace(const std::string& path);
// Whether it is that of the calling thread, or may be: where that cannot be told, yes.
[[nodiscard]] bool is_own_network_namespace(const Fd& name_space);
// Opens a folder of the cgroup2 file system; EINVAL where the folder is something else.
[[nodiscard]] Result<Fd> open_cgroup(const std::string& path);
// Opens a file or folder of any kind to name it, which does nothing to it and reads nothing of it.
[[nodiscard]] Result<Fd> name_file(const std::string& path);
// Whether this process may load programs at all: CAP_BPF or CAP_SYS_ADMIN in effect.
[[nodiscard]] bool may_load_programs();

}  // namespace wasm_bpf::bpf
