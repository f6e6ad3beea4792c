// What a guest can ask about the host it runs on: who it is to the kernel, and what the clock on the wall says.

#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <limits>

#include "guest_abi/imports.hpp"
#include "host_api/binding.hpp"
#include "host_api/version_1.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

using I32 = Result<std::int32_t>;

I32 pid_namespace(std::uint32_t kind) {
    struct stat status;
    if (stat("/proc/self/ns/pid", &status) != 0) return std::unexpected(errno_error(errno, "host_number"));
    return static_cast<std::int32_t>(kind == WASM_BPF_HOST_PID_NAMESPACE_INODE ? status.st_ino : status.st_dev);
}

I32 host_number(Host&, std::uint32_t kind) {
    switch (kind) {
        case WASM_BPF_HOST_PROCESS_ID: return getpid();
        case WASM_BPF_HOST_THREAD_ID: return gettid();
        case WASM_BPF_HOST_PARENT_ID: return getppid();
        case WASM_BPF_HOST_USER_ID: return static_cast<std::int32_t>(getuid());
        case WASM_BPF_HOST_EFFECTIVE_USER_ID: return static_cast<std::int32_t>(geteuid());
        case WASM_BPF_HOST_GROUP_ID: return static_cast<std::int32_t>(getgid());
        case WASM_BPF_HOST_EFFECTIVE_GROUP_ID: return static_cast<std::int32_t>(getegid());
        case WASM_BPF_HOST_CONFIGURED_CPUS: return static_cast<std::int32_t>(sysconf(_SC_NPROCESSORS_CONF));
        case WASM_BPF_HOST_ONLINE_CPUS: return static_cast<std::int32_t>(sysconf(_SC_NPROCESSORS_ONLN));
        case WASM_BPF_HOST_PAGE_SIZE: return static_cast<std::int32_t>(sysconf(_SC_PAGESIZE));
        case WASM_BPF_HOST_CLOCK_TICKS: return static_cast<std::int32_t>(sysconf(_SC_CLK_TCK));
        case WASM_BPF_HOST_PID_NAMESPACE_INODE:
        case WASM_BPF_HOST_PID_NAMESPACE_DEVICE: return pid_namespace(kind);
        default: return fail(EINVAL, fmt::format("host_number: this host knows no number {}", kind));
    }
}

I32 host_name(Host& host, std::uint32_t kind, std::uint32_t text, std::uint32_t size) {
    utsname names{};
    if (uname(&names) != 0) return std::unexpected(errno_error(errno, "host_name"));
    const char* const texts[] = {names.sysname, names.nodename, names.release, names.version, names.machine};
    if (kind >= std::size(texts)) return fail(EINVAL, fmt::format("host_name: this host knows no name {}", kind));
    const std::string_view name = texts[kind];
    if (auto written = host.memory.write_text(text, size, name, "host_name"); !written)
        return std::unexpected(std::move(written).error());
    return static_cast<std::int32_t>(name.size());
}

Result<> local_time(Host& host, std::int64_t seconds, std::uint32_t zone_offset) {
    auto room = host.memory.bytes(zone_offset, sizeof(wasm_bpf_local_time), "local_time");
    if (!room) return std::unexpected(std::move(room).error());
    const std::time_t time = seconds;
    std::tm local{};
    tzset();  // which localtime_r need not do
    if (localtime_r(&time, &local) == nullptr) return std::unexpected(errno_error(errno, "local_time"));
    wasm_bpf_local_time zone{};
    zone.utc_offset = static_cast<std::int32_t>(local.tm_gmtoff);
    zone.is_summer = local.tm_isdst > 0 ? 1 : 0;
    const std::string_view name = local.tm_zone != nullptr ? local.tm_zone : "";
    name.copy(zone.abbreviation, sizeof(zone.abbreviation) - 1);
    std::memcpy(room->data(), &zone, sizeof(zone));
    return {};
}

}  // namespace

std::vector<engine::HostImport> host_fact_imports() {
    constexpr auto module = guest_abi::version_1;
    return {
        bind<host_number>(module, "host_number"),
        bind<host_name>(module, "host_name"),
        bind<local_time>(module, "local_time"),
    };
}

}  // namespace wasm_bpf::host_api
