#include "bpf/kernel_check.hpp"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string_view>

#include "api/printable.hpp"
#include "bpf/core_spec.hpp"
#include "bpf/fd.hpp"
#include "bpf/feature_versions.hpp"
#include "bpf/instructions.hpp"
#include "bpf/kernel.hpp"
#include "bpf/kernel_features.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/privilege.hpp"
#include "bpf/reachable_code.hpp"
#include "bpf/section_needs.hpp"

namespace wasm_bpf::bpf {
namespace {

// The types of program whose helpers depend on nothing but the type: not on the attach type or on being sleepable,
// which libbpf_probe_bpf_helper() chooses by itself.
constexpr std::array plain_types = {
    BPF_PROG_TYPE_SOCKET_FILTER, BPF_PROG_TYPE_KPROBE,  BPF_PROG_TYPE_SCHED_CLS,  BPF_PROG_TYPE_SCHED_ACT,
    BPF_PROG_TYPE_TRACEPOINT,    BPF_PROG_TYPE_XDP,     BPF_PROG_TYPE_PERF_EVENT, BPF_PROG_TYPE_RAW_TRACEPOINT,
    BPF_PROG_TYPE_LWT_IN,        BPF_PROG_TYPE_LWT_OUT, BPF_PROG_TYPE_LWT_XMIT,   BPF_PROG_TYPE_SOCK_OPS,
    BPF_PROG_TYPE_SK_SKB,        BPF_PROG_TYPE_SK_MSG,
};

// libbpf's probes of these types attach to functions, which not every kernel that has the type lets them do.
constexpr std::array unprobed_types = {BPF_PROG_TYPE_TRACING, BPF_PROG_TYPE_EXT, BPF_PROG_TYPE_LSM};

// The kernel knows what these attach to by its BTF (libbpf.c: prog_needs_vmlinux_btf).
constexpr std::array types_by_btf = {BPF_PROG_TYPE_TRACING, BPF_PROG_TYPE_LSM, BPF_PROG_TYPE_STRUCT_OPS};

// libbpf puts the older helper in their place where a kernel has not got them.
constexpr std::array replaced_helpers = {BPF_FUNC_probe_read_kernel, BPF_FUNC_probe_read_kernel_str,
                                         BPF_FUNC_probe_read_user, BPF_FUNC_probe_read_user_str};

// A section's attach type that the kernel need not know: libbpf leaves it out there, or it says only where the guest
// may attach.
bool may_be_left_out(std::string_view section, std::uint32_t attach_type) {
    return section.starts_with("tc/") || attach_type == BPF_XDP || attach_type == BPF_PERF_EVENT;
}

std::string with_since(std::string text, const std::string& since) {
    return since.empty() ? text : fmt::format("{} (it came with Linux {})", text, since);
}

std::string upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::toupper(c); });
    return result;
}

std::string enumerator(std::string_view prefix, const char* name, std::uint32_t number) {
    return name ? upper(fmt::format("{}{}", prefix, name)) : fmt::format("{}{}", prefix, number);
}

bool bpf_is_active_lsm() {
    std::string active;
    if (!std::getline(std::ifstream("/sys/kernel/security/lsm"), active)) return true;  // not mounted: not known
    return ("," + active + ",").find(",bpf,") != std::string::npos;
}

class Check {
public:
    Check(const TargetKernel& kernel, const ObjectFacts& facts, const btf* types)
        : kernel_(kernel),
          facts_(facts),
          types_(types),
          may_probe_(kernel.is_running() && may_load_programs() && in_initial_user_namespace()) {
        answers_.version = kernel.version();
        answers_.core = [this](const CoreRelocation& relocation) { return core_value(relocation); };
        answers_.external = [this](const ExternSymbol& symbol) { return external_value(symbol); };
    }

    std::vector<Missing> run() {
        for (const ProgramFacts& program : facts_.programs) {
            program_ = &program;
            check_type();
            check_own_btf();
            check_place();
            check_needs();
            check_code();
        }
        program_ = nullptr;
        check_btf();
        for (const MapFacts& map : facts_.maps) check_map(map);
        std::vector<Missing> result;
        for (auto& [key, missing] : missing_) result.push_back(std::move(missing));
        std::ranges::stable_sort(result, {}, &Missing::optional);
        return result;
    }

private:
    void add(const std::string& kind, const std::string& name, const std::string& text) {
        const bool optional = program_ && !program_->autoload;
        const auto [row, added] = missing_.try_emplace({kind, text}, Missing{kind, name, text, {}, optional});
        Missing& missing = row->second;
        missing.optional &= optional;
        if (program_ && std::ranges::count(missing.programs, program_->name) == 0)
            missing.programs.push_back(program_->name);
    }

