// Policy files.

#include <string_view>

#include "policy/policy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wasm_bpf;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto policy = policy::Policy::parse(text, "fuzzed.toml");
    if (!policy) {
        if (policy.error().message.empty()) __builtin_trap();
        return 0;
    }
    static_cast<void>(policy->check_attach({.kind = "xdp", .interface = "eth0"}));
    static_cast<void>(policy->check_attach({.kind = "uprobe", .function = "malloc", .binary = "/usr/lib/libc.so.6"}));
    static_cast<void>(policy->check_attach({.kind = "cgroup", .cgroup = "/sys/fs/cgroup/a/b"}));
    static_cast<void>(policy->check_pin("/sys/fs/bpf/a/b"));
    static_cast<void>(policy->check_kfunc("bpf_task_acquire"));
    for (std::uint32_t number = 0; number < 300; number++) {
        static_cast<void>(policy->check_helper(number));
        static_cast<void>(policy->check_program_type(number));
    }
    return 0;
}
