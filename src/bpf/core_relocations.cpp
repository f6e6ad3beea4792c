#include "bpf/core_relocations.hpp"

#include <bpf/btf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <cstring>

namespace wasm_bpf::bpf {
namespace {

// Of struct btf_ext_header: magic, version and flags, its own length, then offset and length of three parts.
constexpr std::uint64_t length_at = 4, relocations_at = 24;

}  // namespace

std::vector<CoreRelocation> core_relocations(const btf* types, std::span<const std::byte> btf_ext) {
    std::vector<CoreRelocation> found;
    const auto number = [&](std::uint64_t offset) -> std::uint32_t {
        std::uint32_t value = 0;
        if (offset + sizeof(value) <= btf_ext.size()) std::memcpy(&value, &btf_ext[offset], sizeof(value));
        return value;
    };
    if (number(length_at) < relocations_at + 8) return found;
    std::uint64_t place = std::uint64_t{number(length_at)} + number(relocations_at);
    const std::uint64_t end = std::min<std::uint64_t>(btf_ext.size(), place + number(relocations_at + 4));
    const std::uint32_t record_size = number(place);
    if (record_size < sizeof(bpf_core_relo)) return found;
    // Sections: name and number of records, then these.
    for (place += sizeof(record_size); place + 8 <= end;) {
        const std::uint32_t records = number(place + 4);
        place += 8;
        for (std::uint32_t i = 0; i < records && place + record_size <= end; i++, place += record_size) {
            bpf_core_relo record;
            std::memcpy(&record, &btf_ext[place], sizeof(record));
            const char* access = btf__str_by_offset(types, record.access_str_off);
            if (access == nullptr || btf__type_by_id(types, record.type_id) == nullptr) continue;
            CoreRelocation relocation{record.type_id, record.kind, access};
            if (std::ranges::find(found, relocation) == found.end()) found.push_back(std::move(relocation));
        }
    }
    return found;
}

}  // namespace wasm_bpf::bpf
