#pragma once
// What the tests of the policy try: each row is a rule, what a guest does (tests/guests/v1/policy), and the options
// with which that is denied and with which it is allowed. tests/unit/policy_test.cpp asks for a row for every rule.

#include <span>
#include <string_view>

namespace wasm_bpf::test {

struct PolicyRow {
    std::string_view rule;
    std::string_view action;  // the guest's arguments, separated by spaces
    std::string_view denied;  // options of the command, separated by spaces
    std::string_view allowed;
    // How the command ends where it is allowed ...
    int allowed_exit = 0;
    // ... or where the development kernel or machine has no such thing: not by a denial.
    enum Where { here, elsewhere } where = here;
    int denied_exit = 122;
};

constexpr PolicyRow policy_row_table[] = {
    {"programs", "load on_xdp", "--deny programs=xdp", "--deny programs --allow programs=xdp"},
    {"helpers", "load on_signal", "", "--allow helpers=bpf_send_signal"},
    {"kfuncs", "load_kfunc on_kfunc", "", "--allow kfuncs=bpf_send_signal_task"},
    {"maps.types", "load_map table", "--deny maps.types=hash", "--deny maps.types --allow maps.types=hash,array"},
    {"maps.count", "load_map table", "--allow maps.count=0", "--allow maps.count=2"},
    {"maps.bytes", "load_map table", "--allow maps.bytes=100KB", "--allow maps.bytes=1MB"},
    {"maps.bytes_each", "load_map table", "--allow maps.bytes_each=100KB", "--allow maps.bytes_each=1MB"},
    {"objects.bytes", "load_map table", "--allow objects.bytes=1KB", "--allow objects.bytes=1MB"},
    {"attach.kinds", "attach on_tracepoint", "--deny attach.kinds=tracepoint",
     "--deny attach.kinds --allow attach.kinds=tracepoint"},
    {"attach.interfaces", "attach_xdp lo", "--deny attach.interfaces=lo",
     "--deny attach.interfaces --allow attach.interfaces=l?"},
    {"attach.cgroups", "attach_cgroup CGROUP", "--deny attach.cgroups=CGROUP",
     "--deny attach.cgroups --allow attach.cgroups=CGROUP"},
    {"attach.binaries", "attach_uprobe BINARY policy_test_function", "--deny attach.binaries=BINARY",
     "--deny attach.binaries --allow attach.binaries=BINARY"},
    {"attach.binary_functions", "attach_uprobe BINARY policy_test_function",
     "--deny attach.binary_functions=policy_test_*",
     "--deny attach.binary_functions --allow attach.binary_functions=policy_test_*"},
    {"attach.kernel_functions", "attach on_fentry", "--deny attach.kernel_functions=do_unlinkat",
     "--deny attach.kernel_functions --allow attach.kernel_functions=do_unlink*", 0, PolicyRow::elsewhere},
    {"attach.tracepoints", "attach on_tracepoint", "--deny attach.tracepoints=syscalls/*",
     "--deny attach.tracepoints --allow attach.tracepoints=syscalls/sys_enter_getpgid"},
    {"attach.lsm_hooks", "attach on_lsm", "--deny attach.lsm_hooks=file_open",
     "--deny attach.lsm_hooks --allow attach.lsm_hooks=file_open", 0, PolicyRow::elsewhere},
    {"attach.network_namespaces", "attach_netns", "--deny attach.network_namespaces=self",
     "--deny attach.network_namespaces --allow attach.network_namespaces=self"},
    {"attach.devices", "attach_lirc /dev/lirc0", "--deny attach.devices=/dev/lirc*",
     "--deny attach.devices --allow attach.devices=/dev/lirc0", 0, PolicyRow::elsewhere},
    {"perf_events", "perf_event", "--deny perf_events=software", "--deny perf_events --allow perf_events=software"},
    {"kernel_symbols", "kernel_symbol do_exit", "--deny kernel_symbols", "--allow kernel_symbols"},
    {"pins", "open_pinned", "", "--allow pins=/sys/fs/bpf/policy_test_*"},
    {"files", "open_with_btf /sys/kernel/btf/vmlinux", "--deny files", "--deny files --allow files=/sys/kernel/btf/v*"},
    {"sockets", "socket", "--deny sockets=packet", "--deny sockets --allow sockets=packet"},
    {"directories", "open /given/file", "--allow directories=FOLDER::/given --deny directories",
     "--allow directories=FOLDER::/given", 0, PolicyRow::here, 1},
    {"environment", "environment POLICY_TEST", "", "--allow environment=POLICY_TEST=x", 0, PolicyRow::here, 1},
    {"memory", "memory 4", "--allow memory=2MB", "--allow memory=16MB", 0, PolicyRow::here, 1},
    {"time", "loop", "--allow time=200ms", "--allow time=1h --allow time=100ms", 124, PolicyRow::here, 124},
    {"handles", "handles 10", "--allow handles=5", "--allow handles=100"},
};

[[nodiscard]] inline std::span<const PolicyRow> policy_rows() { return policy_row_table; }

}  // namespace wasm_bpf::test
