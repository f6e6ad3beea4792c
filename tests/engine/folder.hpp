#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace wasm_bpf::test {

// A folder of its own for a test, gone after it.
class Folder {
public:
    Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    // Each gives the file's path.
    std::string write(std::string_view name, std::string_view content) const;
    std::string write(std::string_view name, std::span<const std::byte> content) const;
    [[nodiscard]] std::string read(std::string_view name) const;

private:
    std::filesystem::path path_;
};

}  // namespace wasm_bpf::test
