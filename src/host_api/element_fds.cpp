#include "host_api/element_fds.hpp"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {
namespace {

constexpr std::uint32_t cgroup_storage_type = 32;  // BPF_MAP_TYPE_CGRP_STORAGE, younger than some linux/bpf.h
constexpr std::size_t map_types = 64;              // more than there are

// The fd, or a negative errno.
using FdOf = int (*)(HandleTable& handles, Handle handle, bpf::Fd& opened);

template <typename T>
int held_fd(HandleTable& handles, Handle handle) {
    const auto* item = handles.get<T>(handle);
    return item != nullptr ? item->fd.get() : -EBADF;
}

int program_fd(HandleTable& handles, Handle handle, bpf::Fd&) {
    const bpf::Program* program = handles.program(handle);
    return program != nullptr && program->fd() >= 0 ? program->fd() : -EBADF;
}
int map_fd(HandleTable& handles, Handle handle, bpf::Fd&) {
    const bpf::Map* map = handles.map(handle);
    return map != nullptr && map->fd() >= 0 ? map->fd() : -EBADF;
}
int cgroup_fd(HandleTable& handles, Handle handle, bpf::Fd&) { return held_fd<Cgroup>(handles, handle); }
int socket_fd(HandleTable& handles, Handle handle, bpf::Fd&) { return held_fd<Socket>(handles, handle); }
int perf_event_fd(HandleTable& handles, Handle handle, bpf::Fd&) { return held_fd<PerfEvent>(handles, handle); }
// Whatever the guest holds that is a file: a cgroup's folder, a network namespace, a socket too.
int file_fd(HandleTable& handles, Handle handle, bpf::Fd&) {
    for (const auto fd_of : {held_fd<File>, held_fd<Cgroup>, held_fd<NetworkNamespace>, held_fd<Socket>})
        if (const int fd = fd_of(handles, handle); fd >= 0) return fd;
    return -EBADF;
}
// A process has no handle, but an id that programs report.
int process_fd(HandleTable&, Handle pid, bpf::Fd& opened) {
    opened.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    return opened.valid() ? opened.get() : -errno;
}

enum class Absence { refused, allowed };  // of a program in an element: 0 and below

struct FdElement {
    std::uint32_t type;  // enum bpf_map_type
    ElementPart part;
    std::size_t offset;
    FdOf fd_of;
    Absence absence = Absence::refused;
};

constexpr FdElement elements[] = {
    {BPF_MAP_TYPE_PROG_ARRAY, ElementPart::value, 0, program_fd},
    {BPF_MAP_TYPE_PERF_EVENT_ARRAY, ElementPart::value, 0, perf_event_fd},
    {BPF_MAP_TYPE_CGROUP_ARRAY, ElementPart::value, 0, cgroup_fd},
    {BPF_MAP_TYPE_ARRAY_OF_MAPS, ElementPart::value, 0, map_fd},
    {BPF_MAP_TYPE_HASH_OF_MAPS, ElementPart::value, 0, map_fd},
    {BPF_MAP_TYPE_SOCKMAP, ElementPart::value, 0, socket_fd},
    {BPF_MAP_TYPE_SOCKHASH, ElementPart::value, 0, socket_fd},
    {BPF_MAP_TYPE_XSKMAP, ElementPart::value, 0, socket_fd},
    {BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, ElementPart::value, 0, socket_fd},
    // struct bpf_devmap_val, struct bpf_cpumap_val: a number, and a program where the value has 8 bytes
    {BPF_MAP_TYPE_DEVMAP, ElementPart::value, 4, program_fd, Absence::allowed},
    {BPF_MAP_TYPE_DEVMAP_HASH, ElementPart::value, 4, program_fd, Absence::allowed},
    {BPF_MAP_TYPE_CPUMAP, ElementPart::value, 4, program_fd, Absence::allowed},
    {BPF_MAP_TYPE_SK_STORAGE, ElementPart::key, 0, socket_fd},
    {BPF_MAP_TYPE_INODE_STORAGE, ElementPart::key, 0, file_fd},
    {BPF_MAP_TYPE_TASK_STORAGE, ElementPart::key, 0, process_fd},
    {cgroup_storage_type, ElementPart::key, 0, cgroup_fd},
};

// Asked for every element: by kind of map, without a search. A kind has one part that holds an fd.
constexpr auto element_of_type = [] {
    std::array<const FdElement*, map_types> index{};
    for (const FdElement& element : elements) index[element.type] = &element;
    return index;
}();

const FdElement* element_of(const bpf::Map& map, ElementPart part) {
    const std::uint32_t type = map.shape().type;
    const FdElement* element = type < map_types ? element_of_type[type] : nullptr;
    return element != nullptr && element->part == part ? element : nullptr;
}

}  // namespace

bool holds_fd(const bpf::Map& map, ElementPart part) { return element_of(map, part) != nullptr; }

std::uint32_t handle_parts(const bpf::Map& map) {
    const std::uint32_t type = map.shape().type;
    const FdElement* element = type < map_types ? element_of_type[type] : nullptr;
    if (element == nullptr || element->fd_of == process_fd) return 0;
    if (element->part == ElementPart::key) return WASM_BPF_HANDLES_KEY;
    return element->offset == 0 ? WASM_BPF_HANDLES_VALUE : WASM_BPF_HANDLES_SECOND;
}

int put_fd(HandleTable& handles, const bpf::Map& map, ElementPart part, std::span<std::byte> bytes, bpf::Fd& opened) {
    const FdElement& element = *element_of(map, part);
    if (element.offset + sizeof(Handle) > bytes.size()) return 0;
    Handle handle;
    std::memcpy(&handle, bytes.data() + element.offset, sizeof(handle));
    if (handle <= 0 && element.absence == Absence::allowed) return 0;
    const int fd = element.fd_of(handles, handle, opened);
    if (fd < 0) return fd;
    std::memcpy(bytes.data() + element.offset, &fd, sizeof(fd));
    return 0;
}

}  // namespace wasm_bpf::host_api
