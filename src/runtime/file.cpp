#include "runtime/file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "bpf/memory_file.hpp"

namespace wasm_bpf::runtime {
namespace {

constexpr std::size_t most_stream_bytes = std::size_t{1} << 30;  // /dev/zero has no end

Result<std::vector<std::byte>> read_stream(int fd) {
    std::vector<std::byte> content;
    std::byte block[65536];
    for (;;) {
        const ssize_t size = ::read(fd, block, sizeof(block));
        if (size < 0) return std::unexpected(errno_error(errno, "read"));
        if (size == 0) return content;
        if (content.size() + static_cast<std::size_t>(size) > most_stream_bytes)
            return fail(EFBIG, fmt::format("it has more than {} MB", most_stream_bytes >> 20));
        content.insert(content.end(), block, block + size);
    }
}

}  // namespace

FileContent::~FileContent() {
    if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

Result<FileContent> FileContent::open(const std::filesystem::path& path) {
    const bpf::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return std::unexpected(errno_error(errno, path.string()));
    auto content = read(file.get());
    if (!content) return std::unexpected(std::move(content).error().in(path.string()));
    return content;
}

Result<FileContent> FileContent::read(int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0) return std::unexpected(errno_error(errno, "fstat"));
    if (S_ISREG(status.st_mode)) {
        if (status.st_size == 0) return FileContent({});
        const auto size = static_cast<std::size_t>(status.st_size);
        void* mapping = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
        if (mapping == MAP_FAILED) return std::unexpected(errno_error(errno, "map"));
        return FileContent({static_cast<std::byte*>(mapping), size});
    }
    auto content = read_stream(fd);
    if (!content) return std::unexpected(std::move(content).error());
    if (content->empty()) return FileContent({});
    void* mapping = mmap(nullptr, content->size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping == MAP_FAILED) return std::unexpected(errno_error(errno, "map"));
    std::memcpy(mapping, content->data(), content->size());
    return FileContent({static_cast<std::byte*>(mapping), content->size()});
}

Result<ReadableFile> ReadableFile::open(const std::filesystem::path& path) {
    bpf::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return std::unexpected(errno_error(errno, path.string()));
    return ReadableFile(std::move(file), path);
}

Result<ReadableFile> ReadableFile::copy_of(std::span<const std::byte> bytes) {
    auto file = bpf::make_memory_file(bytes);
    if (!file) return std::unexpected(std::move(file).error());
    std::filesystem::path path = bpf::path_of(*file);
    return ReadableFile(std::move(*file), std::move(path));
}

Result<std::filesystem::path> ReadableFile::path() {
    if (::faccessat(AT_FDCWD, path_.c_str(), R_OK, AT_EACCESS) == 0) return path_;
    // Opening /proc/self/fd/N asks for the same permission again, so it must be a file of our own.
    auto content = FileContent::read(file_.get());
    if (!content) return std::unexpected(std::move(content).error().in(path_.string()));
    auto copy = bpf::make_memory_file(content->bytes());
    if (!copy) return std::unexpected(std::move(copy).error().in(path_.string()));
    file_ = std::move(*copy);
    path_ = bpf::path_of(file_);
    return path_;
}

}  // namespace wasm_bpf::runtime
