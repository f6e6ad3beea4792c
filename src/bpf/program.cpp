#include "bpf/program.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "api/printable.hpp"
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

int Program::fd() const { return bpf_program__fd(program_); }

std::uint32_t Program::id() const {
    if (id_ != 0 || fd() < 0) return id_;
    bpf_prog_info info{};
    std::uint32_t size = sizeof(info);
    if (bpf_prog_get_info_by_fd(fd(), &info, &size) == 0) id_ = info.id;
    return id_;
}

bool Program::needs_target() const {
    if (find_section_target(section_) != nullptr) return true;
    // A section says nothing of a program of another type than its own.
    const LibbpfMessages messages;
    bpf_prog_type known{};
    bpf_attach_type attach{};
    return libbpf_prog_type_by_name(section_.c_str(), &known, &attach) != 0 || known != type();
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
    if (resolved->name.empty() && (kind == AttachKind::trace || kind == AttachKind::freplace ||
                                   kind == AttachKind::iterator || kind == AttachKind::cgroup))
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

}  // namespace wasm_bpf::bpf
