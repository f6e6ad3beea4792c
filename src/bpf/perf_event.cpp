#include "bpf/perf_event.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "bpf/privilege.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr std::array<std::string_view, PERF_TYPE_MAX> type_names = {"hardware", "software", "tracepoint",
                                                                    "hw_cache", "raw",      "breakpoint"};

// The kernel's numbers (PERF_ATTR_SIZE_VER0; a page at most: kernel/events/core.c, perf_copy_attr).
constexpr std::size_t least_bytes = 64, most_bytes = 4096;

Result<> control(const Fd& event, unsigned long command, std::string_view what) {
    if (::ioctl(event.get(), command, 0) == 0) return {};
    return std::unexpected(errno_error(errno, what));
}

Error open_error(std::uint32_t type, int error) {
    const std::string what = fmt::format("open a perf event of type {}", type_names[type]);
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

Result<PerfEventAttributes> PerfEventAttributes::read(std::span<const std::byte> bytes) {
    constexpr std::size_t size_at = offsetof(perf_event_attr, size);
    std::uint32_t size = 0;
    if (bytes.size() >= size_at + sizeof(size)) std::memcpy(&size, bytes.data() + size_at, sizeof(size));
    if (size == 0) size = least_bytes;
    if (size < least_bytes || size > bytes.size() || size > most_bytes)
        return fail(E2BIG, fmt::format("perf event attributes: size {}, in {} bytes; from {} to {} are possible", size,
                                       bytes.size(), least_bytes, most_bytes));
    PerfEventAttributes result;
    const auto known = bytes.first(std::min<std::size_t>(size, sizeof(result.attr_)));
    const auto unknown = bytes.first(size).subspan(known.size());
    if (std::ranges::any_of(unknown, [](std::byte byte) { return byte != std::byte{0}; }))
        return fail(E2BIG, "perf event attributes: has members that this host does not know; a newer host is needed");
    std::memcpy(&result.attr_, known.data(), known.size());
    perf_event_attr& attr = result.attr_.attr;
    attr.size = static_cast<std::uint32_t>(known.size());
    if (attr.type >= PERF_TYPE_MAX)
        return fail(EINVAL, fmt::format("perf event attributes: type {}: guests open hardware, software, tracepoint, "
                                        "hw_cache, raw and breakpoint events (0 to 5)",
                                        attr.type));
    if (attr.sigtrap != 0 || attr.sig_data != 0)
        return fail(EINVAL, "perf event attributes: sigtrap and sig_data would signal the host: they must be 0");
    return result;
}

Result<Fd> PerfEventAttributes::open(int pid, int cpu, int group_fd, std::uint64_t flags) {
    Fd event(static_cast<int>(
        ::syscall(SYS_perf_event_open, &attr_.attr, pid, cpu, group_fd, flags | PERF_FLAG_FD_CLOEXEC)));
    if (!event.valid()) return std::unexpected(open_error(type(), errno));
    return event;
}

Result<> enable_perf_event(const Fd& event) { return control(event, PERF_EVENT_IOC_ENABLE, "enable the perf event"); }
Result<> disable_perf_event(const Fd& event) {
    return control(event, PERF_EVENT_IOC_DISABLE, "disable the perf event");
}
Result<> reset_perf_event(const Fd& event) { return control(event, PERF_EVENT_IOC_RESET, "reset the perf event"); }

}  // namespace wasm_bpf::bpf
