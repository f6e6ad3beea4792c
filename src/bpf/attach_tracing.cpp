#include "bpf/attach_tracing.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "bpf/attach_attempt.hpp"
#include "bpf/fd.hpp"
#include "bpf/uprobe_link.hpp"

namespace wasm_bpf::bpf {
namespace {

// Null where there is none, as libbpf wants it.
const char* text(const std::string& value) { return value.empty() ? nullptr : value.c_str(); }

template <typename T>
const T* list(const std::vector<std::uint64_t>& values) {
    static_assert(sizeof(T) == sizeof(std::uint64_t));
    return values.empty() ? nullptr : reinterpret_cast<const T*>(values.data());
}

std::vector<const char*> pointers(const std::vector<std::string>& names) {
    std::vector<const char*> result;
    for (const std::string& name : names) result.push_back(name.c_str());
    return result;
}

}  // namespace

Result<Link> attach_kprobe(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    if (target.name.empty()) return fail(EINVAL, "a kprobe needs the function's name");
    auto options = sized<bpf_kprobe_opts>();
    options.bpf_cookie = target.cookie;
    options.offset = target.offset;
    options.retprobe = target.return_probe;
    return linked(attempt, bpf_program__attach_kprobe_opts(attempt.program, target.name.c_str(), &options));
}

Result<Link> attach_kprobe_multi(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    const std::vector<const char*> names = pointers(target.names);
    auto options = sized<bpf_kprobe_multi_opts>();
    options.syms = names.empty() ? nullptr : const_cast<const char**>(names.data());
    options.addrs = list<unsigned long>(target.addresses);
    options.cookies = list<__u64>(target.cookies);
    options.cnt = std::max(names.size(), target.addresses.size());
    options.retprobe = target.return_probe;
    options.session = target.session;
    options.unique_match = target.unique_match;
    return linked(attempt, bpf_program__attach_kprobe_multi_opts(attempt.program, text(target.name), &options));
}

Result<Link> attach_ksyscall(const Attempt& attempt) {
    auto options = sized<bpf_ksyscall_opts>();
    options.bpf_cookie = attempt.target.cookie;
    options.retprobe = attempt.target.return_probe;
    return linked(attempt, bpf_program__attach_ksyscall(attempt.program, attempt.target.name.c_str(), &options));
}

Result<Link> attach_uprobe(const Attempt& attempt) {
    if (takes_uprobe_link(attempt.program)) return attach_uprobe_link(attempt);
    const AttachTarget& target = attempt.target;
    auto options = sized<bpf_uprobe_opts>();
    options.bpf_cookie = target.cookie;
    options.ref_ctr_offset = target.ref_ctr_offset;
    options.retprobe = target.return_probe;
    options.func_name = text(target.name);
    return linked(attempt, bpf_program__attach_uprobe_opts(attempt.program, target.pid, target.path.c_str(),
                                                           target.offset, &options));
}

Result<Link> attach_uprobe_multi(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    const std::vector<const char*> names = pointers(target.names);
    auto options = sized<bpf_uprobe_multi_opts>();
    options.syms = names.empty() ? nullptr : const_cast<const char**>(names.data());
    options.offsets = list<unsigned long>(target.addresses);
    options.ref_ctr_offsets = list<unsigned long>(target.ref_ctr_offsets);
    options.cookies = list<__u64>(target.cookies);
    options.cnt = std::max(names.size(), target.addresses.size());
    options.retprobe = target.return_probe;
    options.session = target.session;
    return linked(attempt, bpf_program__attach_uprobe_multi(attempt.program, target.pid, target.path.c_str(),
                                                            text(target.name), &options));
}

Result<Link> attach_usdt(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    auto options = sized<bpf_usdt_opts>();
    options.usdt_cookie = target.cookie;
    return linked(attempt, bpf_program__attach_usdt(attempt.program, target.pid, target.path.c_str(),
                                                    target.provider.c_str(), target.name.c_str(), &options));
}

Result<Link> attach_tracepoint(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    // libbpf makes a path of tracefs of the two, which must be the place that the policy was asked about.
    for (const std::string& name : {target.path, target.name})
        if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos)
            return fail(EINVAL, "a tracepoint has a category and a name, neither with a slash in it");
    auto options = sized<bpf_tracepoint_opts>();
    options.bpf_cookie = target.cookie;
    return linked(attempt, bpf_program__attach_tracepoint_opts(attempt.program, target.path.c_str(),
                                                               target.name.c_str(), &options));
}

