#include "toolchain/bpf_layout.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace wasm_bpf::toolchain {
namespace {

std::size_t rounded_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

bool is_8_bytes_in_bpf(const DebugType& type) {
    if (type.kind != DebugType::Kind::base) return type.kind == DebugType::Kind::pointer;
    return type.name == "long" || type.name == "unsigned long" || type.name == "long double";
}

// Lays records out as the C compilers for BPF and Wasm do.
class Rules {
public:
    Rules(const DebugTypes& types, bool packed) : types_(types), packed_(packed) {}

    [[nodiscard]] std::size_t alignment(DebugTypeId id, int depth = 0) const {
        constexpr int max_depth = 32;
        const DebugType* type = types_.element(id);
        if (type == nullptr || depth > max_depth) return 1;
        std::size_t result = type->alignment;
        if (type->kind == DebugType::Kind::record) {
            for (const DebugMember& member : type->members)
                result = std::max({result, member.alignment, alignment(member.type, depth + 1)});
            // One that does not fill its alignment is packed.
            return result == 0 ? 1 : (type->size_bytes % result == 0 ? result : 1);
        }
        return std::max({result, type->size_bytes, std::size_t{1}});
    }

    // Places the members and gives the record its size.
    void lay_out(DebugType& record) const {
        std::size_t end_bits = 0;  // of what is placed
        std::size_t size_bits = 0;
        std::size_t record_alignment = std::max<std::size_t>(record.alignment, 1);
        for (DebugMember& member : record.members) {
            const std::size_t natural = packed_ ? 1 : alignment(member.type);
            const std::size_t unit_bits = types_.size_bytes(member.type) * 8;
            const std::size_t aligned_to = std::max(natural, member.alignment);
            std::size_t at = record.tag == "union" ? 0 : end_bits;
            const bool is_field = member.bit_size != 0;
            if (!is_field)
                at = rounded_up(at, aligned_to * 8);
            else if (!packed_ && unit_bits != 0 && at / unit_bits != (at + member.bit_size - 1) / unit_bits)
                at = rounded_up(at, unit_bits);
            member.bit_offset = at;
            end_bits = at + (is_field ? member.bit_size : unit_bits);
            size_bits = std::max(size_bits, end_bits);
            record_alignment = std::max(record_alignment, aligned_to);
        }
        record.size_bytes = rounded_up(rounded_up(size_bits, 8) / 8, record_alignment);
    }

private:
    const DebugTypes& types_;
    bool packed_;
};

bool lies_as(const DebugType& one, const DebugType& other) {
    return one.size_bytes == other.size_bytes &&
           std::ranges::equal(one.members, other.members, {}, &DebugMember::bit_offset, &DebugMember::bit_offset);
}

// Whether the rules give what the compiler gave, and then which of them do.
std::optional<bool> packing_of(const DebugTypes& guest, const DebugType& record) {
    for (const bool packed : {false, true}) {
        DebugType again = record;
        Rules(guest, packed).lay_out(again);
        if (lies_as(again, record)) return packed;
    }
    return std::nullopt;
}

class Conversion {
public:
    explicit Conversion(const DebugTypes& guest) : guest_(guest), result_(guest) {}

    DebugTypes run() && {
        for (auto& [id, type] : result_.all_mutable())
            if (is_8_bytes_in_bpf(type)) type.size_bytes = 8;
        for (const auto& [id, type] : guest_.all()) convert(id);
        return std::move(result_);
    }

private:
    // Members first: they give their record its size.
    void convert(DebugTypeId id) {
        DebugType& type = result_.all_mutable().at(id);
        if (type.kind != DebugType::Kind::record || !type.is_complete || !done_.insert(id).second) return;
        for (const DebugMember& member : type.members)
            if (const std::optional<DebugTypeId> inner = result_.element_id(member.type)) {
                convert(*inner);
                const DebugType& part = result_.all().at(*inner);
                if (part.kind == DebugType::Kind::record && !part.is_complete) type.is_complete = false;
            }
        const std::optional<bool> packing = packing_of(guest_, guest_.all().at(id));
        if (!packing) type.is_complete = false;
        if (packing) Rules(result_, *packing).lay_out(type);
    }

    const DebugTypes& guest_;
    DebugTypes result_;
    std::set<DebugTypeId> done_;
};

}  // namespace

DebugTypes as_in_bpf(const DebugTypes& guest) { return Conversion(guest).run(); }

}  // namespace wasm_bpf::toolchain
