#include "bpf/section_needs.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>

namespace wasm_bpf::bpf {
namespace {

// What the kernel says where it cannot put a trampoline in its text: ENOTSUPP is its own, no errno of user space.
constexpr int kernel_enotsupp = 524;

bool tracefs_mounted() {
    constexpr std::array places = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
    return std::ranges::any_of(places, [](const char* place) {
        struct statfs system{};
        return ::statfs(place, &system) == 0 && system.f_type == TRACEFS_MAGIC;
    });
}

// Every kernel with BTF offers its probes as such an event source, if it has them.
bool has_event_source(const char* path) { return ::access(path, F_OK) == 0; }

// What a program needs of the kernel, told by its section; `missing` says whether an error means that it is not there.
struct Need {
    std::string_view section;
    bool (*missing)(int error);
    std::string_view text;
};

bool cannot_patch(int error) { return error == EPERM || error == kernel_enotsupp || error == EOPNOTSUPP; }
bool no_kprobes(int) { return !has_event_source("/sys/bus/event_source/devices/kprobe"); }
bool no_uprobes(int) { return !has_event_source("/sys/bus/event_source/devices/uprobe"); }
bool no_tracefs(int error) { return (error == ENOENT || error == EACCES) && !tracefs_mounted(); }
bool closed_tracefs(int error) {
    return error == EACCES && ::faccessat(AT_FDCWD, "/sys/kernel/tracing", X_OK, AT_EACCESS) != 0;
}

constexpr std::string_view mount_tracefs = "tracefs is not mounted: mount -t tracefs nodev /sys/kernel/tracing";
constexpr std::string_view open_tracefs =
    "tracefs is not readable for this user: mount -o remount,gid=GROUP,mode=750 /sys/kernel/tracing for a group of the "
    "user's, or CAP_DAC_READ_SEARCH kept by --keep-capability";
constexpr Need needs[] = {
    {"kprobe", no_kprobes, "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)"},
    {"kretprobe", no_kprobes, "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)"},
    {"ksyscall", no_kprobes, "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)"},
    {"kretsyscall", no_kprobes, "this kernel has no kprobes (CONFIG_KPROBE_EVENTS)"},
    {"uprobe", no_uprobes, "this kernel has no uprobes (CONFIG_UPROBE_EVENTS)"},
    {"uretprobe", no_uprobes, "this kernel has no uprobes (CONFIG_UPROBE_EVENTS)"},
    {"usdt", no_uprobes, "this kernel has no uprobes (CONFIG_UPROBE_EVENTS)"},
    {"fentry", cannot_patch, "this kernel cannot patch its own text, which fentry needs"},
    {"fexit", cannot_patch, "this kernel cannot patch its own text, which fexit needs"},
    {"fmod_ret", cannot_patch, "this kernel cannot patch its own text, which fmod_ret needs"},
    {"fsession", cannot_patch, "this kernel cannot patch its own text, which fsession needs"},
    {"freplace", cannot_patch, "this kernel cannot patch its own text, which freplace needs"},
    {"lsm", cannot_patch, "this kernel cannot patch its own text, which LSM programs need"},
    {"tp", no_tracefs, mount_tracefs},
    {"tracepoint", no_tracefs, mount_tracefs},
    {"kprobe", no_tracefs, mount_tracefs},
    {"kretprobe", no_tracefs, mount_tracefs},
    {"tp", closed_tracefs, open_tracefs},
    {"tracepoint", closed_tracefs, open_tracefs},
};

// "fentry" of "fentry.s/do_exit".
std::string_view first_word(std::string_view section) { return section.substr(0, section.find_first_of("./")); }

}  // namespace

std::string_view unmet_need(std::string_view section, int error) {
    const std::string_view kind = first_word(section);
    const auto need =
        std::ranges::find_if(needs, [&](const Need& each) { return each.section == kind && each.missing(error); });
    return need == std::end(needs) ? std::string_view() : need->text;
}

}  // namespace wasm_bpf::bpf
