#include "inspect/guest_processes.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

namespace wasm_bpf::inspect {
namespace {

namespace fs = std::filesystem;

fs::path process_folder(int pid) { return fmt::format("/proc/{}", pid); }

// Its program's file name, also of one that was replaced since.
std::string program_name(int pid) {
    std::error_code error;
    std::string path = fs::read_symlink(process_folder(pid) / "exe", error);
    constexpr std::string_view replaced = " (deleted)";
    if (path.ends_with(replaced)) path.resize(path.size() - replaced.size());
    return fs::path(path).filename();
}

bool is_module(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    char magic[4] = {};
    std::error_code error;
    return fs::is_regular_file(path, error) && file.read(magic, sizeof magic) &&
           std::string_view(magic, 4) == std::string_view("\0asm", 4);
}

// The first of its arguments that is a module's path.
std::string module_path(int pid) {
    std::ifstream file(process_folder(pid) / "cmdline", std::ios::binary);
    std::string argument;
    std::getline(file, argument, '\0');
    const std::string program = argument;
    while (std::getline(file, argument, '\0'))
        // An absolute path replaces what stands before it.
        if (is_module(argument.starts_with('/') ? process_folder(pid) / "root" / argument.substr(1)
                                                : process_folder(pid) / "cwd" / argument))
            return argument;
    return fs::path(program).filename();
}

}  // namespace

Result<GuestProcess> guest_process(int pid) {
    auto held = bpf::held_by(pid);
    if (!held) return std::unexpected(std::move(held).error());
    return GuestProcess{module_path(pid), std::move(*held)};
}

GuestProcesses find_guests() {
    GuestProcesses found;
    std::vector<int> pids;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const std::string name = entry.path().filename();
        int pid = 0;
        const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (wrong == std::errc() && end == name.data() + name.size() && pid != ::getpid()) pids.push_back(pid);
    }
    std::ranges::sort(pids);
    for (const int pid : pids) {
        std::string name;
        std::getline(std::ifstream(process_folder(pid) / "comm"), name);
        const std::string program = program_name(pid);
        if (program != "wasm-bpf" && !(program.empty() && name == "wasm-bpf")) continue;
        auto process = guest_process(pid);
        if (!process) {
            // It may just have ended.
            if (process.error().errno_code == EACCES || process.error().errno_code == EPERM) found.unreadable++;
            continue;
        }
        const bpf::Holder& held = process->held;
        // Other subcommands hold nothing.
        if (held.programs.empty() && held.maps.empty() && held.links.empty()) continue;
        found.processes.push_back(std::move(*process));
    }
    return found;
}

}  // namespace wasm_bpf::inspect
