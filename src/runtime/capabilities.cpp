#include "runtime/capabilities.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <iterator>

#include <fmt/format.h>

#include "bpf/privilege.hpp"

namespace wasm_bpf::runtime {
namespace {

// By number: linux/capability.h.
constexpr std::string_view names[] = {
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
};
static_assert(names[CAP_NET_RAW] == "CAP_NET_RAW" && names[CAP_SYS_ADMIN] == "CAP_SYS_ADMIN" &&
              names[CAP_SYSLOG] == "CAP_SYSLOG" && names[CAP_BPF] == "CAP_BPF" && std::size(names) == CAP_LAST_CAP + 1);

using Sets = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

bool get_sets(Sets& sets) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    return ::syscall(SYS_capget, &header, sets.data()) == 0;
}

}  // namespace

std::string CapabilitySet::text() const {
    std::string text;
    for (std::size_t number = 0; number < std::size(names); number++)
        if (contains(static_cast<int>(number))) text.append(text.empty() ? "" : ", ").append(names[number]);
    return text;
}

CapabilitySet CapabilitySet::permitted() {
    Sets sets{};
    if (!get_sets(sets)) return {};
    return CapabilitySet(sets[0].permitted | std::uint64_t{sets[1].permitted} << 32);
}

Result<int> capability_by_name(std::string_view name) {
    std::string wanted(name);
    std::ranges::transform(wanted, wanted.begin(), [](unsigned char c) { return std::toupper(c); });
    if (!wanted.starts_with("CAP_")) wanted.insert(0, "CAP_");
    const auto found = std::ranges::find(names, wanted);
    if (found == std::end(names)) return fail(EINVAL, fmt::format("there is no capability {}", name));
    return static_cast<int>(found - std::begin(names));
}

bool kernel_has_capability(int capability) { return ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; }

Result<> keep_only(const CapabilitySet& kept) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return std::unexpected(errno_error(errno, "give up privileges: no_new_privs"));
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (int capability = 0; capability < 64; capability++)
        if (!kept.contains(capability) && ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
            break;  // the last one is passed; or there is no CAP_SETPCAP, and no_new_privs must do
    Sets sets{};
    if (!get_sets(sets)) return std::unexpected(errno_error(errno, "read the capabilities"));
    bpf::note_given_up(CapabilitySet::permitted().without(kept).bits());
    for (std::size_t half = 0; half < sets.size(); half++) {
        sets[half].permitted &= static_cast<std::uint32_t>(kept.bits() >> 32 * half);
        sets[half].effective = sets[half].permitted;
        sets[half].inheritable = 0;
    }
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    if (::syscall(SYS_capset, &header, sets.data()) != 0)
        return std::unexpected(errno_error(errno, "give up capabilities"));
    return {};
}

}  // namespace wasm_bpf::runtime
