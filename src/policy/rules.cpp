#include "policy/rules.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "policy/attach_kinds.hpp"
#include "policy/kernel_names.hpp"
#include "policy/quantities.hpp"

namespace wasm_bpf::policy {
namespace {

using enum RuleKind;
constexpr std::uint64_t most_memory = std::uint64_t{4} << 30;
constexpr std::uint64_t most_handles = 65535;

constexpr Rule table[] = {
    {RuleId::programs, "programs", names, "*", "types of the BPF programs that are loaded",
     "what a program of an allowed type reads or does: a tracing program can read all of the kernel's memory", "xdp",
     program_types},
    {RuleId::helpers, "helpers", names, "*", "helper functions that programs call",
     "the same by another helper or kfunc; programs that loop for long (bpf_loop), which nothing ends",
     "bpf_send_signal", helpers},
    {RuleId::kfuncs, "kfuncs", names, "*", "kernel functions (kfuncs) that programs call",
     "those that a kernel has under a new name", "bpf_sock_destroy", nullptr},
    {RuleId::map_types, "maps.types", names, "*", "types of the maps that are made", "", "hash", map_types},
    {RuleId::map_count, "maps.count", count, "1024", "maps that the guest has at a time, global data included", "",
     "16", nullptr},
    {RuleId::map_bytes, "maps.bytes", bytes, "1GB", "memory of all its maps, were they full (an estimate)",
     "memory that the kernel takes beside: programs, BTF, links", "64MB", nullptr},
    {RuleId::map_bytes_each, "maps.bytes_each", bytes, "unlimited", "memory of one map", "", "1MB", nullptr},
    {RuleId::object_bytes, "objects.bytes", bytes, "1GB",
     "memory of all its open objects in the host: their files and their global data", "", "16MB", nullptr},
    {RuleId::attach_kinds, "attach.kinds", names, "*", "ways of attaching", "", "xdp", attach_kinds},
    {RuleId::attach_interfaces, "attach.interfaces", names, "*",
     "network interfaces: xdp (its live test runs too), tcx, tc, netkit, route",
     "a program on an allowed interface that redirects packets to another one", "eth0", nullptr},
    {RuleId::attach_cgroups, "attach.cgroups", paths, "**", "cgroups, by path",
     "the cgroups below an allowed one: an attached program runs for them too", "/sys/fs/cgroup/user.slice/**",
     nullptr},
    {RuleId::attach_binaries, "attach.binaries", paths, "**", "programs and libraries: uprobe, uprobe_multi, usdt",
     "the same code by another path: a copy, a hard link, a bind mount", "/usr/bin/bash", nullptr},
    {RuleId::attach_binary_functions, "attach.binary_functions", names, "*",
     "functions in them; of usdt `provider:name`; probes by offset need `*`", "", "SSL_*", nullptr},
    {RuleId::attach_kernel_functions, "attach.kernel_functions", names, "*",
     "kernel functions: kprobe, kprobe_multi, ksyscall, fentry, fexit, fmod_ret; probes by address or offset need `*`",
     "seeing a function through those that it calls", "tcp_*", nullptr},
    {RuleId::attach_tracepoints, "attach.tracepoints", names, "*",
     "tracepoints: `category/name`; raw_tracepoint and tp_btf: `name`; perf events of one need `*`", "", "syscalls/*",
     nullptr},
    {RuleId::attach_lsm_hooks, "attach.lsm_hooks", names, "*", "hooks of security modules: lsm, lsm_cgroup", "",
     "file_open", nullptr},
    {RuleId::attach_network_namespaces, "attach.network_namespaces", paths, "**",
     "network namespaces, by path; `self`: the host's own", "", "/run/netns/*", nullptr},
    {RuleId::attach_devices, "attach.devices", paths, "**", "devices: lirc", "", "/dev/lirc0", nullptr},
    {RuleId::perf_events, "perf_events", names, "*", "types of the performance events that are opened",
     "seeing which process runs where: an event of an allowed type may be of any process", "software",
     perf_event_types},
    {RuleId::kernel_symbols, "kernel_symbols", yes_or_no, "yes", "addresses of kernel symbols",
     "learning addresses by a tracing program", "", nullptr},
    {RuleId::sockets, "sockets", names, "*", "families of the sockets that are opened to attach to",
     "a packet socket sees the packets of every interface", "packet", socket_families},
    {RuleId::pins, "pins", paths, "", "paths where maps, programs and links are pinned, or pinned ones opened",
     "others opening what is pinned there", "/sys/fs/bpf/mine/*", nullptr},
    {RuleId::files, "files", paths, "/sys/kernel/btf/*,/sys/fs/bpf",
     "files that an object's options name: BTF, the place of a token", "", "/var/lib/btf/*", nullptr},
    {RuleId::directories, "directories", grants, "", "directories of the guest, as --dir: `HOST[::GUEST][:ro]`",
     "a guest filling the disk", "/var/log::/log:ro", nullptr},
    {RuleId::environment, "environment", grants, "", "its environment, as --env: `NAME[=VALUE]`", "", "TERM", nullptr},
    {RuleId::memory, "memory", bytes, "1GB", "linear memory, as --memory", "", "64MB", nullptr, most_memory},
    {RuleId::time, "time", milliseconds, "unlimited", "time to run, as --timeout", "", "30s", nullptr},
    {RuleId::handles, "handles", count, "65535", "objects, maps, programs, links and so on that it holds at a time", "",
     "1000", nullptr, most_handles},
};
static_assert(std::size(table) == static_cast<std::size_t>(RuleId::handles) + 1);
static_assert([] {
    for (std::size_t i = 0; i < std::size(table); i++)
        if (static_cast<std::size_t>(table[i].id) != i) return false;
    return true;
}());

constexpr Guarded guarded_table[] = {
    {RuleId::helpers, "bpf_probe_write_user", "writes to the memory of other processes"},
    {RuleId::helpers, "bpf_override_return", "makes kernel functions return what the program says"},
    {RuleId::helpers, "bpf_send_signal", "sends signals to other processes"},
    {RuleId::helpers, "bpf_send_signal_thread", "sends signals to other processes"},
    {RuleId::helpers, "bpf_sys_bpf", "loads and attaches programs that this policy has not seen"},
    {RuleId::helpers, "bpf_sys_close", "closes file descriptors of the host"},
    {RuleId::kfuncs, "bpf_send_signal_task", "sends signals to other processes"},
    {RuleId::kfuncs, "bpf_sock_destroy", "closes connections of other processes"},
    {RuleId::kfuncs, "bpf_set_dentry_xattr", "changes attributes of files"},
    {RuleId::kfuncs, "bpf_remove_dentry_xattr", "changes attributes of files"},
    {RuleId::kfuncs, "hid_bpf_hw_request", "commands input devices"},
    {RuleId::kfuncs, "hid_bpf_hw_output_report", "commands input devices"},
    {RuleId::kfuncs, "hid_bpf_input_report", "makes up input, as of a keyboard"},
    {RuleId::kfuncs, "hid_bpf_try_input_report", "makes up input, as of a keyboard"},
    {RuleId::kfuncs, "crash_kexec", "stops the kernel"},
};

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); j++) row[j] = j;
    for (std::size_t i = 0; i < a.size(); i++) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); j++) {
            const std::size_t replaced = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row[b.size()];
}

}  // namespace

