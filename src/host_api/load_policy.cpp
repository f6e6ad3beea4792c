// What the policy is asked before an object is loaded.

#include <algorithm>

#include "host_api/attach_options.hpp"
#include "host_api/host.hpp"

namespace wasm_bpf::host_api {
namespace {

Result<> check_program(const policy::Policy& policy, const bpf::Program& program) {
    if (auto allowed = policy.check_program_type(program.type()); !allowed) return allowed;
    for (const std::uint32_t helper : program.helpers())
        if (auto allowed = policy.check_helper(helper); !allowed) return allowed;
    return {};
}

// libbpf loads the programs that a struct_ops names, whether they are to be loaded by themselves or not
// (bpf_object_adjust_struct_ops_autoload).
bool may_be_loaded(const bpf::Program& program, bool has_struct_ops) {
    constexpr std::uint32_t struct_ops_program = 27;  // BPF_PROG_TYPE_STRUCT_OPS
    return program.autoload() || (has_struct_ops && program.type() == struct_ops_program);
}

}  // namespace

Result<> Host::check_load(HostObject& object) {
    constexpr std::uint32_t struct_ops_map = 26;  // BPF_MAP_TYPE_STRUCT_OPS
    const bool has_struct_ops = std::ranges::any_of(object.object->maps(), [](const bpf::Map& map) {
        return map.shape().type == struct_ops_map && map.autocreate();
    });
    bool any_program = false;
    for (const bpf::Program& program : object.object->programs()) {
        if (!may_be_loaded(program, has_struct_ops)) continue;
        any_program = true;
        if (auto allowed = check_program(options.policy, program); !allowed)
            return std::unexpected(std::move(allowed).error().in(fmt::format("program \"{}\"", program.name())));
        // What attaches by BTF is made for its place when it is loaded.
        const auto target = program.resolve({});
        if (!target || target->kind != bpf::AttachKind::trace) continue;
        if (auto allowed = check_places(*this, program, *target); !allowed) return allowed;
    }
    // Which of the programs calls them is not known before load.
    if (any_program)
        for (const std::string& kfunc : object.object->kfuncs())
            if (auto allowed = options.policy.check_kfunc(kfunc); !allowed) return allowed;
    for (bpf::Map& map : object.object->maps()) {
        if (!map.autocreate()) continue;
        if (!map.pin_path().empty())
            if (auto allowed = admit_pin(map.pin_path()); !allowed)
                return std::unexpected(
                    std::move(allowed).error().in(fmt::format("map \"{}\" asks to be pinned", map.name())));
        if (map.reused()) continue;
        auto charge = map_charges.charge(options.policy, map.shape());
        if (!charge) return std::unexpected(std::move(charge).error().in(fmt::format("map \"{}\"", map.name())));
        map.keep_alive(std::move(*charge));
    }
    return {};
}

}  // namespace wasm_bpf::host_api
