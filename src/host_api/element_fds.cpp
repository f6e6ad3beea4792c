#include "host_api/element_fds.hpp"

#include <linux/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace wasm_bpf::host_api {
namespace {

constexpr std::uint32_t cgroup_storage_type = 32;  // BPF_MAP_TYPE_CGRP_STORAGE, younger than some linux/bpf.h

using FdOf = int (*)(HandleTable& handles, Handle handle);

int program_fd(HandleTable& handles, Handle handle) {
    const bpf::Program* program = handles.program(handle);
    return program != nullptr ? program->fd() : -1;
}
int map_fd(HandleTable& handles, Handle handle) {
    const bpf::Map* map = handles.map(handle);
    return map != nullptr ? map->fd() : -1;
}
int cgroup_fd(HandleTable& handles, Handle handle) {
    const auto* cgroup = handles.get<Cgroup>(handle);
    return cgroup != nullptr ? cgroup->fd.get() : -1;
}
int socket_fd(HandleTable& handles, Handle handle) {
    const auto* socket = handles.get<Socket>(handle);
    return socket != nullptr ? socket->fd.get() : -1;
}
int perf_event_fd(HandleTable& handles, Handle handle) {
    const auto* event = handles.get<PerfEvent>(handle);
    return event != nullptr ? event->fd.get() : -1;
}
// Inodes and tasks: guests hold no such thing.
int no_fd(HandleTable&, Handle) { return -1; }

enum class Absence { refused, allowed };  // of a program in an element: 0

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
    {BPF_MAP_TYPE_INODE_STORAGE, ElementPart::key, 0, no_fd},
    {BPF_MAP_TYPE_TASK_STORAGE, ElementPart::key, 0, no_fd},
    {cgroup_storage_type, ElementPart::key, 0, cgroup_fd},
};

const FdElement* element_of(const bpf::Map& map, ElementPart part) {
    const auto found = std::ranges::find_if(
        elements, [&](const FdElement& element) { return element.type == map.shape().type && element.part == part; });
    return found != std::end(elements) ? found : nullptr;
}

}  // namespace

bool holds_fd(const bpf::Map& map, ElementPart part) { return element_of(map, part) != nullptr; }

int put_fd(HandleTable& handles, const bpf::Map& map, ElementPart part, std::span<std::byte> bytes) {
    const FdElement& element = *element_of(map, part);
    if (element.offset + sizeof(Handle) > bytes.size()) return 0;
    Handle handle;
    std::memcpy(&handle, bytes.data() + element.offset, sizeof(handle));
    if (handle == 0 && element.absence == Absence::allowed) return 0;
    const int fd = element.fd_of(handles, handle);
    if (fd < 0) return -EBADF;
    std::memcpy(bytes.data() + element.offset, &fd, sizeof(fd));
    return 0;
}

}  // namespace wasm_bpf::host_api
