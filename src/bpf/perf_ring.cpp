#include "bpf/perf_ring.hpp"

#include <linux/bpf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <string>
#include <tuple>

#include "api/printable.hpp"
#include "bpf/map.hpp"
#include "bpf/ring_window.hpp"

namespace wasm_bpf::bpf {
namespace {

std::size_t page_bytes() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

}  // namespace

perf_event_attr bpf_output_attr(std::uint32_t sample_period, std::uint32_t wakeup_events) {
    perf_event_attr attr{};
    attr.size = sizeof(attr);
    attr.type = PERF_TYPE_SOFTWARE;
    attr.config = PERF_COUNT_SW_BPF_OUTPUT;
    attr.sample_type = PERF_SAMPLE_RAW;
    attr.sample_period = sample_period;
    attr.wakeup_events = wakeup_events;
    return attr;
}

bool is_perf_ring_size(std::size_t bytes) {
    return bytes % page_bytes() == 0 && bytes >= 2 * page_bytes() && std::has_single_bit(bytes / page_bytes() - 1);
}

Result<PerfRing> PerfRing::start(const Map& map, std::uint32_t key, perf_event_attr attr, int cpu,
                                 std::span<std::byte> memory) {
    const std::string what = "perf buffer of map \"" + printable(map.name()) + "\" for CPU " + std::to_string(cpu);
    if (map.shape().type != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
        return fail(EINVAL, what + ": the map is no perf event array");
    if (map.fd() < 0) return fail(EBADF, what + ": the object is not loaded");
    // The kernel would write from the end to the start, over what is not read yet.
    if (attr.write_backward) return fail(EOPNOTSUPP, what + ": write_backward is not offered");
    if (!is_perf_ring_size(memory.size())) return fail(EINVAL, what + ": its size is not a page and 2^n pages of data");
    if (cpu < 0) return fail(EINVAL, what + ": there is no such CPU");

    const long fd = ::syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
    if (fd < 0) {
        const int error = errno;
        const char* hint = error == ENODEV ? ": the CPU is offline"
                           : error == EACCES
                               ? ": kernel.perf_event_paranoid is above 2, where Debian's kernels ask for CAP_SYS_ADMIN"
                               : "";
        return std::unexpected(errno_error(error, what + hint));
    }
    PerfRing ring{Fd(static_cast<int>(fd))};
    if (::mmap(memory.data(), memory.size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, ring.fd(), 0) ==
        MAP_FAILED) {
        // The kernel removes what was mapped before it asks the event.
        const int error = errno;
        unmap_window(memory);
        return std::unexpected(errno_error(error, what + ": map its pages"));
    }
    const int event = ring.fd();
    if (const int error = map.update(&key, &event, 0); error != 0) {
        unmap_window(memory);
        return std::unexpected(errno_error(-error, what + ": put it in element " + std::to_string(key)));
    }
    ring.map_ = &map;
    ring.key_ = key;
    if (::ioctl(ring.fd(), PERF_EVENT_IOC_ENABLE, 0) != 0) {
        const int error = errno;
        unmap_window(memory);
        return std::unexpected(errno_error(error, what + ": enable the event"));
    }
    return ring;
}

PerfRing::~PerfRing() {
    if (map_ != nullptr) std::ignore = map_->remove(&key_, 0);
    if (event_.valid()) std::ignore = ::ioctl(event_.get(), PERF_EVENT_IOC_DISABLE, 0);
}

}  // namespace wasm_bpf::bpf