std::span<const Rule> rules() { return table; }
const Rule& rule(RuleId id) { return table[static_cast<std::size_t>(id)]; }
std::span<const Guarded> guarded() { return guarded_table; }

const Rule* find_rule(std::string_view name) {
    const auto found = std::ranges::find(table, name, &Rule::name);
    return found == std::end(table) ? nullptr : &*found;
}

std::optional<std::uint64_t> read_limit(RuleKind kind, std::string_view text) {
    if (kind == bytes) return read_bytes(text);
    if (kind == milliseconds) return read_milliseconds(text);
    return read_count(text);
}

std::string limit_text(RuleKind kind, std::uint64_t limit) {
    if (kind == bytes) return bytes_text(limit);
    if (kind == milliseconds) return milliseconds_text(limit);
    return limit == unlimited ? "unlimited" : fmt::format("{}", limit);
}

std::string suggestion(std::string_view unknown, std::span<const std::string_view> known) {
    constexpr std::size_t longest = 64;  // of a name that somebody mistyped
    std::string_view nearest;
    std::size_t distance = 4;
    std::string all;
    for (const std::string_view name : known) {
        if (name.empty()) continue;
        const std::size_t here = unknown.size() <= longest ? edit_distance(unknown, name) : longest;
        if (here < distance) {
            distance = here;
            nearest = name;
        }
        all += fmt::format("{}{}", all.empty() ? "" : ", ", name);
    }
    if (!nearest.empty()) return fmt::format("; did you mean \"{}\"?", nearest);
    constexpr std::size_t readable = 900;
    return all.size() <= readable ? "; there are " + all : "";
}

std::string rule_suggestion(std::string_view unknown) {
    std::vector<std::string_view> known;
    for (const Rule& rule : table) known.push_back(rule.name);
    return suggestion(unknown, known);
}

std::string rules_help() {
    std::string text;
    for (const Rule& rule : table) text += fmt::format("  {:<26}{}\n", rule.name, rule.meaning);
    return text;
}

std::string rules_markdown() {
    std::string text =
        "| rule | what it is about | the command's default | what it cannot prevent | a value "
        "|\n|---|---|---|---|---|\n";
    for (const Rule& rule : table) {
        const bool has_guarded = std::ranges::find(guarded_table, rule.id, &Guarded::rule) != std::end(guarded_table);
        std::string standard = rule.command.empty()                          ? "none"
                               : rule.command == "*" || rule.command == "**" ? "all"
                                                                             : std::string(rule.command);
        if (has_guarded) standard += ", but for the list below";
        text += fmt::format("| `{}` | {} | {} | {} | {}{}{} |\n", rule.name, rule.meaning, standard,
                            rule.cannot_prevent, rule.example.empty() ? "" : "`",
                            rule.example.empty() ? "in a file `true` or `false`" : rule.example,
                            rule.example.empty() ? "" : "`");
    }
    return text;
}

std::string guarded_markdown() {
    std::string text = "| denied by the command's default | because it |\n|---|---|\n";
    for (const Guarded& item : guarded_table)
        text += fmt::format("| `{}={}` | {} |\n", rule(item.rule).name, item.name, item.effect);
    return text;
}

}  // namespace wasm_bpf::policy
