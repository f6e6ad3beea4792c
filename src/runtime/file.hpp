#pragma once
// A file's content, mapped.

#include <cstddef>
#include <filesystem>
#include <span>

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

}  // namespace wasm_bpf::runtime
