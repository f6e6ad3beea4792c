// Reading and writing.

#include <dirent.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "wasi/file_status.hpp"
#include "wasi/functions.hpp"

namespace wasm_bpf::wasi {
namespace {

// At most this many parts at once; what is left is the caller's to repeat, as in POSIX.
constexpr U32 max_parts = 64;

struct GuestVector {
    U32 offset;
    U32 size;
};

struct Parts {
    std::array<iovec, max_parts> parts;
    int count = 0;
};

// None where it is outside the guest's memory.
std::optional<Parts> parts_of(const Wasi& wasi, U32 vectors, U32 count) {
    Parts all;
    count = std::min(count, max_parts);
    const std::byte* table = wasi.memory.at(vectors, U64{count} * sizeof(GuestVector));
    if (table == nullptr) return std::nullopt;
    for (U32 i = 0; i < count; i++) {
        GuestVector vector;
        std::memcpy(&vector, table + i * sizeof(vector), sizeof(vector));
        std::byte* start = wasi.memory.at(vector.offset, vector.size);
        if (start == nullptr) return std::nullopt;
        all.parts[i] = {start, vector.size};
    }
    all.count = static_cast<int>(count);
    return all;
}

// Until something can be read or written: of files that are none of a disk's (tracefs' trace_pipe), that may be never.
// False where the guest is interrupted first.
bool wait_for(const Wasi& wasi, const Descriptor& file, short events) {
    struct stat status;
    if (::fstat(file.number, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) return true;
    pollfd watched[] = {{file.number, events, 0}, {wasi.interrupt_fd, POLLIN, 0}};
    return ::poll(watched, 2, -1) >= 0 && watched[1].revents == 0;
}

enum class Way { in, out };

I32 transfer(Wasi& wasi, U32 fd, Way way, U32 vectors, U32 count, std::optional<U64> offset, U32 moved) {
    const Descriptor* file = wasi.find(fd, Descriptor::Kind::file);
    if (file == nullptr || (way == Way::out && !file->writable)) {
        if (wasi.find(fd, Descriptor::Kind::directory) != nullptr) return isdir;
        return badf;
    }
    if (!wait_for(wasi, *file, way == Way::in ? POLLIN : POLLOUT)) return intr;
    const auto parts = parts_of(wasi, vectors, count);
    if (!parts) return fault;
    const auto at = static_cast<off_t>(offset.value_or(0));
    const iovec* first = parts->parts.data();
    ssize_t size;
    if (way == Way::in)
        size = offset ? ::preadv(file->number, first, parts->count, at) : ::readv(file->number, first, parts->count);
    else
        size = offset ? ::pwritev(file->number, first, parts->count, at) : ::writev(file->number, first, parts->count);
    if (size < 0) return wasi_errno(errno);
    return wasi.put(moved, static_cast<U32>(size)) ? success : fault;
}

I32 seek(Wasi& wasi, U32 fd, off_t offset, int whence, U32 result) {
    const Descriptor* file = wasi.find(fd, Descriptor::Kind::file);
    if (file == nullptr) return wasi.find(fd) != nullptr ? spipe : badf;
    const off_t place = ::lseek(file->number, offset, whence);
    if (place < 0) return wasi_errno(errno);
    return wasi.put(result, static_cast<U64>(place)) ? success : fault;
}

struct GuestEntry {
    U64 next;
    U64 inode;
    U32 name_size;
    std::uint8_t type;
    std::uint8_t padding[3];
};
static_assert(sizeof(GuestEntry) == 24);

// As getdents64 lays it down.
struct KernelEntry {
    U64 inode;
    std::int64_t next;
    std::uint16_t size;
    std::uint8_t type;
    char name[];
};

}  // namespace

I32 fd_read(Wasi& wasi, U32 fd, U32 vectors, U32 count, U32 moved) {
    return transfer(wasi, fd, Way::in, vectors, count, std::nullopt, moved);
}
I32 fd_pread(Wasi& wasi, U32 fd, U32 vectors, U32 count, U64 offset, U32 moved) {
    return transfer(wasi, fd, Way::in, vectors, count, offset, moved);
}
I32 fd_write(Wasi& wasi, U32 fd, U32 vectors, U32 count, U32 moved) {
    return transfer(wasi, fd, Way::out, vectors, count, std::nullopt, moved);
}
I32 fd_pwrite(Wasi& wasi, U32 fd, U32 vectors, U32 count, U64 offset, U32 moved) {
    return transfer(wasi, fd, Way::out, vectors, count, offset, moved);
}

I32 fd_seek(Wasi& wasi, U32 fd, U64 offset, U32 whence, U32 result) {
    constexpr std::array kinds{SEEK_SET, SEEK_CUR, SEEK_END};
    if (whence >= kinds.size()) return inval;
    return seek(wasi, fd, static_cast<off_t>(offset), kinds[whence], result);
}

I32 fd_tell(Wasi& wasi, U32 fd, U32 result) { return seek(wasi, fd, 0, SEEK_CUR, result); }

// As many entries as there is room for, the last one cut; a guest asks again behind the last whole one, by the kernel's
// own number for the place.
I32 fd_readdir(Wasi& wasi, U32 fd, U32 buffer, U32 size, U64 cookie, U32 used) {
    const Descriptor* folder = wasi.find(fd, Descriptor::Kind::directory);
    if (folder == nullptr) return wasi.find(fd) != nullptr ? notdir : badf;
    std::byte* target = wasi.memory.at(buffer, size);
    if (target == nullptr) return fault;
    if (::lseek(folder->number, static_cast<off_t>(cookie), SEEK_SET) < 0) return wasi_errno(errno);
    std::span<std::byte> room(target, size);
    const auto add = [&room](const void* bytes, std::size_t length) {
        const std::size_t fits = std::min(length, room.size());
        std::memcpy(room.data(), bytes, fits);
        room = room.subspan(fits);
    };
    alignas(KernelEntry) char entries[4096];
    while (!room.empty()) {
        const long got = ::syscall(SYS_getdents64, folder->number, entries, sizeof(entries));
        if (got < 0) return wasi_errno(errno);
        if (got == 0) break;
        for (long place = 0; place < got && !room.empty();) {
            const auto* entry = reinterpret_cast<const KernelEntry*>(entries + place);
            const auto name_size = static_cast<U32>(std::strlen(entry->name));
            const GuestEntry head{static_cast<U64>(entry->next),
                                  entry->inode,
                                  name_size,
                                  file_type(static_cast<mode_t>(DTTOIF(entry->type))),
                                  {}};
            add(&head, sizeof(head));
            add(entry->name, name_size);
            place += entry->size;
        }
    }
    return wasi.put(used, static_cast<U32>(size - room.size())) ? success : fault;
}

}  // namespace wasm_bpf::wasi
