#pragma once
// Files that are opened while the process still has the privileges for it.

#include <cstddef>
#include <filesystem>
#include <span>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::runtime {

// Read-only bytes of a regular file (anything else that can be read is copied), for the life of this object.
class FileContent {
public:
    static Result<FileContent> open(const std::filesystem::path& path);
    // The same of an opened file; does not take it.
    static Result<FileContent> read(int fd);
    FileContent(FileContent&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    FileContent& operator=(FileContent&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~FileContent();

    [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

private:
    explicit FileContent(std::span<std::byte> bytes) : bytes_(bytes) {}
    std::span<std::byte> bytes_;  // a mapping of our own
};

// A file that others open by a path of ours, when the process may no longer open it by its own.
class ReadableFile {
public:
    static Result<ReadableFile> open(const std::filesystem::path& path);
    // Holds the bytes, under no path but ours.
    static Result<ReadableFile> copy_of(std::span<const std::byte> bytes);
    // The file's own path where it can be read by that now, else one of a copy, for the life of this object.
    Result<std::filesystem::path> path();

private:
    ReadableFile(bpf::Fd file, std::filesystem::path path) : file_(std::move(file)), path_(std::move(path)) {}
    bpf::Fd file_;
    std::filesystem::path path_;
};

}  // namespace wasm_bpf::runtime
