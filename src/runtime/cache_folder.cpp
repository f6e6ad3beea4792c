#include "runtime/cache_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <random>
#include <string_view>

#include <fmt/format.h>

#include "api/file_paths.hpp"
#include "api/user_cache.hpp"

namespace wasm_bpf::runtime {
namespace {

using Bytes = std::span<const std::byte>;
using Question = bpf::AnswerStore::Question;

// Not for security: the bytes themselves are compared, and the folder is ours alone.
std::uint64_t checksum(Bytes bytes) {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::uint64_t checksum(const Question& question) {
    std::uint64_t sum = 0;
    for (const Bytes part : question) sum = sum * 0x9e3779b97f4a7c15 + checksum(part);
    return sum;
}

// An entry: this header, sizes of the question's parts, the parts, the answer.
struct Header {
    char magic[8] = {'w', 'b', 'p', 'f', 'e', 'n', 't', '2'};
    std::uint64_t parts = 0;
    std::uint64_t answer_size = 0;
    std::uint64_t answer_checksum = 0;  // what a crash of the machine left half-written is not used
};

// What is before the answer, up to the parts themselves.
std::vector<std::byte> preamble(const Question& question, Bytes answer) {
    Header header;
    header.parts = question.size();
    header.answer_size = answer.size();
    header.answer_checksum = checksum(answer);
    std::vector<std::byte> bytes(sizeof(header) + question.size() * sizeof(std::uint64_t));
    std::memcpy(bytes.data(), &header, sizeof(header));
    for (std::size_t i = 0; i < question.size(); i++) {
        const std::uint64_t size = question[i].size();
        std::memcpy(&bytes[sizeof(header) + i * sizeof(size)], &size, sizeof(size));
    }
    return bytes;
}

std::optional<Bytes> answer_in(Bytes entry, const Question& question) {
    std::size_t size = sizeof(Header) + question.size() * sizeof(std::uint64_t);
    for (const Bytes part : question) size += part.size();
    if (entry.size() < size) return std::nullopt;
    const Bytes answer = entry.subspan(size);
    const auto begin = preamble(question, answer);
    if (std::memcmp(entry.data(), begin.data(), begin.size()) != 0) return std::nullopt;
    const std::byte* at = entry.data() + begin.size();
    for (const Bytes part : question) {
        if (!part.empty() && std::memcmp(at, part.data(), part.size()) != 0) return std::nullopt;
        at += part.size();
    }
    return answer;
}

std::string name_of(const Question& question) { return fmt::format("{:016x}", checksum(question)); }

bool only_owner_writes(const struct stat& status) {
    return status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::unexpected<Error> writable_by_others(const std::filesystem::path& folder) {
    return fail(
        EPERM,
        fmt::format("{} is not a folder that only its owner, the user who runs this, can write; native code would "
                    "be run from there: remove it, or name another with WASM_BPF_CACHE",
                    folder.string()));
}

}  // namespace

std::filesystem::path CacheFolder::default_folder(std::string_view name) {
    const std::filesystem::path folder = user_cache_folder();
    return folder.empty() ? folder : folder / name;
}

Result<CacheFolder> CacheFolder::open(const std::filesystem::path& folder) {
    if (!make_folders(folder.parent_path()) || (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST))
        return std::unexpected(errno_error(errno, fmt::format("make the folder {}", folder.string())));
    bpf::Fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status, around;
    if (!opened.valid() || fstat(opened.get(), &status) != 0)
        return std::unexpected(errno_error(errno, folder.string()));
    if (!only_owner_writes(status)) return writable_by_others(folder);
    // Where others may rename the folder, the next start would find it writable by them, and say so then only.
    if (stat(folder.parent_path().c_str(), &around) == 0 && (around.st_mode & (S_IWGRP | S_IWOTH)) != 0 &&
        (around.st_mode & S_ISVTX) == 0)
        return writable_by_others(folder.parent_path());
    return CacheFolder(std::move(opened));
}

std::optional<CacheFolder::Entry> CacheFolder::look_up(const Question& question) const {
    const bpf::Fd file(
        ::openat(folder_.get(), name_of(question).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status;
    if (!file.valid() || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || !only_owner_writes(status))
        return std::nullopt;
    auto content = FileContent::read(file.get());
    if (!content) return std::nullopt;
    const auto answer = answer_in(content->bytes(), question);
    if (!answer) return std::nullopt;
    return Entry(std::move(*content), *answer);
}

std::optional<std::vector<std::byte>> CacheFolder::find(const Question& question) const {
    const auto entry = look_up(question);
    if (!entry) return std::nullopt;
    return std::vector(entry->answer().begin(), entry->answer().end());
}

void CacheFolder::keep(const Question& question, std::span<const std::byte> answer) const {
    const std::string name = name_of(question);
    const std::string temporary = fmt::format("{}.{:08x}", name, std::random_device()());
    const bpf::Fd file(::openat(folder_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.valid()) return;
    const auto begin = preamble(question, answer);
    std::vector<iovec> parts;
    std::size_t size = 0;
    const auto add = [&](Bytes bytes) {
        parts.push_back({const_cast<std::byte*>(bytes.data()), bytes.size()});
        size += bytes.size();
    };
    add(begin);
    for (const Bytes part : question) add(part);
    add(answer);
    if (::writev(file.get(), parts.data(), static_cast<int>(parts.size())) != static_cast<ssize_t>(size) ||
        ::renameat(folder_.get(), temporary.c_str(), folder_.get(), name.c_str()) != 0)
        ::unlinkat(folder_.get(), temporary.c_str(), 0);
}

}  // namespace wasm_bpf::runtime
