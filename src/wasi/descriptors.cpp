// Descriptors themselves.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "wasi/file_status.hpp"
#include "wasi/functions.hpp"

namespace wasm_bpf::wasi {
namespace {

constexpr U64 all_rights = (U64{1} << 30) - 1;
// fd_datasync, fd_write, fd_allocate, path_create_directory, path_create_file, path_link_source, path_link_target,
// path_rename_source, path_rename_target, path_filestat_set_size, path_filestat_set_times, fd_filestat_set_size,
// fd_filestat_set_times, path_symlink, path_remove_directory, path_unlink_file
constexpr U64 writing_rights = 1 << 0 | 1 << 6 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 16 | 1 << 17 |
                               1 << 19 | 1 << 20 | 1 << 22 | 1 << 23 | 1 << 24 | 1 << 25 | 1 << 26;

struct DescriptorStatus {
    std::uint8_t file_type;
    std::uint8_t padding = 0;
    std::uint16_t flags;
    U32 more_padding = 0;
    U64 rights;
    U64 rights_of_opened;
};
static_assert(sizeof(DescriptorStatus) == 24);

constexpr U32 append_flag = 1, nonblock_flag = 4;

I32 result_of(int returned) { return returned == 0 ? success : wasi_errno(errno); }

// A file, or a directory, that may change.
Descriptor* find_writable(Wasi& wasi, U32 fd) {
    Descriptor* found = wasi.find(fd, Descriptor::Kind::file);
    return found != nullptr && found->writable ? found : nullptr;
}

}  // namespace

I32 fd_advise(Wasi& wasi, U32 fd, U64, U64, U32) { return wasi.find(fd) != nullptr ? success : badf; }

I32 fd_allocate(Wasi& wasi, U32 fd, U64 offset, U64 size) {
    const Descriptor* file = find_writable(wasi, fd);
    if (file == nullptr) return badf;
    return wasi_errno(::posix_fallocate(file->number, static_cast<off_t>(offset), static_cast<off_t>(size)));
}

I32 fd_close(Wasi& wasi, U32 fd) {
    Descriptor* found = wasi.find(fd);
    if (found == nullptr) return badf;
    *found = {};
    return success;
}

I32 fd_datasync(Wasi& wasi, U32 fd) {
    const Descriptor* file = wasi.find(fd, Descriptor::Kind::file);
    return file != nullptr ? result_of(::fdatasync(file->number)) : badf;
}

I32 fd_sync(Wasi& wasi, U32 fd) {
    const Descriptor* found = wasi.find(fd);
    return found != nullptr && found->kind != Descriptor::Kind::stream ? result_of(::fsync(found->number)) : badf;
}

I32 fd_fdstat_get(Wasi& wasi, U32 fd, U32 result) {
    const Descriptor* found = wasi.find(fd);
    if (found == nullptr) return badf;
    struct stat status;
    if (::fstat(found->number, &status) != 0) return wasi_errno(errno);
    const int flags = ::fcntl(found->number, F_GETFL);
    const U64 rights = found->writable ? all_rights : all_rights & ~writing_rights;
    return wasi.put(result,
                    DescriptorStatus{.file_type = file_type(status.st_mode),
                                     .flags = static_cast<std::uint16_t>((flags & O_APPEND ? append_flag : 0) |
                                                                         (flags & O_NONBLOCK ? nonblock_flag : 0)),
                                     .rights = rights,
                                     .rights_of_opened = rights})
               ? success
               : fault;
}

I32 fd_fdstat_set_flags(Wasi& wasi, U32 fd, U32 flags) {
    // A standard stream's flags are those of whoever else has it.
    const Descriptor* file = wasi.find(fd, Descriptor::Kind::file);
    if (file == nullptr) return wasi.find(fd) != nullptr ? notsup : badf;
    return result_of(::fcntl(file->number, F_SETFL,
                             (flags & append_flag ? O_APPEND : 0) | (flags & nonblock_flag ? O_NONBLOCK : 0)));
}

// What a guest gives up of rights is not looked at: it has those of what it was given.
I32 fd_fdstat_set_rights(Wasi& wasi, U32 fd, U64, U64) { return wasi.find(fd) != nullptr ? success : badf; }

I32 fd_filestat_get(Wasi& wasi, U32 fd, U32 result) {
    const Descriptor* found = wasi.find(fd);
    if (found == nullptr) return badf;
    struct stat status;
    if (::fstat(found->number, &status) != 0) return wasi_errno(errno);
    return wasi.put(result, file_status(status)) ? success : fault;
}

I32 fd_filestat_set_size(Wasi& wasi, U32 fd, U64 size) {
    const Descriptor* file = find_writable(wasi, fd);
    return file != nullptr ? result_of(::ftruncate(file->number, static_cast<off_t>(size))) : badf;
}

I32 fd_filestat_set_times(Wasi& wasi, U32 fd, U64 access, U64 modification, U32 flags) {
    const Descriptor* file = find_writable(wasi, fd);
    return file != nullptr ? result_of(::futimens(file->number, NewTimes(access, modification, flags).times)) : badf;
}

I32 fd_prestat_get(Wasi& wasi, U32 fd, U32 result) {
    const Descriptor* found = wasi.find(fd, Descriptor::Kind::directory);
    if (found == nullptr || !found->preopened) return badf;
    constexpr U32 is_directory = 0;
    const U32 told[] = {is_directory, static_cast<U32>(found->path.size())};
    return wasi.put(result, told) ? success : fault;
}

I32 fd_prestat_dir_name(Wasi& wasi, U32 fd, U32 path, U32 size) {
    const Descriptor* found = wasi.find(fd, Descriptor::Kind::directory);
    if (found == nullptr || !found->preopened) return badf;
    if (size < found->path.size()) return nametoolong;
    return wasi.write(path, found->path.data(), found->path.size()) ? success : fault;
}

I32 fd_renumber(Wasi& wasi, U32 from, U32 to) {
    Descriptor* source = wasi.find(from);
    if (source == nullptr || to >= wasi.descriptors.size()) return badf;
    if (from != to) wasi.descriptors[to] = std::exchange(*source, {});
    return success;
}

}  // namespace wasm_bpf::wasi
