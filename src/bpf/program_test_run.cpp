// BPF_PROG_TEST_RUN.

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>

#include "api/printable.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/program.hpp"
#include "bpf/stoppable_call.hpp"

namespace wasm_bpf::bpf {
namespace {

bpf_test_run_opts test_run_options(const TestRun& run) {
    const auto in = [](std::span<const std::byte> bytes) { return bytes.empty() ? nullptr : bytes.data(); };
    const auto out = [](std::span<std::byte> bytes) { return bytes.empty() ? nullptr : bytes.data(); };
    bpf_test_run_opts options{};
    options.sz = sizeof(options);
    options.data_in = in(run.data_in);
    options.data_size_in = static_cast<std::uint32_t>(run.data_in.size());
    options.data_out = out(run.data_out);
    options.data_size_out = static_cast<std::uint32_t>(run.data_out.size());
    options.ctx_in = in(run.context_in);
    options.ctx_size_in = static_cast<std::uint32_t>(run.context_in.size());
    options.ctx_out = out(run.context_out);
    options.ctx_size_out = static_cast<std::uint32_t>(run.context_out.size());
    options.repeat = static_cast<int>(run.repeat);
    options.flags = run.flags;
    options.cpu = run.cpu;
    options.batch_size = run.batch_size;
    return options;
}

struct Call {
    int fd;
    bpf_test_run_opts* options;
    int error;
};

void call(void* context) {
    Call& call = *static_cast<Call*>(context);
    call.error = bpf_prog_test_run_opts(call.fd, call.options);
}

}  // namespace

Result<> Program::test_run(TestRun& run) const {
    bpf_test_run_opts options = test_run_options(run);
    Call test{fd(), &options, 0};
    const std::string what = "run program \"" + printable(name_) + "\"";
    if (run.repeat > 1 && run.stop_fd >= 0) {
        const auto ended = stoppable_call(call, &test, run.stop_fd);
        if (!ended) return std::unexpected(Error(ended.error()).in(what));
        if (*ended == CallEnd::stopped) return fail(EINTR, what + ": stopped", ErrorKind::stopped);
    } else {
        call(&test);
    }
    run.data_out_bytes = options.data_size_out;
    run.context_out_bytes = options.ctx_size_out;
    if (test.error != 0) return std::unexpected(errno_error(plain_errno(test.error), what));
    run.data_out = run.data_out.first(std::min<std::size_t>(run.data_out.size(), options.data_size_out));
    run.context_out = run.context_out.first(std::min<std::size_t>(run.context_out.size(), options.ctx_size_out));
    run.return_value = options.retval;
    run.duration_ns = options.duration;
    return {};
}

}  // namespace wasm_bpf::bpf