Result<Link> attach_raw_tracepoint(const Attempt& attempt) {
    auto options = sized<bpf_raw_tracepoint_opts>();
    options.cookie = attempt.target.cookie;
    return linked(attempt,
                  bpf_program__attach_raw_tracepoint_opts(attempt.program, attempt.target.name.c_str(), &options));
}

Result<Link> attach_perf_event(const Attempt& attempt) {
    // libbpf's link closes the fd that it was given: it gets one of its own.
    Fd event(::fcntl(attempt.target.fd, F_DUPFD_CLOEXEC, 0));
    if (!event.valid()) return refused(attempt, errno);
    auto options = sized<bpf_perf_event_opts>();
    options.bpf_cookie = attempt.target.cookie;
    options.dont_enable = attempt.target.leave_disabled;
    Result<Link> link = linked(attempt, bpf_program__attach_perf_event_opts(attempt.program, event.get(), &options));
    if (link) std::ignore = event.release();
    return link;
}

Result<Link> attach_trace(const Attempt& attempt) {
    // For other types the kernel would take the target, fd 0 here, for one of this process's own.
    const bpf_prog_type type = bpf_program__type(attempt.program);
    const bpf_attach_type place = bpf_program__expected_attach_type(attempt.program);
    if ((type != BPF_PROG_TYPE_TRACING && type != BPF_PROG_TYPE_LSM) || place == BPF_LSM_CGROUP ||
        place == BPF_TRACE_ITER)
        return fail(EINVAL, "the program is none of fentry, fexit, fmod_ret, fsession, tp_btf and lsm");
    auto options = sized<bpf_trace_opts>();
    options.cookie = attempt.target.cookie;
    return linked(attempt, bpf_program__attach_trace_opts(attempt.program, &options));
}

Result<Link> attach_freplace(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    if (target.fd < 0) return linked(attempt, bpf_program__attach_freplace(attempt.program, 0, nullptr));
    return linked(attempt, bpf_program__attach_freplace(attempt.program, target.fd, target.name.c_str()));
}

namespace {

// The kernel reads one struct for all iterators, each its own member of it: what is meant as a number for one would be
// an fd of this process's for another.
Result<> check_iterator(const AttachTarget& target) {
    using namespace std::string_view_literals;
    constexpr std::array over_maps = {"bpf_map_elem"sv, "bpf_sk_storage_map"sv};
    constexpr std::array over_cgroups = {"cgroup"sv};
    constexpr std::array over_tasks = {"task"sv, "task_file"sv, "task_vma"sv};
    const struct {
        bool given;
        std::span<const std::string_view> iterators;
        const char* what;
    } uses[] = {{target.map_fd >= 0, over_maps, "a map"},
                {target.cgroup_fd >= 0 || target.order != 0, over_cgroups, "a cgroup or an order"},
                {target.pid > 0 || target.tid > 0, over_tasks, "a process or a thread"}};
    for (const auto& use : uses)
        if (use.given && std::ranges::count(use.iterators, target.name) == 0)
            return fail(EINVAL, std::string("this iterator does not take ") + use.what);
    return {};
}

}  // namespace

Result<Link> attach_iterator(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    if (auto checked = check_iterator(target); !checked) return std::unexpected(std::move(checked).error());
    bpf_iter_link_info info{};
    auto options = sized<bpf_iter_attach_opts>();
    options.link_info = &info;
    options.link_info_len = sizeof(info);
    if (target.map_fd >= 0) {
        info.map.map_fd = static_cast<std::uint32_t>(target.map_fd);
    } else if (target.cgroup_fd >= 0 || target.order != 0) {
        info.cgroup.cgroup_fd = static_cast<std::uint32_t>(std::max(target.cgroup_fd, 0));
        info.cgroup.order = static_cast<bpf_cgroup_iter_order>(target.order);
    } else if (target.pid > 0 || target.tid > 0) {
        info.task.pid = static_cast<std::uint32_t>(std::max(target.pid, 0));
        info.task.tid = static_cast<std::uint32_t>(std::max(target.tid, 0));
    } else {
        // Kernels that know fewer targets refuse a struct that they do not need.
        options.link_info = nullptr;
        options.link_info_len = 0;
    }
    return linked(attempt, bpf_program__attach_iter(attempt.program, &options));
}

}  // namespace wasm_bpf::bpf
