#include "bpf/memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

namespace wasm_bpf::bpf {

Result<Fd> make_memory_file(std::span<const std::byte> bytes) {
    Fd file(::memfd_create("wasm-bpf", MFD_CLOEXEC));
    if (!file.valid()) return std::unexpected(errno_error(errno, "make a file in memory"));
    while (!bytes.empty()) {
        const ssize_t size = ::write(file.get(), bytes.data(), bytes.size());
        if (size < 0) return std::unexpected(errno_error(errno, "write to a file in memory"));
        bytes = bytes.subspan(static_cast<std::size_t>(size));
    }
    return file;
}

std::filesystem::path path_of(const Fd& file) { return fmt::format("/proc/self/fd/{}", file.get()); }

}  // namespace wasm_bpf::bpf
