#include "bpf/pin.hpp"

#include <bpf/bpf.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <filesystem>

#include "bpf/fd.hpp"
#include "bpf/libbpf_messages.hpp"

namespace wasm_bpf::bpf {
namespace {

bool is_bpf_file_system(const std::string& folder) {
    struct statfs system{};
    return ::statfs(folder.c_str(), &system) == 0 && static_cast<std::uint32_t>(system.f_type) == BPF_FS_MAGIC;
}

// Makes the folder, and those before it, below one of a BPF file system: never elsewhere. 0 or an errno value; EINVAL
// where it is not in such a file system.
int make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    if (std::filesystem::exists(folder, error)) return is_bpf_file_system(folder) ? 0 : EINVAL;
    if (error) return error.value();
    if (folder == folder.parent_path() || folder.empty()) return ENOENT;
    if (const int failed = make_folder(folder.parent_path()); failed != 0) return failed;
    return ::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST ? 0 : errno;
}

// Type and id, with which the infos of maps, programs and links begin.
using Identity = std::array<std::uint32_t, 2>;
bool identify(int fd, Identity& identity) {
    std::uint32_t size = sizeof(identity);
    return bpf_obj_get_info_by_fd(fd, &identity, &size) == 0;
}

// The kernel has two spellings for links: "bpf_link" for a new one, "bpf-link" for one that was opened anew.
std::string object_kind(int fd) {
    std::string kind = kind_of_fd(fd);
    std::ranges::replace(kind, '_', '-');
    return kind;
}

bool same(int one, int other) {
    Identity first{}, second{};
    return object_kind(one) == object_kind(other) && identify(one, first) && identify(other, second) && first == second;
}

}  // namespace

std::string kind_of_fd(int fd) {
    std::array<char, PATH_MAX> text;
    const ssize_t size = ::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), text.data(), text.size());
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

Result<> pin_fd(int fd, const std::string& path) {
    const std::string what = "pin at \"" + printable(path) + "\"";
    const int failed = make_folder(std::filesystem::absolute(path).parent_path());
    if (failed == EINVAL) return fail(EINVAL, what + ": not in a BPF file system (mount -t bpf bpffs /sys/fs/bpf)");
    if (failed != 0) return std::unexpected(errno_error(failed, what));
    if (const int error = bpf_obj_pin(fd, path.c_str()); error != 0)
        return std::unexpected(errno_error(plain_errno(error), what));
    return {};
}

Result<> unpin_fd(int fd, const std::string& path) {
    const std::string what = "unpin \"" + printable(path) + "\"";
    const Fd pinned(bpf_obj_get(path.c_str()));
    if (!pinned.valid()) return std::unexpected(errno_error(errno, what));
    if (!same(fd, pinned.get())) return fail(EINVAL, what + ": something else is pinned there");
    if (::unlink(path.c_str()) != 0) return std::unexpected(errno_error(errno, what));
    return {};
}

}  // namespace wasm_bpf::bpf
