#include "bpf/left_overs.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "bpf/attach_network.hpp"
#include "bpf/fd.hpp"
#include "bpf/small_file.hpp"
#include "bpf/tc_hook.hpp"

namespace wasm_bpf::bpf {
namespace {

// A file is a header and the records, a line each, all of this size: one write changes one, and only it.
constexpr std::size_t line_size = 160;
constexpr std::size_t most_lines = 4096;
constexpr std::string_view magic = "wasm-bpf-left-overs-1";

// What is recorded, by its first word, and what removes it: says what it was, empty where it is not there any more.
struct Row {
    std::string_view word;
    std::string (*remove)(const std::string& what);
};
constexpr Row rows[] = {{"tc", remove_left_tc_filter}, {"route", remove_left_route}};

std::string remove_recorded(const std::string& what) {
    const auto row = std::ranges::find(rows, std::string_view(what).substr(0, what.find(' ')), &Row::word);
    return row != std::end(rows) ? row->remove(what) : "";
}

// Names the network namespace of the calling thread.
std::string network_namespace() {
    struct stat status{};
    if (::stat("/proc/thread-self/ns/net", &status) != 0) return "none";
    return fmt::format("{}:{}", status.st_dev, status.st_ino);
}

std::string header_line() {
    return fmt::format("{} {} {}", magic, first_line("/proc/sys/kernel/random/boot_id"), ::getpid());
}

bool write_line(int file, std::size_t number, std::string text) {
    text.resize(line_size - 1, ' ');
    text += '\n';
    return ::pwrite(file, text.data(), text.size(), static_cast<off_t>(number * line_size)) ==
           static_cast<ssize_t>(text.size());
}

// Without the spaces at its end.
std::string trimmed(std::string text) {
    text.resize(text.find_last_not_of(" \n") + 1);
    return text;
}

bool only_ours(const struct stat& status) { return status.st_uid == ::geteuid() && (status.st_mode & 022) == 0; }

// This process's file, made for its first record, gone with its last.
class OwnRecords {
public:
    void set_folder(std::filesystem::path folder, LogSink log) {
        const std::lock_guard lock(mutex_);
        folder_ = std::move(folder);
        log_ = std::move(log);
    }

    int add(std::string what) {
        const std::lock_guard lock(mutex_);
        auto free = std::ranges::find_if(records_, [](const auto& record) { return !record; });
        if (free == records_.end()) free = records_.insert(records_.end(), std::nullopt);
        const auto slot = static_cast<std::size_t>(free - records_.begin());
        records_[slot] = std::move(what);
        write(slot);
        return static_cast<int>(slot);
    }

    void update(std::size_t slot, std::string what) {
        const std::lock_guard lock(mutex_);
        records_[slot] = std::move(what);
        write(slot);
    }

    void remove(std::size_t slot) {
        const std::lock_guard lock(mutex_);
        records_[slot].reset();
        if (std::ranges::all_of(records_, [](const auto& record) { return !record; })) return end_file();
        if (file_.valid()) write_line(file_.get(), slot + 1, "");
    }

    void remove_all_recorded() {
        // The guest's thread holds the lock for moments only, and may have ended for good while it did.
        const std::unique_lock lock(mutex_, std::chrono::milliseconds(200));
        if (!lock.owns_lock()) return;
        for (auto& record : records_)
            if (record) remove_recorded(*std::exchange(record, std::nullopt));
        end_file();
    }

private:
    void write(std::size_t slot) {
        if (folder_.empty()) return;
        const std::string line = network_namespace() + " " + *records_[slot];
        if (!file_.valid()) open_file();
        // Longer than a line, or more than a start would read: none that the kernel lets anybody make.
        const bool fits = line.size() < line_size && slot + 1 < most_lines;
        if (file_.valid() && fits && write_line(file_.get(), slot + 1, line)) return;
        if (!std::exchange(warned_, true) && log_)
            log_(LogLevel::warning,
                 fmt::format("no record in {}: {}. If this process is killed by signal 9, its legacy traffic control "
                             "filters and its routes stay",
                             folder_.string(), std::generic_category().message(errno)));
    }

