#include "runtime/file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>

namespace wasm_bpf::runtime {
namespace {

Result<std::vector<std::byte>> read_stream(int fd) {
    std::vector<std::byte> content;
    std::byte block[65536];
    for (;;) {
        const ssize_t size = ::read(fd, block, sizeof(block));
        if (size < 0) return std::unexpected(errno_error(errno, "read"));
        if (size == 0) return content;
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

Result<std::filesystem::path> ReadableFile::path() {
    if (::faccessat(AT_FDCWD, path_.c_str(), R_OK, AT_EACCESS) == 0) return path_;
    // Opening /proc/self/fd/N asks for the same permission again, so it must be a file of our own.
    auto content = FileContent::read(file_.get());
    if (!content) return std::unexpected(std::move(content).error().in(path_.string()));
    bpf::Fd copy(::memfd_create("wasm-bpf", MFD_CLOEXEC));
    for (std::span<const std::byte> rest = content->bytes(); !rest.empty();) {
        const ssize_t size = ::write(copy.get(), rest.data(), rest.size());
        if (size < 0) return std::unexpected(errno_error(errno, "copy " + path_.string()));
        rest = rest.subspan(static_cast<std::size_t>(size));
    }
    file_ = std::move(copy);
    path_ = fmt::format("/proc/self/fd/{}", file_.get());
    return path_;
}

}  // namespace wasm_bpf::runtime
