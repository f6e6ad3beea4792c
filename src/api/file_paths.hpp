#pragma once
// Questions to the file system in a call each. std::filesystem's own bring streams and locales into a program
// (wasm-bpf-min counts every kilobyte); its paths do not.

#include <optional>
#include <string>

namespace wasm_bpf {

// What a symbolic link says; nothing, with errno, where there is none.
[[nodiscard]] std::optional<std::string> link_target(const std::string& path);

// Absolute, without links, "." and ".."; nothing, with errno, where it does not lead to a file.
[[nodiscard]] std::optional<std::string> real_path(const std::string& path);

// The working directory before a path that is relative; nothing, with errno, where there is none.
[[nodiscard]] std::optional<std::string> absolute_path(const std::string& path);

// The folder and those that it lies in, where they are missing; false, with errno.
bool make_folders(const std::string& path);

}  // namespace wasm_bpf
