#include "bpf/perf_event.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "bpf/privilege.hpp"
#include "bpf/small_file.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr std::array<std::string_view, PERF_TYPE_MAX> type_names = {"hardware", "software", "tracepoint",
                                                                    "hw_cache", "raw",      "breakpoint"};

Result<> control(const Fd& event, unsigned long command, std::string_view what) {
    if (::ioctl(event.get(), command, 0) == 0) return {};
    return std::unexpected(errno_error(errno, what));
}

Error open_error(std::uint32_t type, int error) {
    const std::string what = fmt::format("open a perf event of type {}", type_names[type]);
    if (error == EACCES && perf_events_take_sys_admin())
        return {error, what + ": Permission denied" + would_help(CAP_SYS_ADMIN, "CAP_SYS_ADMIN")};
    if ((error == EACCES || error == EPERM) && !has_capability(CAP_PERFMON) && !has_capability(CAP_SYS_ADMIN))
        return missing_privilege("CAP_PERFMON").in(what);
    const bool of_hardware = type == PERF_TYPE_HARDWARE || type == PERF_TYPE_HW_CACHE || type == PERF_TYPE_RAW;
    if (of_hardware && (error == ENOENT || error == EOPNOTSUPP))
        return {error, what +
                           ": this machine has no such hardware counter (virtual machines often have none): "
                           "PERF_TYPE_SOFTWARE with PERF_COUNT_SW_CPU_CLOCK works everywhere"};
    if (error == ENOSYS) return {error, what + ": this kernel has no perf events (CONFIG_PERF_EVENTS)"};
    return errno_error(error, what);
}

}  // namespace

Result<Fd> open_perf_event(perf_event_attr attr, int pid, int cpu, int group_fd, std::uint64_t flags) {
    Fd event(static_cast<int>(::syscall(SYS_perf_event_open, &attr, pid, cpu, group_fd, flags | PERF_FLAG_FD_CLOEXEC)));
    if (!event.valid()) return std::unexpected(open_error(attr.type, errno));
    return event;
}

bool perf_events_take_sys_admin() {
    const std::string text = first_line("/proc/sys/kernel/perf_event_paranoid");
    int level = 0;
    return (Words(text) >> level).ok() && level > 2;
}

Result<> enable_perf_event(const Fd& event) { return control(event, PERF_EVENT_IOC_ENABLE, "enable the perf event"); }
Result<> disable_perf_event(const Fd& event) {
    return control(event, PERF_EVENT_IOC_DISABLE, "disable the perf event");
}
Result<> reset_perf_event(const Fd& event) { return control(event, PERF_EVENT_IOC_RESET, "reset the perf event"); }

}  // namespace wasm_bpf::bpf
