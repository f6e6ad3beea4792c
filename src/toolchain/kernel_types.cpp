#include "toolchain/kernel_types.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

#include "api/user_cache.hpp"
#include "bpf/vmlinux_header.hpp"
#include "toolchain/step.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

bool includes_vmlinux_header(const fs::path& file) {
    std::istringstream text(read_file(file).value_or(""));
    for (std::string line; std::getline(text, line);) {
        const std::size_t start = line.find_first_not_of(" \t");
        if (start == line.npos || line[start] != '#' || line.find("include") == line.npos) continue;
        if (line.find("\"vmlinux.h\"") != line.npos || line.find("<vmlinux.h>") != line.npos) return true;
    }
    return false;
}

// FNV-1a: short, and the same in every build of this program.
std::uint64_t fingerprint(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3;
    return hash;
}

// The kernel's notes hold its build id; the release makes the folder's name readable.
std::string folder_name() {
    utsname name{};
    uname(&name);
    const std::string build = name.version + read_file("/sys/kernel/notes").value_or("");
    return fmt::format("vmlinux-{}-{:016x}", name.release, fingerprint(build));
}

}  // namespace

bool needs_vmlinux_header(const std::vector<fs::path>& sources, const std::vector<fs::path>& include_folders) {
    const auto has_own = [](const fs::path& folder) { return fs::exists(folder / "vmlinux.h"); };
    if (std::ranges::any_of(include_folders, has_own)) return false;
    const auto headers_include_it = [](const fs::path& folder) {
        std::error_code error;
        const fs::directory_iterator entries(folder, error);
        return std::any_of(begin(entries), end(entries), [](const fs::directory_entry& entry) {
            return entry.path().extension() == ".h" && includes_vmlinux_header(entry.path());
        });
    };
    return std::ranges::any_of(sources, [&](const fs::path& source) {
        const fs::path folder = source.has_parent_path() ? source.parent_path() : fs::path(".");
        return !has_own(folder) && (includes_vmlinux_header(source) || headers_include_it(folder) ||
                                    std::ranges::any_of(include_folders, headers_include_it));
    });
}

Result<fs::path> vmlinux_header_folder(const fs::path& fallback) {
    std::error_code error;
    fs::path folder = user_cache_folder();
    if (!folder.empty()) fs::create_directories(folder / folder_name(), error);
    folder = folder.empty() || error ? fallback / folder_name() : folder / folder_name();
    if (fs::exists(folder / "vmlinux.h", error)) return folder;

    const Result<std::string> header = bpf::vmlinux_header();
    if (!header)
        return fail(header.error().errno_code,
                    header.error().message +
                        "; the sources include \"vmlinux.h\": put one beside them (bpftool btf dump "
                        "file /sys/kernel/btf/vmlinux format c, on a kernel with BTF)");
    fs::create_directories(folder, error);
    if (const Result<> written = write_file(folder / "vmlinux.h", *header); !written)
        return std::unexpected(written.error());
    return folder;
}

}  // namespace wasm_bpf::toolchain
