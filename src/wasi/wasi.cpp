#include "wasi/wasi.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "wasi/bind.hpp"
#include "wasi/functions.hpp"

namespace wasm_bpf::wasi {
namespace {

// A process's usual limit; what the host itself may open is the kernel's to say.
constexpr std::size_t max_descriptors = 1024;

constexpr Function all_functions[] = {
    bind<args_get>("args_get"),
    bind<args_sizes_get>("args_sizes_get"),
    bind<clock_res_get>("clock_res_get"),
    bind<clock_time_get>("clock_time_get"),
    bind<environ_get>("environ_get"),
    bind<environ_sizes_get>("environ_sizes_get"),
    bind<fd_advise>("fd_advise"),
    bind<fd_allocate>("fd_allocate"),
    bind<fd_close>("fd_close"),
    bind<fd_datasync>("fd_datasync"),
    bind<fd_fdstat_get>("fd_fdstat_get"),
    bind<fd_fdstat_set_flags>("fd_fdstat_set_flags"),
    bind<fd_fdstat_set_rights>("fd_fdstat_set_rights"),
    bind<fd_filestat_get>("fd_filestat_get"),
    bind<fd_filestat_set_size>("fd_filestat_set_size"),
    bind<fd_filestat_set_times>("fd_filestat_set_times"),
    bind<fd_pread>("fd_pread"),
    bind<fd_prestat_dir_name>("fd_prestat_dir_name"),
    bind<fd_prestat_get>("fd_prestat_get"),
    bind<fd_pwrite>("fd_pwrite"),
    bind<fd_read>("fd_read"),
    bind<fd_readdir>("fd_readdir"),
    bind<fd_renumber>("fd_renumber"),
    bind<fd_seek>("fd_seek"),
    bind<fd_sync>("fd_sync"),
    bind<fd_tell>("fd_tell"),
    bind<fd_write>("fd_write"),
    bind<path_create_directory>("path_create_directory"),
    bind<path_filestat_get>("path_filestat_get"),
    bind<path_filestat_set_times>("path_filestat_set_times"),
    bind<path_link>("path_link"),
    bind<path_open>("path_open"),
    bind<path_readlink>("path_readlink"),
    bind<path_remove_directory>("path_remove_directory"),
    bind<path_rename>("path_rename"),
    bind<path_symlink>("path_symlink"),
    bind<path_unlink_file>("path_unlink_file"),
    bind<poll_oneoff>("poll_oneoff"),
    bind<proc_raise>("proc_raise"),
    bind<random_get>("random_get"),
    bind<sched_yield>("sched_yield"),
    bind<sock_accept>("sock_accept"),
    bind<sock_recv>("sock_recv"),
    bind<sock_send>("sock_send"),
    bind<sock_shutdown>("sock_shutdown"),
};

Descriptor stream(int number) {
    Descriptor descriptor;
    descriptor.kind = Descriptor::Kind::stream;
    descriptor.writable = number != 0;
    descriptor.number = number;
    return descriptor;
}

}  // namespace

std::span<const Function> functions() { return all_functions; }

// A guest has no sockets.
I32 sock_accept(Wasi&, U32, U32, U32) { return notsock; }
I32 sock_recv(Wasi&, U32, U32, U32, U32, U32, U32) { return notsock; }
I32 sock_send(Wasi&, U32, U32, U32, U32, U32) { return notsock; }
I32 sock_shutdown(Wasi&, U32, U32) { return notsock; }

Result<> Wasi::open(engine::WasiOptions options, int interrupts) {
    interrupt_fd = interrupts;
    arguments = std::move(options.arguments);
    for (const auto& [name, value] : options.environment) environment.push_back(name + "=" + value);
    for (const int number : {0, 1, 2}) descriptors.push_back(stream(number));
    for (engine::Directory& given : options.directories) {
        Descriptor descriptor;
        descriptor.kind = Descriptor::Kind::directory;
        descriptor.owned.reset(::open(given.host_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        descriptor.number = descriptor.owned.get();
        if (!descriptor.owned.valid())
            return std::unexpected(
                errno_error(errno, fmt::format("open directory \"{}\" for the guest", given.host_path)));
        descriptor.writable = given.access == engine::Directory::Access::read_write;
        descriptor.preopened = true;
        descriptor.path = std::move(given.guest_path);
        descriptors.push_back(std::move(descriptor));
    }
    return {};
}

Descriptor* Wasi::find(std::uint32_t number) {
    if (number >= descriptors.size() || descriptors[number].kind == Descriptor::Kind::none) return nullptr;
    return &descriptors[number];
}

Descriptor* Wasi::find(std::uint32_t number, Descriptor::Kind kind) {
    Descriptor* found = find(number);
    return found != nullptr && found->kind == kind ? found : nullptr;
}

std::int32_t Wasi::add(Descriptor descriptor) {
    auto free = std::ranges::find(descriptors, Descriptor::Kind::none, &Descriptor::kind);
    if (free == descriptors.end()) {
        if (descriptors.size() >= max_descriptors) return -1;
        free = descriptors.emplace(descriptors.end());
    }
    *free = std::move(descriptor);
    return static_cast<std::int32_t>(free - descriptors.begin());
}

bool Wasi::write(std::uint32_t offset, const void* bytes, std::size_t size) {
    std::byte* target = memory.at(offset, size);
    if (target == nullptr) return false;
    std::memcpy(target, bytes, size);
    return true;
}

}  // namespace wasm_bpf::wasi
