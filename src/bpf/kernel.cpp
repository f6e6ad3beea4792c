#include "bpf/kernel.hpp"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "api/printable.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/privilege.hpp"
#include "bpf/small_file.hpp"

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

Result<std::string> interface_name(int index) {
    std::array<char, IF_NAMESIZE> name{};
    if (index <= 0 || ::if_indextoname(static_cast<unsigned>(index), name.data()) == nullptr)
        return std::unexpected(errno_error(ENODEV, "network interface " + std::to_string(index)));
    return std::string(name.data());
}

Result<InterfaceXdp> interface_xdp(int index) {
    auto name = interface_name(index);
    if (!name) return std::unexpected(std::move(name).error());
    bpf_xdp_query_opts options{};
    options.sz = sizeof options;
    const LibbpfMessages messages;
    if (const int error = bpf_xdp_query(index, 0, &options); error != 0)
        return std::unexpected(errno_error(plain_errno(error), "ask what XDP can do on network interface " + *name));
    return InterfaceXdp{options.feature_flags, options.xdp_zc_max_segs, options.attach_mode};
}

std::uint32_t kernel_version_of(const std::string& release, const std::string& version, const std::string& signature) {
    unsigned major = 0, minor = 0, patch = 0;
    // Where the release is the distribution's own count, the number of Linux' stable series is elsewhere.
    const std::size_t debian = version.find("Debian ");
    const bool found = std::sscanf(signature.c_str(), "%*s %*s %u.%u.%u", &major, &minor, &patch) == 3 ||
                       (debian != version.npos &&
                        std::sscanf(version.c_str() + debian, "Debian %u.%u.%u", &major, &minor, &patch) == 3);
    if (!found && std::sscanf(release.c_str(), "%u.%u.%u", &major, &minor, &patch) < 2) return 0;
    return (major << 16) + (minor << 8) + std::min(patch, 255U);
}

std::uint32_t kernel_version() {
    utsname names{};
    ::uname(&names);
    return kernel_version_of(names.release, names.version, first_line("/proc/version_signature"));
}

Result<Fd> open_network_namespace(const std::string& path) {
    const std::string real = path.empty() ? "/proc/thread-self/ns/net" : path;
    const std::string what = "open network namespace \"" + printable(real) + "\"";
    // Looked at before it is opened: to open something else could do something.
    const Fd found(::open(real.c_str(), O_PATH | O_CLOEXEC));
    struct statfs system{};
    if (!found.valid() || ::fstatfs(found.get(), &system) != 0) return std::unexpected(errno_error(errno, what));
    const char* const none = ": it is none: name one as /run/netns/NAME or /proc/PID/ns/net";
    if (system.f_type != NSFS_MAGIC) return fail(EINVAL, what + none);
    Fd opened(::open(("/proc/thread-self/fd/" + std::to_string(found.get())).c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened.valid()) return std::unexpected(errno_error(errno, what));
    // That file system holds namespaces of every kind.
    if (::ioctl(opened.get(), NS_GET_NSTYPE) != CLONE_NEWNET) return fail(EINVAL, what + none);
    return opened;
}

bool is_own_network_namespace(const Fd& name_space) {
    struct stat own{};
    struct stat other{};
    if (::stat("/proc/thread-self/ns/net", &own) != 0 || ::fstat(name_space.get(), &other) != 0) return true;
    return own.st_dev == other.st_dev && own.st_ino == other.st_ino;
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

Result<Fd> name_file(const std::string& path) {
    Fd file(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!file.valid()) return std::unexpected(errno_error(errno, "\"" + printable(path) + "\""));
    return file;
}

bool may_load_programs() { return has_capability(CAP_BPF) || has_capability(CAP_SYS_ADMIN); }

}  // namespace wasm_bpf::bpf