    // Made without a name, locked, and only then seen by others.
    void open_file() {
        if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return;
        const Fd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        struct stat status{};
        if (!folder.valid() || ::fstat(folder.get(), &status) != 0) return;
        if (!only_ours(status)) {
            errno = EPERM;
            return;
        }
        Fd file(::openat(folder.get(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
        if (!file.valid() || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 || !write_line(file.get(), 0, header_line()))
            return;
        const std::string name = fmt::format("{}.{:08x}", ::getpid(), std::random_device()());
        const std::string unnamed = fmt::format("/proc/self/fd/{}", file.get());
        if (::linkat(AT_FDCWD, unnamed.c_str(), folder.get(), name.c_str(), AT_SYMLINK_FOLLOW) != 0) return;
        path_ = folder_ / name;
        file_ = std::move(file);
    }

    void end_file() {
        if (!file_.valid()) return;
        ::unlink(path_.c_str());
        file_.reset();
    }

    std::timed_mutex mutex_;
    std::filesystem::path folder_, path_;
    LogSink log_;
    Fd file_;
    std::vector<std::optional<std::string>> records_;
    bool warned_ = false;
};

OwnRecords& own_records() {
    static OwnRecords records;
    return records;
}

// What another process left: its file, which the lock says it has ended.
class LeftFile {
public:
    LeftFile(Fd file, std::string content) : file_(std::move(file)), content_(std::move(content)) {
        const std::string head = line(0);
        Words(head) >> magic_ >> boot_ >> pid_;
    }
    [[nodiscard]] bool is_record() const { return magic_ == magic && pid_ > 0 && content_.size() % line_size == 0; }
    [[nodiscard]] bool of_this_boot() const { return boot_ == first_line("/proc/sys/kernel/random/boot_id"); }

    // True where nothing is recorded any more.
    bool remove_what_is_here(const LogSink& log) {
        const std::string here = network_namespace() + " ";
        bool all = true;
        for (std::size_t number = 1; number < content_.size() / line_size; number++) {
            const std::string record = line(number);
            if (record.empty()) continue;
            if (!record.starts_with(here)) {
                all = false;
                continue;
            }
            if (const std::string removed = remove_recorded(record.substr(here.size())); !removed.empty() && log)
                log(LogLevel::warning,
                    fmt::format("removed {}, which process {} left when it was killed", removed, pid_));
            write_line(file_.get(), number, "");
        }
        return all;
    }

private:
    [[nodiscard]] std::string line(std::size_t number) const {
        return number * line_size < content_.size() ? trimmed(content_.substr(number * line_size, line_size)) : "";
    }

    Fd file_;
    std::string content_, magic_, boot_;
    int pid_ = 0;
};

void remove_left_file(int folder, const char* name, const std::string& path, const LogSink& log) {
    Fd file(::openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status{};
    if (!file.valid() || ::fstat(file.get(), &status) != 0 || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return;
    std::string content(most_lines * line_size, '\0');
    const ssize_t size = S_ISREG(status.st_mode) ? ::pread(file.get(), content.data(), content.size(), 0) : 0;
    content.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    LeftFile left(std::move(file), std::move(content));
    if (!left.is_record()) {
        if (log) log(LogLevel::warning, fmt::format("{} is no record of attachments: not used", path));
    } else if (!left.of_this_boot() || left.remove_what_is_here(log)) {
        ::unlinkat(folder, name, 0);
    }
}

}  // namespace

std::filesystem::path left_overs_folder() {
    if (const char* folder = std::getenv("WASM_BPF_RUN"); folder != nullptr && *folder != '\0') return folder;
    if (::geteuid() == 0) return "/run/wasm-bpf";
    if (const char* folder = std::getenv("XDG_RUNTIME_DIR"); folder != nullptr && *folder != '\0')
        return std::filesystem::path(folder) / "wasm-bpf";
    return {};
}

void keep_left_over_records(std::filesystem::path folder, LogSink log) {
    own_records().set_folder(std::move(folder), std::move(log));
}

void remove_left_overs(const std::filesystem::path& folder, const LogSink& log) {
    Fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status{};
    if (!opened.valid() || ::fstat(opened.get(), &status) != 0) return;
    if (!only_ours(status)) {
        if (log)
            log(LogLevel::warning,
                fmt::format("{} can be written by others: its records are not used", folder.string()));
        return;
    }
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(opened.release()), ::closedir);
    if (!entries) return;
    while (const dirent* entry = ::readdir(entries.get()))
        if (entry->d_name[0] != '.')
            remove_left_file(::dirfd(entries.get()), entry->d_name, folder / entry->d_name, log);
}

void remove_own_left_overs() { own_records().remove_all_recorded(); }

LeftOver::LeftOver(std::string what) : slot_(own_records().add(std::move(what))) {}
LeftOver::~LeftOver() { own_records().remove(static_cast<std::size_t>(slot_)); }
void LeftOver::update(std::string what) { own_records().update(static_cast<std::size_t>(slot_), std::move(what)); }

}  // namespace wasm_bpf::bpf
