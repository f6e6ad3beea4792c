#include "bpf/held_objects.hpp"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <net/if.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string_view>

#include "api/printable.hpp"
#include "bpf/fd.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/link.hpp"

namespace wasm_bpf::bpf {
namespace {

namespace fs = std::filesystem;

// The lines of a descriptor's fdinfo: "prog_id:\t41".
class FdInfo {
public:
    explicit FdInfo(const fs::path& path) {
        std::ifstream file(path);
        for (std::string line; std::getline(file, line);) {
            const std::size_t colon = line.find(':');
            if (colon == line.npos) continue;
            const std::size_t value = line.find_first_not_of(" \t", colon + 1);
            values_[line.substr(0, colon)] = value == line.npos ? "" : line.substr(value);
        }
    }
    [[nodiscard]] std::uint64_t number(const char* name) const {
        const std::string text = this->text(name);
        std::uint64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    }
    [[nodiscard]] std::uint32_t id(const char* name) const { return static_cast<std::uint32_t>(number(name)); }
    [[nodiscard]] std::string text(const char* name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? "" : found->second;
    }

private:
    std::map<std::string, std::string, std::less<>> values_;
};

template <typename Info>
std::string name_of(int fd) {
    const Fd object(fd);
    Info info{};
    std::uint32_t size = sizeof info;
    if (!object.valid() || bpf_obj_get_info_by_fd(object.get(), &info, &size) != 0) return {};
    return printable(info.name);
}

// The kernel's type information names functions that programs are attached to; read once.
std::string kernel_type_name(std::uint32_t id) {
    static const std::unique_ptr<btf, void (*)(btf*)> types(btf__load_vmlinux_btf(), btf__free);
    const btf_type* type = types ? btf__type_by_id(types.get(), id) : nullptr;
    std::string_view name = type ? btf__name_by_offset(types.get(), type->name_off) : "";
    constexpr std::string_view tracepoint = "btf_trace_";
    if (name.starts_with(tracepoint)) name.remove_prefix(tracepoint.size());
    return std::string(name);
}

// A cgroup's number is its folder's inode.
std::string cgroup_path(std::uint64_t id) {
    for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
        std::error_code error;
        struct stat status{};
        if (::stat(root, &status) == 0 && status.st_ino == id) return root;
        fs::recursive_directory_iterator entries(root, fs::directory_options::skip_permission_denied, error);
        for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error))
            if (entries->is_directory(error) && ::stat(entries->path().c_str(), &status) == 0 && status.st_ino == id)
                return entries->path();
    }
    return fmt::format("cgroup {}", id);
}

std::string interface_text(int index) {
    std::array<char, IF_NAMESIZE> name{};
    // It may be one of another network namespace.
    return ::if_indextoname(static_cast<unsigned>(index), name.data()) ? name.data()
                                                                       : fmt::format("interface {}", index);
}

std::string with_offset(const std::string& target, std::uint64_t offset) {
    return offset == 0 ? target : fmt::format("{}+{:#x}", target, offset);
}

std::string perf_event_place(const LinkInfo& info) {
    switch (info.perf_event_type) {
        case BPF_PERF_EVENT_UPROBE: return "uprobe " + with_offset(info.target, info.offset);
        case BPF_PERF_EVENT_URETPROBE: return "uretprobe " + with_offset(info.target, info.offset);
        case BPF_PERF_EVENT_KPROBE: return "kprobe " + with_offset(info.target, info.offset);
        case BPF_PERF_EVENT_KRETPROBE: return "kretprobe " + with_offset(info.target, info.offset);
        case BPF_PERF_EVENT_TRACEPOINT: return "tracepoint " + info.target;
        case BPF_PERF_EVENT_EVENT: return "perf event";
        default: return {};  // kernels before 6.6 do not say
    }
}

std::string attach_type_text(std::uint32_t type) {
    const char* name = libbpf_bpf_attach_type_str(static_cast<bpf_attach_type>(type));
    return name ? std::string(name) + " " : "";
}

