#include "bpf/attach_tracing.hpp"

#include "bpf/attach_attempt.hpp"

namespace wasm_bpf::bpf {

Result<Link> attach_kprobe(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    auto options = sized<bpf_kprobe_opts>();
    options.bpf_cookie = target.cookie;
    options.offset = target.offset;
    options.retprobe = target.return_probe;
    return linked(attempt, bpf_program__attach_kprobe_opts(attempt.program, target.name.c_str(), &options));
}

Result<Link> attach_uprobe(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    auto options = sized<bpf_uprobe_opts>();
    options.bpf_cookie = target.cookie;
    options.retprobe = target.return_probe;
    options.func_name = target.name.empty() ? nullptr : target.name.c_str();
    return linked(attempt, bpf_program__attach_uprobe_opts(attempt.program, target.pid, target.path.c_str(),
                                                           target.offset, &options));
}

Result<Link> attach_tracepoint(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
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

}  // namespace wasm_bpf::bpf
