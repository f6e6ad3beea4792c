#include "bpf/perf_event_attr.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

namespace wasm_bpf::bpf {

Result<perf_event_attr> sized_perf_event_attr(std::span<const std::byte> bytes) {
    constexpr std::size_t size_at = offsetof(perf_event_attr, size);
    std::uint32_t size = 0;
    if (bytes.size() >= size_at + sizeof(size)) std::memcpy(&size, bytes.data() + size_at, sizeof(size));
    if (size == 0) size = PERF_ATTR_SIZE_VER0;
    if (size > bytes.size())
        return fail(E2BIG, "perf event: attr says that it has " + std::to_string(size) + " bytes, of " +
                               std::to_string(bytes.size()));
    return guest_perf_event_attr(bytes.first(size));
}

Result<perf_event_attr> guest_perf_event_attr(std::span<const std::byte> bytes) {
    perf_event_attr attr{};
    if (bytes.size() < PERF_ATTR_SIZE_VER0)
        return fail(EINVAL, "perf event: attr has " + std::to_string(bytes.size()) + " bytes, at least " +
                                std::to_string(PERF_ATTR_SIZE_VER0) + " are needed");
    const std::size_t known = std::min(bytes.size(), sizeof(attr));
    if (std::ranges::any_of(bytes.subspan(known), [](std::byte byte) { return byte != std::byte{0}; }))
        return fail(E2BIG, "perf event: attr has members that this host does not know; a newer host is needed");
    std::memcpy(&attr, bytes.data(), known);
    attr.size = sizeof(attr);
    if (attr.type > PERF_TYPE_BREAKPOINT)
        return fail(EOPNOTSUPP, "perf event: type " + std::to_string(attr.type) +
                                    " is a driver's own; guests have hardware, software, tracepoint, hw_cache, raw and "
                                    "breakpoint events");
    if (attr.sigtrap || attr.sig_data) return fail(EOPNOTSUPP, "perf event: sigtrap would send signals to the host");
    return attr;
}

}  // namespace wasm_bpf::bpf
