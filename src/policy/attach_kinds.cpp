#include "policy/attach_kinds.hpp"

#include <algorithm>
#include <array>

#include "policy/policy.hpp"

namespace wasm_bpf::policy {
namespace {

using Parts = std::span<const PlacePart>;
constexpr PlacePart an_interface[] = {{&AttachPlace::interface, RuleId::attach_interfaces}};
constexpr PlacePart a_cgroup[] = {{&AttachPlace::cgroup, RuleId::attach_cgroups}};
constexpr PlacePart in_a_binary[] = {{&AttachPlace::binary, RuleId::attach_binaries},
                                     {&AttachPlace::function, RuleId::attach_binary_functions}};
constexpr PlacePart a_kernel_function[] = {{&AttachPlace::function, RuleId::attach_kernel_functions}};
constexpr PlacePart a_tracepoint[] = {{&AttachPlace::function, RuleId::attach_tracepoints}};
constexpr PlacePart a_hook[] = {{&AttachPlace::function, RuleId::attach_lsm_hooks}};
constexpr PlacePart a_hook_in_a_cgroup[] = {{&AttachPlace::function, RuleId::attach_lsm_hooks},
                                            {&AttachPlace::cgroup, RuleId::attach_cgroups}};
constexpr PlacePart maybe_a_cgroup[] = {{&AttachPlace::cgroup, RuleId::attach_cgroups, PlacePart::when_given}};
// A program goes to a namespace that was opened before, by this rule.
constexpr PlacePart a_namespace[] = {
    {&AttachPlace::network_namespace, RuleId::attach_network_namespaces, PlacePart::when_given}};
constexpr PlacePart a_device[] = {{&AttachPlace::device, RuleId::attach_devices}};
constexpr Parts nothing{};

constexpr AttachKindRow rows[] = {
    {"kprobe", a_kernel_function},
    {"kprobe_multi", a_kernel_function},
    {"ksyscall", a_kernel_function},
    {"fentry", a_kernel_function},
    {"fexit", a_kernel_function},
    {"fmod_ret", a_kernel_function},
    {"fsession", a_kernel_function},
    {"trace", a_kernel_function},  // another way of attaching by BTF
    {"uprobe", in_a_binary},
    {"uprobe_multi", in_a_binary},
    {"usdt", in_a_binary},
    {"tracepoint", a_tracepoint},
    {"raw_tracepoint", a_tracepoint},
    {"tp_btf", a_tracepoint},
    {"lsm", a_hook},
    {"lsm_cgroup", a_hook_in_a_cgroup},
    {"perf_event", nothing},  // the event itself: perf_events
    {"freplace", nothing},    // a program of the guest's own
    {"iterator", maybe_a_cgroup},
    {"struct_ops", nothing},
    {"xdp", an_interface},
    {"tcx", an_interface},
    {"tc", an_interface},
    {"netkit", an_interface},
    {"route", an_interface},
    {"cgroup", a_cgroup},
    {"netfilter", nothing},
    {"netns", a_namespace},
    {"sockmap", nothing},  // a map of the guest's own
    {"socket", nothing},   // a socket of the guest's own: sockets
    {"lirc", a_device},
};
constexpr auto names = [] {
    std::array<std::string_view, std::size(rows)> list;
    for (std::size_t i = 0; i < list.size(); i++) list[i] = rows[i].name;
    return list;
}();

}  // namespace

std::span<const AttachKindRow> attach_kind_rows() { return rows; }
std::span<const std::string_view> attach_kinds() { return names; }

const AttachKindRow* find_attach_kind(std::string_view name) {
    const auto row = std::ranges::find(rows, name, &AttachKindRow::name);
    return row == std::end(rows) ? nullptr : &*row;
}

}  // namespace wasm_bpf::policy
