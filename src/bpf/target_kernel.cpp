#include "bpf/target_kernel.hpp"

#include <bpf/btf.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>

#include "bpf/core_spec.hpp"
#include "bpf/feature_versions.hpp"
#include "bpf/instructions.hpp"
#include "bpf/kernel.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/section_needs.hpp"

namespace wasm_bpf::bpf {
namespace {

using Btf = BtfPointer;

// One BTF with its types by name.
struct NamedTypes {
    explicit NamedTypes(Btf types, std::uint32_t first) : all(std::move(types)) {
        for (std::uint32_t id = first; id < btf__type_cnt(all.get()); id++) {
            const std::string_view name = text_at(all.get(), btf__type_by_id(all.get(), id)->name_off);
            if (!name.empty()) by_name.emplace(essential_name(name), id);
        }
    }

    Btf all;
    std::unordered_multimap<std::string_view, std::uint32_t> by_name;  // the texts are BTF's
};

constexpr const char* tracefs_folders[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};

// What system calls' functions are called before their own name, on one architecture or another.
constexpr std::string_view system_call_prefixes[] = {"__x64_sys_",   "__arm64_sys_", "__riscv_sys_",
                                                     "__s390x_sys_", "__se_sys_",    "sys_"};

std::string version_text(std::uint32_t version) {
    return fmt::format("{}.{}.{}", version >> 16, version >> 8 & 0xff, version & 0xff);
}

std::string running_release() {
    utsname names{};
    ::uname(&names);
    return names.release;
}

}  // namespace

struct TargetKernel::State {
    bool running = false;
    bool stand_in = false;
    std::string no_btf_reason;
    std::uint32_t version = 0;
    std::unique_ptr<NamedTypes> kernel;
    std::vector<std::unique_ptr<NamedTypes>> modules;
    bool modules_read = false;
    std::string symbols;  // of /proc/kallsyms, once it was asked for
    bool symbols_read = false;
    std::map<std::string, std::set<std::uint32_t>, std::less<>> numbers;  // of the enumerations asked for

    // The running kernel's modules have BTF of their own.
    void read_modules() {
        if (std::exchange(modules_read, true) || !running || !kernel) return;
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator("/sys/kernel/btf", error)) {
            const std::string name = entry.path().filename();
            if (name == "vmlinux") continue;
            Btf types(btf__load_module_btf(name.c_str(), kernel->all.get()));
            if (types)
                modules.push_back(std::make_unique<NamedTypes>(std::move(types), btf__type_cnt(kernel->all.get())));
        }
    }

    void find(const NamedTypes& types, std::string_view name, std::uint32_t kind, std::vector<Candidate>& found) const {
        const auto [begin, end] = types.by_name.equal_range(name);
        for (auto each = begin; each != end; ++each) {
            const std::uint32_t id = each->second;
            const std::uint32_t own = btf_kind(btf__type_by_id(types.all.get(), id));
            const auto is_enum = [](std::uint32_t k) { return k == BTF_KIND_ENUM || k == BTF_KIND_ENUM64; };
            if (own == kind || (is_enum(own) && is_enum(kind))) found.push_back({types.all.get(), id});
        }
    }

    [[nodiscard]] bool has_symbol(std::string_view name) {
        if (!std::exchange(symbols_read, true)) {
            std::ifstream file("/proc/kallsyms");
            symbols.assign(std::istreambuf_iterator<char>(file), {});
        }
        // "address type name", and a tab and the module's name behind some.
        for (const char after : {'\n', '\t'})
            if (symbols.find(fmt::format(" {}{}", name, after)) != symbols.npos) return true;
        return false;
    }
};

TargetKernel::TargetKernel(std::unique_ptr<State> state) : state_(std::move(state)) {}
TargetKernel::TargetKernel(TargetKernel&&) noexcept = default;
TargetKernel::~TargetKernel() = default;

Result<TargetKernel> TargetKernel::running(const std::string& stand_in, std::string no_btf_reason) {
    auto kernel = described(stand_in, kernel_version());
    if (!kernel) return kernel;
    kernel->state_->running = true;
    kernel->state_->stand_in = !stand_in.empty();
    kernel->state_->no_btf_reason = std::move(no_btf_reason);
    if (!stand_in.empty()) return kernel;
    const LibbpfMessages messages;
    if (Btf types(btf__load_vmlinux_btf()); types)
        kernel->state_->kernel = std::make_unique<NamedTypes>(std::move(types), 1);
    return kernel;
}

