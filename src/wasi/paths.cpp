// Paths, always beneath a directory that the guest was given: the kernel itself follows them and refuses what leads out
// (openat2, RESOLVE_BENEATH; Linux 5.6).

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "wasi/file_status.hpp"
#include "wasi/functions.hpp"

namespace wasm_bpf::wasi {
namespace {

constexpr U32 follow_flag = 1;  // of a lookup
constexpr U32 create_flag = 1, directory_flag = 2, exclusive_flag = 4, truncate_flag = 8;
constexpr U64 read_right = 1 << 1, write_right = 1 << 6, allocate_right = 1 << 8, readdir_right = 1 << 14;
constexpr U32 append_flag = 1, dsync_flag = 2, nonblock_flag = 4, rsync_flag = 8, sync_flag = 16;

bpf::Fd open_beneath(int folder, const char* path, int flags, mode_t mode = 0) {
    open_how how{};
    how.flags = static_cast<U64>(flags) | O_CLOEXEC;
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    return bpf::Fd(static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof(how))));
}

// A path as the guest wrote it, and the directory that it starts in; `refusal` where there is none.
struct Start {
    const Descriptor* folder = nullptr;
    std::string path;
    I32 refusal = success;
};

enum class Change { no, yes };

Start start_of(Wasi& wasi, U32 fd, U32 path, U32 size, Change change) {
    Start start;
    start.folder = wasi.find(fd, Descriptor::Kind::directory);
    auto text = wasi.memory.text(path, size, "path");
    if (start.folder == nullptr)
        start.refusal = wasi.find(fd) != nullptr ? notdir : badf;
    else if (!text)
        start.refusal = wasi_errno(text.error().errno_code);
    else if (text->empty())
        start.refusal = noent;
    else if (change == Change::yes && !start.folder->writable)
        start.refusal = perm;
    else
        start.path = std::move(*text);
    return start;
}

// The directory that an entry is in, and the entry's name, which is no path.
struct Entry {
    bpf::Fd folder;
    std::string name;
    I32 refusal = success;
};

Entry entry_of(Wasi& wasi, U32 fd, U32 path, U32 size, Change change = Change::yes) {
    Start start = start_of(wasi, fd, path, size, change);
    Entry entry;
    entry.refusal = start.refusal;
    if (entry.refusal != success) return entry;
    std::string& text = start.path;
    if (text.starts_with('/')) {
        entry.refusal = perm;
        return entry;
    }
    while (text.ends_with('/')) text.pop_back();
    const auto slash = text.rfind('/');
    entry.name = slash == text.npos ? text : text.substr(slash + 1);
    if (entry.name == "." || entry.name == "..") {
        entry.refusal = entry.name == "." ? inval : perm;
        return entry;
    }
    text = slash == text.npos ? "." : text.substr(0, slash);
    entry.folder = open_beneath(start.folder->number, text.c_str(), O_PATH | O_DIRECTORY);
    if (!entry.folder.valid()) entry.refusal = wasi_errno(errno);
    return entry;
}

I32 result_of(int returned) { return returned == 0 ? success : wasi_errno(errno); }

// Of path_open; none where the flags ask for what the directory does not give.
struct Opening {
    int flags = O_NOCTTY;
    bool writes = false;
};

Opening opening_of(U32 lookup, U32 open_flags, U64 rights, U32 flags) {
    Opening opening;
    const bool reads = (rights & (read_right | readdir_right)) != 0;
    opening.writes = (rights & (write_right | allocate_right)) != 0;
    opening.flags |= !opening.writes ? O_RDONLY : reads ? O_RDWR : O_WRONLY;
    const struct {
        bool asked;
        int flag;
    } rows[] = {{(lookup & follow_flag) == 0, O_NOFOLLOW},
                {(open_flags & create_flag) != 0, O_CREAT},
                {(open_flags & directory_flag) != 0, O_DIRECTORY},
                {(open_flags & exclusive_flag) != 0, O_EXCL},
                {(open_flags & truncate_flag) != 0, O_TRUNC},
                {(flags & append_flag) != 0, O_APPEND},
                {(flags & dsync_flag) != 0, O_DSYNC},
                {(flags & (sync_flag | rsync_flag)) != 0, O_SYNC}};
    for (const auto& row : rows)
        if (row.asked) opening.flags |= row.flag;
    return opening;
}

}  // namespace

I32 path_open(Wasi& wasi, U32 fd, U32 lookup, U32 path, U32 size, U32 open_flags, U64 rights, U64, U32 flags,
              U32 result) {
    const Opening opening = opening_of(lookup, open_flags, rights, flags);
    const bool changes = opening.writes || (open_flags & (create_flag | truncate_flag)) != 0;
    const Start start = start_of(wasi, fd, path, size, changes ? Change::yes : Change::no);
    if (start.refusal != success) return start.refusal;
    constexpr mode_t mode = 0666;
    Descriptor descriptor;
    // Opening a fifo would wait for its other end, and not hear of an interrupt.
    descriptor.owned = open_beneath(start.folder->number, start.path.c_str(), opening.flags | O_NONBLOCK,
                                    (opening.flags & O_CREAT) != 0 ? mode : 0);
    if (!descriptor.owned.valid()) return wasi_errno(errno);
    descriptor.number = descriptor.owned.get();
    struct stat status;
    if (::fstat(descriptor.number, &status) != 0) return wasi_errno(errno);
    if ((flags & nonblock_flag) == 0)
        ::fcntl(descriptor.number, F_SETFL, opening.flags & (O_APPEND | O_DSYNC | O_SYNC));
    const bool folder = S_ISDIR(status.st_mode);
    descriptor.kind = folder ? Descriptor::Kind::directory : Descriptor::Kind::file;
    descriptor.writable = folder ? start.folder->writable : opening.writes;
    const I32 number = wasi.add(std::move(descriptor));
    if (number < 0) return mfile;
    return wasi.put(result, number) ? success : fault;
}

