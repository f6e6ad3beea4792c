#include "bpf/verifier_log.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <deque>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/fd.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr std::size_t shown_lines = 12;
constexpr int max_saved_logs = 64;  // of a process

bool is_statistics(std::string_view line) {
    constexpr std::array starts = {"processed ", "verification time ", "stack depth ", "max_states_per_insn "};
    return std::ranges::any_of(starts, [&](const char* start) { return line.starts_with(start); });
}

// The name as part of a file name: the object's author chose it, so it may hold a slash.
std::string file_name_part(std::string_view name) {
    std::string part(name.substr(0, 64));
    std::ranges::replace_if(part, [](unsigned char c) { return !std::isalnum(c); }, '_');
    return part;
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno != EINTR) return false;
        text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    return true;
}

}  // namespace

std::string last_lines(std::string_view log) {
    std::deque<std::string_view> lines;
    for (std::string_view rest = log; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.empty() || is_statistics(line)) continue;
        lines.push_back(line);
        if (lines.size() > shown_lines) lines.pop_front();
    }
    std::string text;
    for (const std::string_view line : lines) text.append("    ").append(printable(line)).append("\n");
    return text;
}

Result<std::filesystem::path> save_verifier_log(std::string_view program, std::string_view log,
                                                std::filesystem::path folder) {
    // A guest may try for ever: the disk is not its to fill.
    static std::atomic<int> saved = 0;
    if (saved.fetch_add(1) >= max_saved_logs)
        return fail(EDQUOT, fmt::format("{} logs are saved already", max_saved_logs));
    if (folder.empty()) {
        const char* given = std::getenv("TMPDIR");
        folder = given != nullptr && *given != '\0' ? given : "/tmp";
    }
    std::string path = folder / ("wasm-bpf-verifier-" + file_name_part(program) + "-XXXXXX.log");
    const Fd file(::mkostemps(path.data(), 4, O_CLOEXEC));  // mode 0600
    if (!file.valid()) return std::unexpected(errno_error(errno, "create " + path));
    if (!write_all(file.get(), log)) return std::unexpected(errno_error(errno, "write " + path));
    return path;
}

}  // namespace wasm_bpf::bpf
