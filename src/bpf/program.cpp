#include "bpf/program.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "bpf/attach_targets.hpp"
#include "bpf/instructions.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/section_targets.hpp"

namespace wasm_bpf::bpf {

Program::Program(bpf_program* program, std::shared_ptr<bpf_object> owner, std::vector<std::uint32_t> text_helpers)
    : program_(program),
      owner_(std::move(owner)),
      text_helpers_(std::move(text_helpers)),
      name_(bpf_program__name(program)),
      section_(bpf_program__section_name(program)) {}

std::uint32_t Program::type() const { return bpf_program__type(program_); }

int Program::fd() const { return bpf_program__fd(program_); }

bool Program::autoload() const { return bpf_program__autoload(program_); }

bool Program::needs_target() const { return find_section_target(section_) != nullptr; }

Result<> Program::set_autoload(bool autoload) {
    const LibbpfMessages messages;
    const int error = bpf_program__set_autoload(program_, autoload);
    if (error == 0) return {};
    // libbpf's own answer here is EINVAL.
    return fail(EBUSY, "set autoload of program \"" + printable(name_) + "\": the object is loaded already");
}

Result<> Program::set_attach_target(int target_program_fd, const std::string& function) {
    const LibbpfMessages messages;
    const char* name = function.empty() ? nullptr : function.c_str();
    const int error = bpf_program__set_attach_target(program_, target_program_fd, name);
    if (error == 0) {
        attach_function_ = function;
        return {};
    }
    const std::string what = "let program \"" + printable(name_) + "\" attach to function \"" + printable(function);
    return fail(plain_errno(error), messages.explain(what + "\": " + error_text(error)));
}

std::vector<std::uint32_t> Program::helpers() const {
    const std::span instructions(bpf_program__insns(program_), bpf_program__insn_cnt(program_));
    return merge(called_helpers(instructions), text_helpers_);
}

std::string Program::attach_function() const {
    if (!attach_function_.empty()) return attach_function_;
    const std::size_t slash = section_.find('/');
    return slash == section_.npos ? "" : section_.substr(slash + 1);
}

Result<AttachTarget> Program::resolve(const AttachTarget& target) const {
    Result<AttachTarget> resolved = resolve_target(section_, target);
    if (!resolved) return std::unexpected(std::move(resolved.error()).in("attach \"" + printable(name_) + "\""));
    const AttachKind kind = resolved->kind;
    if (resolved->name.empty() &&
        (kind == AttachKind::trace || kind == AttachKind::freplace || kind == AttachKind::iterator))
        resolved->name = attach_function();
    return resolved;
}

Result<Link> Program::attach(const AttachTarget& target) {
    const std::string context = "attach \"" + printable(name_) + "\"";
    if (fd() < 0) return fail(EINVAL, context + ": the program is not loaded");
    Result<AttachTarget> resolved = resolve(target);
    if (!resolved) return std::unexpected(std::move(resolved.error()));
    Result<Link> link = attach_program(program_, *resolved);
    if (!link) return std::unexpected(std::move(link.error()).in(context));
    // Detaching a USDT link gives numbers back to a table that libbpf keeps in the object.
    if (resolved->kind == AttachKind::usdt) link->keep_alive(owner_);
    return link;
}

Result<> Program::test_run(TestRun& run) const {
    bpf_test_run_opts options{};
    options.sz = sizeof(options);
    const auto in = [](std::span<const std::byte> bytes) { return bytes.empty() ? nullptr : bytes.data(); };
    const auto out = [](std::span<std::byte> bytes) { return bytes.empty() ? nullptr : bytes.data(); };
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
    if (const int error = bpf_prog_test_run_opts(fd(), &options); error != 0)
        return std::unexpected(errno_error(plain_errno(error), "run program \"" + printable(name_) + "\" once"));
    run.data_out = run.data_out.first(std::min<std::size_t>(run.data_out.size(), options.data_size_out));
    run.context_out = run.context_out.first(std::min<std::size_t>(run.context_out.size(), options.ctx_size_out));
    run.return_value = options.retval;
    run.duration_ns = options.duration;
    return {};
}

}  // namespace wasm_bpf::bpf
