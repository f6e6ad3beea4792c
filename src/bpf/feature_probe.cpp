#include "bpf/feature_probe.hpp"

#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <cerrno>

#include "bpf/libbpf_messages.hpp"

namespace wasm_bpf::bpf {
namespace {

// 0, 1 or a negative errno value.
int probe(Feature feature, std::uint32_t type, std::uint32_t helper) {
    switch (feature) {
        case Feature::program_type: return libbpf_probe_bpf_prog_type(static_cast<bpf_prog_type>(type), nullptr);
        case Feature::map_type: return libbpf_probe_bpf_map_type(static_cast<bpf_map_type>(type), nullptr);
        case Feature::helper: break;
    }
    return libbpf_probe_bpf_helper(static_cast<bpf_prog_type>(type), static_cast<bpf_func_id>(helper), nullptr);
}

}  // namespace

Result<bool> probe_feature(Feature feature, std::uint32_t type, std::uint32_t helper) {
    constexpr std::uint32_t map_types = __MAX_BPF_MAP_TYPE, program_types = __MAX_BPF_PROG_TYPE;
    const std::uint32_t types = feature == Feature::map_type ? map_types : program_types;
    if (type >= types || helper >= __BPF_FUNC_MAX_ID)
        return fail(EOPNOTSUPP, "probe: type " + std::to_string(type) + ", helper " + std::to_string(helper) +
                                    ": a number that this host does not know");
    const LibbpfMessages messages;
    const int result = probe(feature, type, helper);
    if (result >= 0) return result > 0;
    return fail(plain_errno(result), messages.explain("the kernel cannot be asked: " + error_text(result)));
}

}  // namespace wasm_bpf::bpf
