#include "bpf/kernel.hpp"

#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/magic.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/vfs.h>

#include <cerrno>

#include "bpf/privilege.hpp"

namespace wasm_bpf::bpf {

std::string libbpf_version() {
    const std::string text = libbpf_version_string();
    return text.starts_with('v') ? text.substr(1) : text;
}

int possible_cpus() {
    static const int cpus = libbpf_num_possible_cpus();
    return cpus;
}

Result<int> interface_index(const std::string& name) {
    const unsigned index = ::if_nametoindex(name.c_str());
    if (index == 0) return std::unexpected(errno_error(ENODEV, "network interface \"" + name + "\""));
    return static_cast<int>(index);
}

Result<Fd> open_packet_socket(int interface_index) {
    Fd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL)));
    if (!socket.valid()) {
        if (errno == EPERM && !has_capability(CAP_NET_RAW))
            return std::unexpected(missing_privilege("CAP_NET_RAW").in("open a packet socket"));
        return std::unexpected(errno_error(errno, "open a packet socket"));
    }
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = interface_index;
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        return std::unexpected(
            errno_error(errno, "bind a packet socket to interface " + std::to_string(interface_index)));
    return socket;
}

Result<Fd> open_cgroup(const std::string& path) {
    Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid()) return std::unexpected(errno_error(errno, "open cgroup \"" + path + "\""));
    struct statfs system{};
    if (::fstatfs(folder.get(), &system) != 0)
        return std::unexpected(errno_error(errno, "open cgroup \"" + path + "\""));
    if (system.f_type != CGROUP2_SUPER_MAGIC)
        return fail(EINVAL, "\"" + path + "\" is no cgroup: name a folder of the cgroup2 file system");
    return folder;
}

bool may_load_programs() { return has_capability(CAP_BPF) || has_capability(CAP_SYS_ADMIN); }

}  // namespace wasm_bpf::bpf
