#include "runtime/module_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>

#include <fmt/format.h>

#include "runtime/file.hpp"

namespace wasm_bpf::runtime {
namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Not for security: the bytes themselves are compared, and the folder is ours alone.
std::uint64_t checksum(std::span<const std::byte> bytes) { return std::hash<std::string_view>()(text_of(bytes)); }

// An entry: this header, the module, the compiled code.
struct Header {
    char magic[8] = {'w', 'b', 'p', 'f', 'm', 'o', 'd', '1'};
    std::uint64_t module_size = 0;
    std::uint64_t compiled_size = 0;
    std::uint64_t compiled_checksum = 0;  // what a crash of the machine left half-written is not run
};

bool only_owner_writes(const struct stat& status) {
    return status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// The compiled code in an entry that is sound and of this very module; empty otherwise.
std::span<const std::byte> compiled_in(std::span<const std::byte> entry, std::span<const std::byte> wasm) {
    Header header;
    const Header expected;
    if (entry.size() < sizeof(header)) return {};
    std::memcpy(&header, entry.data(), sizeof(header));
    if (std::memcmp(header.magic, expected.magic, sizeof(header.magic)) != 0 || header.module_size != wasm.size() ||
        entry.size() - sizeof(header) < header.module_size ||
        entry.size() - sizeof(header) - header.module_size != header.compiled_size)
        return {};
    const auto module = entry.subspan(sizeof(header), header.module_size);
    const auto compiled = entry.subspan(sizeof(header) + header.module_size);
    if (std::memcmp(module.data(), wasm.data(), wasm.size()) != 0 || checksum(compiled) != header.compiled_checksum)
        return {};
    return compiled;
}

std::unique_ptr<engine::Module> load_entry(engine::Engine& engine, int folder, const std::string& name,
                                           std::span<const std::byte> wasm) {
    const bpf::Fd file(::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat status;
    if (!file.valid() || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || !only_owner_writes(status))
        return nullptr;
    auto entry = FileContent::read(file.get());
    if (!entry) return nullptr;
    const auto compiled = compiled_in(entry->bytes(), wasm);
    if (compiled.empty()) return nullptr;
    auto module = engine.load_compiled(compiled);  // refuses what another version of the engine compiled
    return module ? std::move(*module) : nullptr;
}

void keep_entry(int folder, const std::string& name, std::span<const std::byte> wasm, const engine::Module& module) {
    const auto compiled = module.serialize();
    if (!compiled) return;
    Header header;
    header.module_size = wasm.size();
    header.compiled_size = compiled->size();
    header.compiled_checksum = checksum(*compiled);
    const std::string temporary = fmt::format("{}.{:08x}", name, std::random_device()());
    const bpf::Fd file(::openat(folder, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.valid()) return;
    const iovec parts[] = {{&header, sizeof(header)},
                           {const_cast<std::byte*>(wasm.data()), wasm.size()},
                           {const_cast<std::byte*>(compiled->data()), compiled->size()}};
    const auto size = static_cast<ssize_t>(sizeof(header) + wasm.size() + compiled->size());
    if (::writev(file.get(), parts, 3) != size || ::renameat(folder, temporary.c_str(), folder, name.c_str()) != 0)
        ::unlinkat(folder, temporary.c_str(), 0);
}

std::unexpected<Error> writable_by_others(const std::filesystem::path& folder) {
    return fail(
        EPERM,
        fmt::format("{} is not a folder that only its owner, the user who runs this, can write; native code would "
                    "be run from there: remove it, or name another with WASM_BPF_CACHE",
                    folder.string()));
}

}  // namespace

std::filesystem::path ModuleCache::default_folder() {
    const auto variable = [](const char* name) -> std::filesystem::path {
        const char* value = std::getenv(name);
        return value != nullptr ? value : "";
    };
    if (auto folder = variable("WASM_BPF_CACHE"); !folder.empty()) return folder / "modules";
    if (auto folder = variable("XDG_CACHE_HOME"); !folder.empty()) return folder / "wasm-bpf" / "modules";
    if (auto folder = variable("HOME"); !folder.empty()) return folder / ".cache" / "wasm-bpf" / "modules";
    return {};
}

Result<ModuleCache> ModuleCache::open(const std::filesystem::path& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder.parent_path(), failed);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
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
    return ModuleCache(std::move(opened));
}

Result<std::unique_ptr<engine::Module>> ModuleCache::compile(engine::Engine& engine,
                                                             std::span<const std::byte> wasm) const {
    const auto key = std::hash<std::string_view>()(engine.version()) ^ checksum(wasm);
    const std::string name = fmt::format("{:016x}", key);
    if (auto known = load_entry(engine, folder_.get(), name, wasm)) return known;
    auto module = engine.compile(wasm);
    if (module) keep_entry(folder_.get(), name, wasm, **module);
    return module;
}

}  // namespace wasm_bpf::runtime