Result<TargetKernel> TargetKernel::described(const std::string& btf_path, std::uint32_t version) {
    auto state = std::make_unique<State>();
    state->version = version;
    if (!btf_path.empty()) {
        const LibbpfMessages messages;
        Btf types(btf__parse(btf_path.c_str(), nullptr));
        if (!types) {
            const int error = plain_errno(errno);
            return fail(error, messages.explain(
                                   fmt::format("\"{}\": no BTF can be read from it: {}", btf_path, error_text(error))));
        }
        state->kernel = std::make_unique<NamedTypes>(std::move(types), 1);
    }
    return TargetKernel(std::move(state));
}

bool TargetKernel::is_running() const { return state_->running; }
bool TargetKernel::has_btf() const { return state_->kernel != nullptr; }
bool TargetKernel::has_own_btf() const { return has_btf() && !state_->stand_in; }
const std::string& TargetKernel::no_btf_reason() const { return state_->no_btf_reason; }
std::uint32_t TargetKernel::version() const { return state_->version; }

std::string TargetKernel::name() const {
    if (state_->running) return fmt::format("this kernel (Linux {})", running_release());
    if (state_->version == 0) return "that kernel";
    return fmt::format("Linux {}", version_text(state_->version));
}

std::vector<TargetKernel::Candidate> TargetKernel::candidates(std::string_view name, std::uint32_t kind) const {
    std::vector<Candidate> found;
    if (!state_->kernel) return found;
    state_->find(*state_->kernel, name, kind, found);
    if (!found.empty()) return found;
    state_->read_modules();
    for (const auto& module : state_->modules) state_->find(*module, name, kind, found);
    return found;
}

Presence TargetKernel::has_type(std::string_view name, std::uint32_t kind) const {
    if (!has_own_btf()) return Presence::unknown;
    return candidates(name, kind).empty() ? Presence::no : Presence::yes;
}

Presence TargetKernel::has_number(std::string_view enumeration, std::uint32_t number, const std::string& since) const {
    auto known = state_->numbers.find(enumeration);
    if (known == state_->numbers.end()) {
        known = state_->numbers.emplace(std::string(enumeration), std::set<std::uint32_t>()).first;
        for (const auto& [types, id] : candidates(enumeration, BTF_KIND_ENUM)) {
            const btf_type* type = btf__type_by_id(types, id);
            for (std::uint32_t i = 0; btf_is_enum(type) && i < btf_vlen(type); i++)
                if (!text_at(types, btf_enum(type)[i].name_off).starts_with("__"))
                    known->second.insert(static_cast<std::uint32_t>(btf_enum(type)[i].val));
        }
    }
    if (!known->second.empty()) return known->second.contains(number) ? Presence::yes : Presence::no;
    if (state_->version == 0) return Presence::unknown;
    return is_since(state_->version, since) ? Presence::yes : Presence::no;
}

Presence TargetKernel::has_function(std::string_view name) const {
    if (state_->running && state_->has_symbol(name)) return Presence::yes;
    if (state_->running && !state_->symbols.empty()) return Presence::no;
    return has_type(name, BTF_KIND_FUNC);
}

Presence TargetKernel::has_system_call(std::string_view name) const {
    Presence found = Presence::unknown;
    for (const std::string_view prefix : system_call_prefixes) {
        found = has_function(fmt::format("{}{}", prefix, name));
        if (found != Presence::no) break;
    }
    return found;
}

Presence TargetKernel::has_tracepoint(std::string_view category, std::string_view name) const {
    if (state_->running && !category.empty()) {
        for (const char* folder : tracefs_folders) {
            const std::string events = std::string(folder) + "/events";
            if (::access(events.c_str(), X_OK) != 0) continue;
            const std::string path = fmt::format("{}/{}/{}", events, category, name);
            return ::access(path.c_str(), F_OK) == 0 ? Presence::yes : Presence::no;
        }
    }
    for (const std::string_view start : {"sys_enter_", "sys_exit_"})
        if (category == "syscalls" && name.starts_with(start)) return has_system_call(name.substr(start.size()));
    return has_type(fmt::format("btf_trace_{}", name), BTF_KIND_TYPEDEF);
}

}  // namespace wasm_bpf::bpf