    void check_type() {
        const std::uint32_t type = program_->type;
        if (type == BPF_PROG_TYPE_UNSPEC) return;
        const std::string since = program_type_since(type);
        Presence known = kernel_.has_number("bpf_prog_type", type, since);
        // The number may be known and what it is for not be built in.
        if (may_probe_ && known != Presence::no && !probed_types_.contains(type) &&
            std::ranges::count(unprobed_types, static_cast<bpf_prog_type>(type)) == 0)
            probed_types_[type] = libbpf_probe_bpf_prog_type(static_cast<bpf_prog_type>(type), nullptr) != 0;
        if (const auto probed = probed_types_.find(type); probed != probed_types_.end() && !probed->second)
            known = Presence::no;
        const std::string name =
            enumerator("BPF_PROG_TYPE_", libbpf_bpf_prog_type_str(static_cast<bpf_prog_type>(type)), type);
        if (known == Presence::no) return add("program type", name, with_since("no " + name, since));
        check_attach_type();
        if (!kernel_.is_running()) return;
        const std::string capabilities = missing_capabilities(type);
        if (!capabilities.empty()) add("privilege", capabilities, missing_privilege(capabilities).message);
    }

    void check_attach_type() {
        const std::uint32_t type = program_->attach_type;
        if (type == 0 || may_be_left_out(program_->section, type)) return;
        const std::string since = attach_type_since(type);
        const std::string name =
            enumerator("BPF_", libbpf_bpf_attach_type_str(static_cast<bpf_attach_type>(type)), type);
        if (kernel_.has_number("bpf_attach_type", type, since) == Presence::no)
            add("attach type", name, with_since("no attach type " + name, since));
    }

    void check_own_btf() {
        const auto type = static_cast<bpf_prog_type>(program_->type);
        if (!kernel_.is_running() || kernel_.has_own_btf() || std::ranges::count(types_by_btf, type) == 0) return;
        add("BTF", "vmlinux",
            fmt::format("no BTF of the kernel's own (/sys/kernel/btf/vmlinux), by which it knows what programs of type "
                        "{} attach to: no file stands in for it",
                        libbpf_bpf_prog_type_str(type)));
    }

    // The place that the section names, if it does.
    void check_place() {
        const std::string& kind = program_->attach_kind;
        const std::string& place = program_->attach_place;
        if (place.empty()) return;
        const auto missing_function = [&](const std::string& function) {
            if (kernel_.has_type(function, BTF_KIND_FUNC) == Presence::no)
                add("function", function, fmt::format("no function \"{}\"", function));
        };
        if (kind == "fentry" || kind == "fexit" || kind == "fmod_ret" || kind == "fsession") {
            missing_function(place);
        } else if (kind == "kprobe") {
            const std::string function = place.substr(0, place.rfind('+'));
            if (kernel_.has_function(function) == Presence::no)
                add("function", function, fmt::format("no function \"{}\"", function));
        } else if (kind == "ksyscall") {
            if (kernel_.has_system_call(place) == Presence::no)
                add("function", place, fmt::format("no system call \"{}\"", place));
        } else if (kind == "tracepoint") {
            const std::size_t slash = place.find('/');
            check_tracepoint(place.substr(0, slash), slash == place.npos ? "" : place.substr(slash + 1));
        } else if (kind == "raw_tracepoint" || kind == "tp_btf") {
            check_tracepoint("", place);
        } else if (kind == "lsm") {
            if (kernel_.has_type("bpf_lsm_" + place, BTF_KIND_FUNC) == Presence::no)
                add("LSM hook", place, fmt::format("no LSM hook \"{}\"", place));
        } else if (kind == "iterator") {
            if (kernel_.has_type("bpf_iter_" + place, BTF_KIND_FUNC) == Presence::no)
                add("iterator", place, fmt::format("no iterator of \"{}\"", place));
        } else if (kind == "uprobe" || kind == "uprobe_multi" || kind == "usdt") {
            const std::string path = place.substr(0, place.find(':'));
            if (kernel_.is_running() && path.starts_with('/') && ::access(path.c_str(), F_OK) != 0)
                add("file", path, fmt::format("no file \"{}\"", path));
        }
    }

    void check_tracepoint(const std::string& category, const std::string& name) {
        const std::string text = category.empty() ? name : category + "/" + name;
        if (kernel_.has_tracepoint(category, name) == Presence::no)
            add("tracepoint", text, fmt::format("no tracepoint \"{}\"", text));
    }

