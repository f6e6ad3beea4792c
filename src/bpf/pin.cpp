#include "bpf/pin.hpp"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <ranges>

#include "api/printable.hpp"
#include "bpf/libbpf_messages.hpp"

namespace wasm_bpf::bpf {
namespace {

// A place in a BPF file system, reached without following a symbolic link.
struct Place {
    Fd folder;
    std::string name;
};

constexpr std::string_view no_bpf_file_system = "not in a BPF file system (mount -t bpf bpffs /sys/fs/bpf)";

enum class MissingFolders { are_made, are_errors };

// A path that names the fd itself, for system calls that take paths only.
std::string path_of(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

bool in_bpf_file_system(int folder) {
    struct statfs system{};
    return ::fstatfs(folder, &system) == 0 && static_cast<std::uint32_t>(system.f_type) == BPF_FS_MAGIC;
}

Error folder_error(int code, const std::string& name) {
    if (code == ENOTDIR || code == ELOOP)
        return {code, "\"" + printable(name) + "\" is no folder; symbolic links are not followed"};
    return errno_error(code, "folder \"" + printable(name) + "\"");
}

Result<Fd> open_folder(int parent, const std::string& name, MissingFolders missing) {
    const auto open = [&] { return ::openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); };
    Fd folder(open());
    if (!folder.valid() && errno == ENOENT && missing == MissingFolders::are_made) {
        if (!in_bpf_file_system(parent)) return fail(EINVAL, std::string(no_bpf_file_system));
        if (::mkdirat(parent, name.c_str(), 0700) != 0 && errno != EEXIST)
            return std::unexpected(folder_error(errno, name));
        folder.reset(open());
    }
    if (!folder.valid()) return std::unexpected(folder_error(errno, name));
    return folder;
}

Result<Place> find_place(const std::string& path, MissingFolders missing) {
    if (auto plain = check_pin_path(path); !plain) return std::unexpected(std::move(plain).error());
    Place place{Fd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)), {}};
    for (const auto part : std::views::split(path.substr(1), '/')) {
        if (!place.name.empty()) {
            auto folder = open_folder(place.folder.get(), place.name, missing);
            if (!folder) return std::unexpected(std::move(folder).error());
            place.folder = std::move(*folder);
        }
        place.name.assign(part.begin(), part.end());
    }
    if (!in_bpf_file_system(place.folder.get())) return fail(EINVAL, std::string(no_bpf_file_system));
    return place;
}

constexpr std::string_view word(PinnedKind kind) {
    switch (kind) {
        case PinnedKind::map: return "map";
        case PinnedKind::program: return "prog";
        case PinnedKind::link: return "link";
    }
    return "";
}

Result<Fd> open_at(const Place& place, std::uint32_t flags) {
    // The name is opened without following it, and the kernel asked for what was opened.
    const Fd entry(::openat(place.folder.get(), place.name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!entry.valid()) return std::unexpected(Error{errno, error_text(errno)});
    struct stat status{};
    if (::fstat(entry.get(), &status) == 0 && S_ISLNK(status.st_mode))
        return fail(ELOOP, "it is a symbolic link, which is not followed");
    struct bpf_obj_get_opts settings{};
    settings.sz = sizeof(settings);
    settings.file_flags = flags;
    Fd fd(bpf_obj_get_opts(path_of(entry.get()).c_str(), &settings));
    if (!fd.valid()) return std::unexpected(Error{errno, error_text(errno)});
    return fd;
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
    const ssize_t size = ::readlink(path_of(fd).c_str(), text.data(), text.size());
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

Result<> check_pin_path(std::string_view path) {
    const auto refuse = [&](const char* why) { return fail(EINVAL, "pin path \"" + printable(path) + "\": " + why); };
    if (path.empty() || path[0] != '/') return refuse("it must be absolute");
    if (path.size() >= PATH_MAX || path.find('\0') != path.npos) return refuse("it is no path");
    for (const auto part : std::views::split(path.substr(1), '/')) {
        const std::string_view name(part.begin(), part.end());
        if (name.empty() || name == "." || name == "..") return refuse("it must have no empty, \".\" or \"..\" parts");
    }
    // The kernel refuses it with a bare EPERM (kernel/bpf/inode.c: bpf_lookup).
    if (path.substr(path.rfind('/')).find('.') != path.npos) return refuse("a name in a BPF file system has no dots");
    return {};
}

Result<> pin_fd(int fd, const std::string& path) {
    const std::string what = "pin at \"" + printable(path) + "\"";
    auto place = find_place(path, MissingFolders::are_made);
    if (!place) return std::unexpected(std::move(place).error().in(what));
    if (bpf_obj_pin(fd, (path_of(place->folder.get()) + "/" + place->name).c_str()) != 0)
        return std::unexpected(errno_error(plain_errno(errno), what));
    return {};
}

Result<> unpin_fd(int fd, const std::string& path) {
    const std::string what = "unpin \"" + printable(path) + "\"";
    auto place = find_place(path, MissingFolders::are_errors);
    if (!place) return std::unexpected(std::move(place).error().in(what));
    auto pinned = open_at(*place, 0);
    if (!pinned) return std::unexpected(std::move(pinned).error().in(what));
    if (!same(fd, pinned->get())) return fail(EINVAL, what + ": something else is pinned there");
    if (::unlinkat(place->folder.get(), place->name.c_str(), 0) != 0) return std::unexpected(errno_error(errno, what));
    return {};
}

Result<Fd> open_pinned(const std::string& path, PinnedKind kind, std::uint32_t flags) {
    const std::string what = "open what is pinned at \"" + printable(path) + "\"";
    auto place = find_place(path, MissingFolders::are_errors);
    if (!place) return std::unexpected(std::move(place).error().in(what));
    auto fd = open_at(*place, flags);
    if (!fd) return std::unexpected(std::move(fd).error().in(what));
    if (kind_of_fd(fd->get()).find(word(kind)) == std::string::npos)
        return fail(EINVAL, what + ": it is no " + std::string(word(kind)));
    return fd;
}

}  // namespace wasm_bpf::bpf