std::string place_of(const LinkInfo& info) {
    switch (info.type) {
        case BPF_LINK_TYPE_RAW_TRACEPOINT: return info.target;
        case BPF_LINK_TYPE_TRACING: return attach_type_text(info.attach_type) + kernel_type_name(info.target_type_id);
        case BPF_LINK_TYPE_CGROUP: return attach_type_text(info.attach_type) + cgroup_path(info.target_id);
        case BPF_LINK_TYPE_ITER: return info.target;
        case BPF_LINK_TYPE_NETNS:
            return fmt::format("{}network namespace {}", attach_type_text(info.attach_type), info.target_id);
        case BPF_LINK_TYPE_XDP: return interface_text(info.interface_index);
        case BPF_LINK_TYPE_TCX:
        case BPF_LINK_TYPE_NETKIT: return attach_type_text(info.attach_type) + interface_text(info.interface_index);
        case BPF_LINK_TYPE_PERF_EVENT: return perf_event_place(info);
        case BPF_LINK_TYPE_KPROBE_MULTI: return fmt::format("{} functions", info.count);
        case BPF_LINK_TYPE_UPROBE_MULTI: return fmt::format("{} places of {}", info.count, info.target);
        case BPF_LINK_TYPE_STRUCT_OPS: return fmt::format("map {}", info.target_id);
        case BPF_LINK_TYPE_SOCKMAP: return fmt::format("{}map {}", attach_type_text(info.attach_type), info.target_id);
        case BPF_LINK_TYPE_NETFILTER:
            return fmt::format("protocol family {}, hook {}", info.protocol_family, info.hook);
        default: return {};
    }
}

HeldLink read_link(std::uint32_t id, const FdInfo& info) {
    HeldLink link{.id = id, .program_id = info.id("prog_id"), .type = printable(info.text("link_type"))};
    if (Fd fd(bpf_link_get_fd_by_id(id)); fd.valid())
        if (const auto known = Link(std::move(fd)).info()) {
            link.program_id = known->program_id;
            link.place = printable(place_of(*known));
        }
    return link;
}

}  // namespace

Result<Holder> held_by(int pid) {
    const LibbpfMessages messages;
    const fs::path process = fmt::format("/proc/{}", pid);
    std::error_code error;
    if (!fs::exists(process, error)) return std::unexpected(errno_error(ESRCH, fmt::format("process {}", pid)));
    fs::directory_iterator entries(process / "fd", error);
    if (error)
        return std::unexpected(errno_error(error.value(), fmt::format("read \"{}\"", (process / "fd").string())));
    std::map<std::uint32_t, HeldProgram> programs;
    std::map<std::uint32_t, HeldMap> maps;
    std::map<std::uint32_t, HeldLink> links;
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        std::error_code gone;
        const std::string what = fs::read_symlink(entries->path(), gone);
        if (!what.starts_with("anon_inode:bpf")) continue;
        const FdInfo info(process / "fdinfo" / entries->path().filename());
        // A link's descriptor tells its program's id too.
        if (const std::uint32_t id = info.id("link_id"); id != 0) {
            if (!links.contains(id)) links[id] = read_link(id, info);
        } else if (const std::uint32_t map_id = info.id("map_id"); map_id != 0) {
            maps[map_id] = {.id = map_id,
                            .type = info.id("map_type"),
                            .name = {},
                            .key_size = info.id("key_size"),
                            .value_size = info.id("value_size"),
                            .max_entries = info.id("max_entries"),
                            .memory_bytes = info.number("memlock")};
        } else if (const std::uint32_t program_id = info.id("prog_id"); program_id != 0) {
            programs[program_id] = {
                .id = program_id, .type = info.id("prog_type"), .name = {}, .memory_bytes = info.number("memlock")};
        }
    }
    Holder holder{.pid = pid, .programs = {}, .maps = {}, .links = {}};
    for (auto& [id, program] : programs) {
        program.name = name_of<bpf_prog_info>(bpf_prog_get_fd_by_id(id));
        holder.programs.push_back(std::move(program));
    }
    for (auto& [id, map] : maps) {
        map.name = name_of<bpf_map_info>(bpf_map_get_fd_by_id(id));
        holder.maps.push_back(std::move(map));
    }
    for (auto& [id, link] : links) holder.links.push_back(std::move(link));
    return holder;
}

}  // namespace wasm_bpf::bpf