I32 path_filestat_get(Wasi& wasi, U32 fd, U32 lookup, U32 path, U32 size, U32 result) {
    const Start start = start_of(wasi, fd, path, size, Change::no);
    if (start.refusal != success) return start.refusal;
    const bpf::Fd file =
        open_beneath(start.folder->number, start.path.c_str(), O_PATH | ((lookup & follow_flag) == 0 ? O_NOFOLLOW : 0));
    struct stat status;
    if (!file.valid() || ::fstat(file.get(), &status) != 0) return wasi_errno(errno);
    return wasi.put(result, file_status(status)) ? success : fault;
}

I32 path_filestat_set_times(Wasi& wasi, U32 fd, U32 lookup, U32 path, U32 size, U64 access, U64 modification,
                            U32 flags) {
    const NewTimes times(access, modification, flags);
    if ((lookup & follow_flag) == 0) {
        const Entry entry = entry_of(wasi, fd, path, size);
        if (entry.refusal != success) return entry.refusal;
        return result_of(::utimensat(entry.folder.get(), entry.name.c_str(), times.times, AT_SYMLINK_NOFOLLOW));
    }
    const Start start = start_of(wasi, fd, path, size, Change::yes);
    if (start.refusal != success) return start.refusal;
    const bpf::Fd file = open_beneath(start.folder->number, start.path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
    return file.valid() ? result_of(::futimens(file.get(), times.times)) : wasi_errno(errno);
}

I32 path_create_directory(Wasi& wasi, U32 fd, U32 path, U32 size) {
    const Entry entry = entry_of(wasi, fd, path, size);
    if (entry.refusal != success) return entry.refusal;
    return result_of(::mkdirat(entry.folder.get(), entry.name.c_str(), 0777));
}

I32 path_remove_directory(Wasi& wasi, U32 fd, U32 path, U32 size) {
    const Entry entry = entry_of(wasi, fd, path, size);
    if (entry.refusal != success) return entry.refusal;
    return result_of(::unlinkat(entry.folder.get(), entry.name.c_str(), AT_REMOVEDIR));
}

I32 path_unlink_file(Wasi& wasi, U32 fd, U32 path, U32 size) {
    const Entry entry = entry_of(wasi, fd, path, size);
    if (entry.refusal != success) return entry.refusal;
    return result_of(::unlinkat(entry.folder.get(), entry.name.c_str(), 0));
}

I32 path_link(Wasi& wasi, U32 fd, U32 lookup, U32 path, U32 size, U32 new_fd, U32 new_path, U32 new_size) {
    if ((lookup & follow_flag) != 0) return inval;
    const Entry from = entry_of(wasi, fd, path, size);
    const Entry to = entry_of(wasi, new_fd, new_path, new_size);
    if (from.refusal != success || to.refusal != success) return from.refusal != success ? from.refusal : to.refusal;
    return result_of(::linkat(from.folder.get(), from.name.c_str(), to.folder.get(), to.name.c_str(), 0));
}

I32 path_rename(Wasi& wasi, U32 fd, U32 path, U32 size, U32 new_fd, U32 new_path, U32 new_size) {
    const Entry from = entry_of(wasi, fd, path, size);
    const Entry to = entry_of(wasi, new_fd, new_path, new_size);
    if (from.refusal != success || to.refusal != success) return from.refusal != success ? from.refusal : to.refusal;
    return result_of(::renameat(from.folder.get(), from.name.c_str(), to.folder.get(), to.name.c_str()));
}

I32 path_symlink(Wasi& wasi, U32 target, U32 target_size, U32 fd, U32 path, U32 size) {
    const auto text = wasi.memory.text(target, target_size, "path");
    if (!text) return wasi_errno(text.error().errno_code);
    // Others follow it too.
    if (text->starts_with('/')) return perm;
    const Entry entry = entry_of(wasi, fd, path, size);
    if (entry.refusal != success) return entry.refusal;
    return result_of(::symlinkat(text->c_str(), entry.folder.get(), entry.name.c_str()));
}

I32 path_readlink(Wasi& wasi, U32 fd, U32 path, U32 size, U32 buffer, U32 buffer_size, U32 used) {
    const Entry entry = entry_of(wasi, fd, path, size, Change::no);
    if (entry.refusal != success) return entry.refusal;
    std::byte* target = wasi.memory.at(buffer, buffer_size);
    if (target == nullptr) return fault;
    if (buffer_size == 0) return wasi.put(used, U32{0}) ? success : fault;
    const ssize_t length =
        ::readlinkat(entry.folder.get(), entry.name.c_str(), reinterpret_cast<char*>(target), buffer_size);
    if (length < 0) return wasi_errno(errno);
    return wasi.put(used, static_cast<U32>(length)) ? success : fault;
}

}  // namespace wasm_bpf::wasi
