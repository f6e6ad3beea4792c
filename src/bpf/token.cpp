#include "bpf/token.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/kernel_features.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/privilege.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr const char* default_place = "/sys/fs/bpf";
constexpr const char* mount_options = "delegate_cmds, delegate_maps, delegate_progs and delegate_attachs";

// A kernel that knows the command sees first that there is no such fd.
bool kernel_has_tokens() { return bpf_token_create(-1, nullptr) == -EBADF; }

// kernel/bpf/token.c: bpf_token_create.
Error why_no_token(int error) {
    if (!kernel_has_tokens()) return {error, no_feature("BPF token", "6.9")};
    if (in_initial_user_namespace())
        return {error,
                "BPF tokens are for processes in a user namespace of their own, which this one is not in: leave the "
                "token out, and run with sudo where a capability is missing"};
    if (error == ENOENT)
        return {error, fmt::format("it gives no token: it is to be mounted with {}", mount_options),
                ErrorKind::missing_privilege};
    if (error == EPERM && !has_capability(CAP_BPF))
        return {error, "a token takes CAP_BPF in this process's own user namespace", ErrorKind::missing_privilege};
    if (error == EPERM)
        return {error, "it was made in another user namespace than this process's: its token is not for this one",
                ErrorKind::missing_privilege};
    if (error == EINVAL) return {error, "this is not the root of a BPF file system"};
    return {error, error_text(error)};
}

}  // namespace

Result<Fd> create_token(const std::filesystem::path& place) {
    const std::string what = fmt::format("BPF token of \"{}\"", printable(place.native()));
    const Fd folder(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid()) return std::unexpected(errno_error(errno, what));
    struct statfs status{};
    if (::fstatfs(folder.get(), &status) != 0 || status.f_type != BPF_FS_MAGIC)
        return fail(EINVAL, what + ": this is no BPF file system (mount -t bpf)");
    const int token = bpf_token_create(folder.get(), nullptr);
    if (token < 0) return std::unexpected(why_no_token(-token).in(what));
    return Fd(token);
}

std::filesystem::path token_place(const std::filesystem::path& named) {
    if (!named.empty()) return named;
    const char* place = std::getenv("LIBBPF_BPF_TOKEN_PATH");
    return place != nullptr ? place : "";
}

Result<int> Tokens::of(const std::filesystem::path& named) {
    auto place = token_place(named);
    const bool must_give = !place.empty();
    // Nobody gets one there, and asking would be a call for each map.
    if (!must_give && in_initial_user_namespace()) return -1;
    if (!must_give) place = default_place;
    if (const auto known = tokens_.find(place); known != tokens_.end()) return known->second.get();
    auto token = create_token(place);
    if (!token && must_give) return std::unexpected(std::move(token).error());
    return tokens_.emplace(std::move(place), token ? std::move(*token) : Fd()).first->second.get();
}

Error refused_by_token(const bpf_program* program) {
    if (program == nullptr)
        return {EPERM,
                fmt::format("the BPF token does not allow this: the options {} of its BPF file system say what it does",
                            mount_options),
                ErrorKind::missing_privilege};
    const char* type = libbpf_bpf_prog_type_str(bpf_program__type(program));
    const char* attach_type = libbpf_bpf_attach_type_str(bpf_program__expected_attach_type(program));
    return {EPERM,
            fmt::format("the BPF token does not allow program \"{}\": its BPF file system is to be mounted with "
                        "delegate_cmds=prog_load, delegate_progs={} and delegate_attachs={} (or any)",
                        printable(bpf_program__name(program)), type ? type : "any", attach_type ? attach_type : "any"),
            ErrorKind::missing_privilege};
}

}  // namespace wasm_bpf::bpf