    // What the running kernel or its set-up lacks for the section's programs as such.
    void check_needs() {
        if (!kernel_.is_running()) return;
        const std::string& section = program_->section;
        std::string_view unmet = unmet_need(section, ENOENT);
        const bool patches = unmet.empty() && !unmet_need(section, EPERM).empty();
        if (patches && may_probe_) {
            if (!can_patch_) can_patch_ = kernel_can_patch_itself();
            if (!*can_patch_) unmet = unmet_need(section, EPERM);
        }
        if (!unmet.empty())
            add("feature", std::string(section.substr(0, section.find_first_of("./"))), std::string(unmet));
        if (program_->type == BPF_PROG_TYPE_LSM && !bpf_is_active_lsm())
            add("feature", "bpf LSM", "BPF is not among the active LSMs: add bpf to lsm= on the kernel's command line");
    }

    void check_code() {
        for (const auto& [index, at] : reachable_code(facts_.code, program_->function, answers_)) {
            const CodeFunction& function = facts_.code.functions[index];
            const bpf_insn& instruction = function.code[at];
            if (const auto relocation = function.core.find(at); relocation != function.core.end())
                check_core(relocation->second);
            if (const auto name = function.externs.find(at); name != function.externs.end())
                check_external(facts_.code.externs[name->second], instruction.code == (BPF_JMP | BPF_CALL));
            else if (instruction.code == (BPF_JMP | BPF_CALL) && instruction.src_reg == 0)
                check_helper(static_cast<std::uint32_t>(instruction.imm));
        }
    }

    void check_helper(std::uint32_t helper) {
        if (std::ranges::count(replaced_helpers, static_cast<bpf_func_id>(helper)) > 0) return;
        const std::string since = helper_since(helper);
        const std::string known = helper_name(helper);
        const std::string name = known.empty() ? fmt::format("#{}", helper) : known;
        if (kernel_.has_number("bpf_func_id", helper, since) == Presence::no)
            return add("helper", name, with_since("no helper " + name, since));
        const auto type = static_cast<bpf_prog_type>(program_->type);
        const bool sleepable = program_->section.substr(0, program_->section.find('/')).ends_with(".s");
        if (!may_probe_ || sleepable || std::ranges::count(plain_types, type) == 0) return;
        const auto [row, added] = probed_helpers_.try_emplace({type, helper}, true);
        if (added) row->second = libbpf_probe_bpf_helper(type, static_cast<bpf_func_id>(helper), nullptr) != 0;
        if (!row->second)
            add("helper", name,
                fmt::format("helper {} is not for programs of type {}", name, libbpf_bpf_prog_type_str(type)));
    }

    // Whether the kernel has what a relocation asks for, and whether it has a type of that name at all.
    struct Found {
        bool type = false, all = false;
    };
    const Found& find(const CoreRelocation& relocation) {
        const auto [row, added] = found_.try_emplace(relocation);
        const auto spec = added ? read_core_spec(relocation, types_) : std::nullopt;
        if (!spec) return row->second;
        const btf_type* root = btf__type_by_id(types_, relocation.type_id);
        const auto name = essential_name(text_at(types_, root->name_off));
        for (const auto& [types, id] : kernel_.candidates(name, btf_kind(root))) {
            row->second.type = true;
            row->second.all |= core_spec_matches(relocation, *spec, types_, types, id);
        }
        return row->second;
    }

    LoadedValue core_value(const CoreRelocation& relocation) {
        using enum LoadedValue::Kind;
        if (!kernel_.has_btf() || relocation.kind == BPF_CORE_TYPE_ID_LOCAL) return {};
        const bool found = find(relocation).all;
        switch (relocation.kind) {
            case BPF_CORE_FIELD_EXISTS:
            case BPF_CORE_TYPE_EXISTS:
            case BPF_CORE_ENUMVAL_EXISTS: return {constant, found ? 1U : 0U};
            // libbpf compares more than this does, so that only the answer no is sure.
            case BPF_CORE_TYPE_MATCHES: return found ? LoadedValue{} : LoadedValue{constant, 0};
            case BPF_CORE_TYPE_SIZE:
            case BPF_CORE_TYPE_ID_TARGET: return found ? LoadedValue{not_null, 0} : LoadedValue{constant, 0};
            default: return {};
        }
    }

    void check_core(const CoreRelocation& relocation) {
        if (!kernel_.has_btf() || !needs_answer(relocation.kind)) return;
        const Found& found = find(relocation);
        if (found.all) return;
        const CoreUse use = describe(relocation, types_);
        const std::string type = printable(use.type);
        const std::string member = printable(use.member);
        if (!found.type || member.empty()) return add("type", type, "no " + type);
        const bool field = use.what == CoreUse::What::field;
        add(field ? "field" : "enumerator", type + " " + member,
            fmt::format("{} has no {}{}", type, field ? "field " : "", member));
    }

