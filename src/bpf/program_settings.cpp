// What can be asked and set of a program before its object is loaded.

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>

#include <cerrno>
#include <utility>

#include "api/printable.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/privilege.hpp"
#include "bpf/program.hpp"

namespace wasm_bpf::bpf {

std::uint32_t Program::type() const { return bpf_program__type(program_); }

std::uint32_t Program::expected_attach_type() const { return bpf_program__expected_attach_type(program_); }

std::uint32_t Program::flags() const { return bpf_program__flags(program_); }

std::uint32_t Program::log_level() const { return bpf_program__log_level(program_); }

std::uint32_t Program::instruction_count() const { return static_cast<std::uint32_t>(bpf_program__insn_cnt(program_)); }

std::span<const std::byte> Program::instructions() const {
    return std::as_bytes(std::span(bpf_program__insns(program_), bpf_program__insn_cnt(program_)));
}

bool Program::autoload() const { return bpf_program__autoload(program_); }

bool Program::autoattach() const { return bpf_program__autoattach(program_); }

Result<> Program::setting(int error, std::string_view field) const {
    if (error == 0) return {};
    const std::string what = std::string("set ").append(field) + " of program \"" + printable(name_) + "\": ";
    if (error == -EBUSY) return fail(EBUSY, what + "the object is loaded already");
    return fail(plain_errno(error), what + error_text(error));
}

// Some of libbpf's setters say EINVAL here, some nothing; this one is right.
bool Program::settable() const { return bpf_program__set_flags(program_, bpf_program__flags(program_)) == 0; }

Result<> Program::set_autoload(bool autoload) {
    return setting(settable() ? bpf_program__set_autoload(program_, autoload) : -EBUSY, "autoload");
}

Result<> Program::set_type(std::uint32_t type) {
    if (type >= __MAX_BPF_PROG_TYPE) return setting(-EINVAL, "type " + std::to_string(type));
    return setting(bpf_program__set_type(program_, static_cast<bpf_prog_type>(type)), "type");
}

Result<> Program::set_expected_attach_type(std::uint32_t type) {
    if (type >= __MAX_BPF_ATTACH_TYPE) return setting(-EINVAL, "expected attach type " + std::to_string(type));
    return setting(bpf_program__set_expected_attach_type(program_, static_cast<bpf_attach_type>(type)),
                   "expected attach type");
}

Result<> Program::set_flags(std::uint32_t flags) { return setting(bpf_program__set_flags(program_, flags), "flags"); }

Result<> Program::set_log_level(std::uint32_t level) {
    return setting(bpf_program__set_log_level(program_, level), "log level");
}

Result<> Program::set_interface(std::uint32_t index) {
    if (!settable()) return setting(-EBUSY, "interface");
    bpf_program__set_ifindex(program_, index);
    return {};
}

void Program::set_autoattach(bool autoattach) { bpf_program__set_autoattach(program_, autoattach); }

Result<> Program::set_attach_target(int target_program_fd, const std::string& function) {
    if (!settable()) return setting(-EBUSY, "attach target");
    // The target may be closed before load, and its number be another's by then.
    Fd target(target_program_fd > 0 ? ::fcntl(target_program_fd, F_DUPFD_CLOEXEC, 1) : -1);
    if (target_program_fd > 0 && !target.valid())
        return std::unexpected(errno_error(errno, "keep the attach target of program \"" + printable(name_) + "\""));
    const LibbpfMessages messages;
    const char* name = function.empty() ? nullptr : function.c_str();
    const int error = bpf_program__set_attach_target(program_, target.valid() ? target.get() : 0, name);
    if (error == 0) {
        attach_target_ = std::move(target);
        attach_function_ = function;
        return {};
    }
    const std::string what = "let program \"" + printable(name_) + "\" attach to function \"" + printable(function);
    std::string text = messages.explain(what + "\": " + error_text(error));
    // kernel/bpf/syscall.c: BPF_BTF_GET_FD_BY_ID, by which libbpf looks functions of programs and modules up.
    if (plain_errno(error) == EPERM) text += would_help(CAP_SYS_ADMIN, "CAP_SYS_ADMIN");
    return fail(plain_errno(error), std::move(text));
}

}  // namespace wasm_bpf::bpf
