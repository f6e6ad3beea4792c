#include "bpf/btf_check.hpp"

#include <bpf/btf.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/btf_file.hpp"
#include "bpf/core_spec.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/memory_file.hpp"

namespace wasm_bpf::bpf {
namespace {

class Check {
public:
    explicit Check(const btf* types) : types_(types), depths_(btf__type_cnt(types)) {}

    std::optional<std::string> run() {
        for (std::uint32_t id = 1; id < depths_.size(); id++) {
            if (!measure(id))
                return fmt::format("type {} (\"{}\") is made of itself, or of types more than {} deep in one another",
                                   id, name(id), most_depth);
            if (!bit_fields_fit(id))
                return fmt::format("type {} (\"{}\") has a bit field in what is no integer", id, name(id));
        }
        return std::nullopt;
    }

private:
    static constexpr int most_depth = 128;  // the kernel's own types are at most 20 deep
    static constexpr int unknown = 0, in_work = -1;

    [[nodiscard]] std::string name(std::uint32_t id) const {
        return printable(text_at(types_, btf__type_by_id(types_, id)->name_off));
    }

    // Finds how deep the types are that it is made of. Without recursion: the depth is what is asked.
    bool measure(std::uint32_t start) {
        struct Step {
            std::uint32_t id;
            std::uint32_t next;  // of its parts
        };
        std::vector<Step> path{{start, 0}};
        while (!path.empty()) {
            Step& step = path.back();
            if (step.next == 0 && depths_[step.id] > 0) {
                path.pop_back();
                continue;
            }
            depths_[step.id] = in_work;
            const std::optional<std::uint32_t> part = part_of(step.id, step.next++);
            if (!part) {
                depths_[step.id] = 1 + deepest_part(step.id);
                if (depths_[step.id] > most_depth) return false;
                path.pop_back();
            } else if (*part != 0) {
                if (depths_[*part] == in_work) return false;
                if (depths_[*part] == unknown) path.push_back({*part, 0});
            }
        }
        return true;
    }

    // The types that it holds by value or is another name for, one after another; pointers hold nothing. 0: void.
    [[nodiscard]] std::optional<std::uint32_t> part_of(std::uint32_t id, std::uint32_t index) const {
        const btf_type* type = btf__type_by_id(types_, id);
        if (btf_is_composite(type))
            return index < btf_vlen(type) ? std::optional(btf_members(type)[index].type) : std::nullopt;
        if (btf_is_datasec(type))
            return index < btf_vlen(type) ? std::optional(btf_var_secinfos(type)[index].type) : std::nullopt;
        if (btf_is_array(type) && index < 2) return index == 0 ? btf_array(type)->type : btf_array(type)->index_type;
        const bool renames = btf_is_mod(type) || btf_is_typedef(type) || btf_is_var(type) || btf_is_decl_tag(type);
        return renames && index == 0 ? std::optional(type->type) : std::nullopt;
    }

    [[nodiscard]] int deepest_part(std::uint32_t id) const {
        int deepest = 0;
        for (std::uint32_t index = 0; const auto part = part_of(id, index); index++)
            deepest = std::max(deepest, *part != 0 ? depths_[*part] : 0);
        return deepest;
    }

    // libbpf divides by the size (relo_core.c: bpf_core_calc_field_relo).
    [[nodiscard]] bool bit_fields_fit(std::uint32_t id) const {
        const btf_type* type = btf__type_by_id(types_, id);
        if (!btf_is_composite(type)) return true;
        for (std::uint32_t index = 0; index < btf_vlen(type); index++) {
            if (btf_member_bitfield_size(type, index) == 0) continue;
            std::uint32_t member = btf_members(type)[index].type;
            const btf_type* plain = plain_type(types_, member);
            const bool sized = plain != nullptr && (btf_is_int(plain) || btf_is_enum(plain) || btf_is_enum64(plain)) &&
                               plain->size > 0;
            if (!sized) return false;
        }
        return true;
    }

    const btf* types_;
    std::vector<int> depths_;  // by number
};

}  // namespace

std::optional<std::string> unsound_types(const btf* types) { return Check(types).run(); }

Result<> check_raw_btf(std::span<const std::byte> bytes) {
    const LibbpfMessages messages;
    const BtfPointer types(btf__new(bytes.data(), static_cast<std::uint32_t>(bytes.size())));
    if (!types) return fail(EINVAL, messages.explain("it is no BTF"));
    if (const auto wrong = unsound_types(types.get())) return fail(EINVAL, *wrong);
    return {};
}

Result<Fd> copy_checked_btf(const std::filesystem::path& file) {
    const std::string name = fmt::format("BTF file \"{}\"", file.string());
    if (::access(file.c_str(), R_OK) != 0) return std::unexpected(errno_error(errno, name));
    const LibbpfMessages messages;
    const BtfPointer types(btf__parse(file.c_str(), nullptr));
    if (!types) return fail(EINVAL, messages.explain(name + " holds no BTF"));
    if (const auto wrong = unsound_types(types.get())) return fail(EINVAL, name + ": " + *wrong);
    std::uint32_t size = 0;
    const auto* bytes = static_cast<const std::byte*>(btf__raw_data(types.get(), &size));
    if (bytes == nullptr) return std::unexpected(errno_error(ENOMEM, name));
    return make_memory_file({bytes, size});
}

}  // namespace wasm_bpf::bpf