    [[nodiscard]] Presence has_external(const ExternSymbol& symbol) const {
        if (symbol.kind == ExternSymbol::Kind::function) return kernel_.has_type(symbol.name, BTF_KIND_FUNC);
        if (symbol.kind == ExternSymbol::Kind::setting) return Presence::unknown;
        return symbol.typed ? kernel_.has_type(symbol.name, BTF_KIND_VAR) : kernel_.has_function(symbol.name);
    }

    LoadedValue external_value(const ExternSymbol& symbol) const {
        using enum LoadedValue::Kind;
        if (symbol.name == "LINUX_KERNEL_VERSION") return {kernel_version, 0};
        switch (has_external(symbol)) {
            case Presence::yes: return {not_null, 0};
            case Presence::no: return {constant, 0};
            case Presence::unknown: break;
        }
        return {};
    }

    // A weak one is null where the kernel has it not, which is nobody's loss unless it is called.
    void check_external(const ExternSymbol& symbol, bool called) {
        if ((symbol.weak && !called) || has_external(symbol) != Presence::no) return;
        const bool function = symbol.kind == ExternSymbol::Kind::function;
        const std::string name = printable(symbol.name);
        add(function ? "kernel function" : "kernel variable", name,
            fmt::format("no {} \"{}\"", function ? "kernel function" : "kernel variable", name));
    }

    void check_btf() {
        const bool needed =
            std::ranges::any_of(facts_.code.functions, [](const CodeFunction& f) { return !f.core.empty(); });
        if (!needed || !kernel_.is_running() || kernel_.has_btf()) return;
        const std::string& reason = kernel_.no_btf_reason();
        add("BTF", "vmlinux",
            fmt::format("no BTF (/sys/kernel/btf/vmlinux), by which the programs are relocated{}{}: give it one by "
                        "--btf FILE",
                        reason.empty() ? "" : ", and ", reason));
    }

    void check_map(const MapFacts& map) {
        const std::string since = map_type_since(map.type);
        const auto type = static_cast<bpf_map_type>(map.type);
        const bool probed = may_probe_ && map.type != BPF_MAP_TYPE_UNSPEC;
        const bool missing = kernel_.has_number("bpf_map_type", map.type, since) == Presence::no ||
                             (probed && libbpf_probe_bpf_map_type(type, nullptr) == 0);
        const std::string name = enumerator("BPF_MAP_TYPE_", libbpf_bpf_map_type_str(type), map.type);
        if (missing && map.type != BPF_MAP_TYPE_UNSPEC)
            add("map type", name, with_since(fmt::format("no {}", name), since));
        if (!map.struct_ops.empty() &&
            kernel_.has_type("bpf_struct_ops_" + map.struct_ops, BTF_KIND_STRUCT) == Presence::no)
            add("struct_ops", map.struct_ops, fmt::format("no struct_ops of type {}", printable(map.struct_ops)));
    }

    const TargetKernel& kernel_;
    const ObjectFacts& facts_;
    const btf* types_;
    const bool may_probe_;
    KernelAnswers answers_;
    const ProgramFacts* program_ = nullptr;                           // null: the object as a whole
    std::map<std::pair<std::string, std::string>, Missing> missing_;  // by kind and text
    std::map<CoreRelocation, Found> found_;
    std::map<std::uint32_t, bool> probed_types_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, bool> probed_helpers_;
    std::optional<bool> can_patch_;
};

}  // namespace

std::vector<Missing> missing_in(const TargetKernel& kernel, const ObjectFacts& facts, std::span<const std::byte> elf) {
    const LibbpfMessages messages;
    const BtfPointer types = read_object_btf(elf);
    return Check(kernel, facts, types.get()).run();
}

bool kernel_can_patch_itself() {
    const LibbpfMessages messages;
    const int function = libbpf_find_vmlinux_btf_id("bpf_fentry_test1", BPF_TRACE_FENTRY);
    if (function <= 0) return true;
    const std::array<bpf_insn, 2> code{{{BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0}, {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}}};
    bpf_prog_load_opts options{};
    options.sz = sizeof options;
    options.expected_attach_type = BPF_TRACE_FENTRY;
    options.attach_btf_id = static_cast<std::uint32_t>(function);
    const Fd program(bpf_prog_load(BPF_PROG_TYPE_TRACING, "wasm_bpf_probe", "GPL", code.data(), code.size(), &options));
    if (!program.valid()) return false;
    const Fd link(bpf_raw_tracepoint_open(nullptr, program.get()));
    return link.valid();
}

}  // namespace wasm_bpf::bpf
