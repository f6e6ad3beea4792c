#pragma once
// What WASI tells about a file.

#include <sys/stat.h>

#include <cstdint>
#include <ctime>

namespace wasm_bpf::wasi {

enum FileType : std::uint8_t {
    unknown = 0,
    block_device = 1,
    character_device = 2,
    directory = 3,
    regular_file = 4,
    socket_stream = 6,
    symbolic_link = 7,
};

[[nodiscard]] constexpr FileType file_type(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFBLK: return block_device;
        case S_IFCHR: return character_device;
        case S_IFDIR: return directory;
        case S_IFREG: return regular_file;
        case S_IFSOCK: return socket_stream;
        case S_IFLNK: return symbolic_link;
        default: return unknown;
    }
}

struct FileStatus {
    std::uint64_t device;
    std::uint64_t inode;
    std::uint8_t type;
    std::uint8_t padding[7];
    std::uint64_t links;
    std::uint64_t size;
    std::uint64_t access_ns;
    std::uint64_t modification_ns;
    std::uint64_t change_ns;
};
static_assert(sizeof(FileStatus) == 64);

[[nodiscard]] constexpr std::uint64_t nanoseconds(const timespec& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

[[nodiscard]] inline FileStatus file_status(const struct stat& status) {
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .type = file_type(status.st_mode),
            .padding = {},
            .links = status.st_nlink,
            .size = static_cast<std::uint64_t>(status.st_size),
            .access_ns = nanoseconds(status.st_atim),
            .modification_ns = nanoseconds(status.st_mtim),
            .change_ns = nanoseconds(status.st_ctim)};
}

// What utimensat takes, by the flags of fd_filestat_set_times: 1, 2: the access time, now; 4, 8: the modification's.
struct NewTimes {
    timespec times[2];
    NewTimes(std::uint64_t access, std::uint64_t modification, std::uint32_t flags)
        : times{time(access, flags & 1, flags & 2), time(modification, flags & 4, flags & 8)} {}

private:
    static timespec time(std::uint64_t ns, bool given, bool now) {
        if (now) return {0, UTIME_NOW};
        if (!given) return {0, UTIME_OMIT};
        return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
    }
};

}  // namespace wasm_bpf::wasi
