#pragma once
// Perf events of the kernel, to count by and to attach programs to.

#include <linux/perf_event.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// A struct perf_event_attr from somewhere not to be trusted.
class PerfEventAttributes {
public:
    // `bytes`: the struct, as long as its writer knew it. Its member `size` is heeded as by the kernel. EINVAL or E2BIG
    // for what the kernel would refuse in itself, and for what could reach beyond an event: types of other event
    // sources than the kernel's own six (a probe's holds addresses of this process), and signals.
    static Result<PerfEventAttributes> read(std::span<const std::byte> bytes);

    [[nodiscard]] std::uint32_t type() const { return attr_.attr.type; }  // enum perf_type_id
    [[nodiscard]] perf_event_attr* get() { return &attr_.attr; }
    // perf_event_open(2); the fd is close-on-exec whatever the flags say. An error names what the machine lacks.
    [[nodiscard]] Result<Fd> open(int pid, int cpu, int group_fd, std::uint64_t flags);

private:
    // With room for config3 and config4, which came after some linux/perf_event.h.
    union {
        perf_event_attr attr;
        std::byte bytes[144];
    } attr_{};
};

Result<> enable_perf_event(const Fd& event);
Result<> disable_perf_event(const Fd& event);
Result<> reset_perf_event(const Fd& event);

}  // namespace wasm_bpf::bpf
