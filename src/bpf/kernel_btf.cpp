#include "bpf/kernel_btf.hpp"

#include <bpf/btf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "api/printable.hpp"
#include "bpf/fd.hpp"
#include "bpf/libbpf_messages.hpp"

namespace wasm_bpf::bpf {
namespace {

using Btf = std::unique_ptr<btf, decltype([](btf* types) { btf__free(types); })>;

std::string quoted(std::string_view text) { return "\"" + printable(text) + "\""; }

// The name becomes part of a path.
Result<> check_module_name(const std::string& name) {
    const bool plain =
        std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
    if (plain && name != "vmlinux") return {};
    return fail(EINVAL, quoted(name) + " is no name of a kernel module");
}

std::unexpected<Error> no_such_module(const std::string& name) {
    return fail(ENOENT,
                "kernel module " + quoted(name) + " is not loaded, or has no BTF (/sys/kernel/btf/" + name + ")");
}

// Every type information read so far; entries stay.
class KernelBtf {
public:
    Result<const btf*> of(const std::string& module) {
        if (!kernel_) {
            const LibbpfMessages messages;
            kernel_.reset(btf__load_vmlinux_btf());
            if (!kernel_) return fail(EOPNOTSUPP, messages.explain("this kernel has no BTF (/sys/kernel/btf/vmlinux)"));
        }
        if (module.empty()) return kernel_.get();
        const auto known = modules_.find(module);
        if (known != modules_.end()) return known->second.get();
        auto read = read_module(module);
        if (!read) return std::unexpected(std::move(read).error());
        return modules_.emplace(module, std::move(*read)).first->second.get();
    }

private:
    Result<Btf> read_module(const std::string& name) const {
        if (auto checked = check_module_name(name); !checked) return std::unexpected(std::move(checked).error());
        const LibbpfMessages messages;
        Btf types(btf__load_module_btf(name.c_str(), kernel_.get()));
        const int error = errno;
        if (types) return types;
        if (error == ENOENT) return no_such_module(name);
        return std::unexpected(errno_error(plain_errno(error), "BTF of kernel module " + quoted(name)));
    }

    Btf kernel_;
    std::map<std::string, Btf> modules_;
};

struct Types {
    const btf* all;
    std::uint32_t first_own;  // of the module; 1 for the kernel

    [[nodiscard]] const btf_type* type(std::uint32_t id) const { return btf__type_by_id(all, id); }
    [[nodiscard]] const char* text(std::uint32_t offset) const { return btf__str_by_offset(all, offset); }
    [[nodiscard]] bool named(const btf_type* type, const std::string& name) const {
        return name == text(type->name_off);
    }
    // Without typedefs and qualifiers.
    [[nodiscard]] std::uint32_t plain(std::uint32_t id) const {
        const btf_type* at = type(id);
        while (at && (btf_is_mod(at) || btf_is_typedef(at))) at = type(id = at->type);
        return id;
    }
    [[nodiscard]] std::uint32_t byte_size(std::uint32_t id) const {
        return static_cast<std::uint32_t>(std::max<std::int64_t>(0, btf__resolve_size(all, id)));
    }

    // The first type for which `matches(id, type)`, a module's own before the kernel's.
    template <typename Matches>
    std::optional<std::uint32_t> find(Matches matches) const {
        const std::uint32_t count = btf__type_cnt(all);
        for (std::uint32_t id = first_own; id < count; id++)
            if (matches(id, type(id))) return id;
        for (std::uint32_t id = 1; id < first_own; id++)
            if (matches(id, type(id))) return id;
        return std::nullopt;
    }
};

bool is_any_enum(const btf_type* type) { return btf_is_enum(type) || btf_is_enum64(type); }

// What a program can have a variable of; functions, forward declarations and tags have names, too.
bool is_type(const btf_type* type) {
    return btf_is_int(type) || btf_is_composite(type) || is_any_enum(type) || btf_is_typedef(type) ||
           btf_is_float(type);
}

std::optional<BtfAnswer> find_type(const Types& types, const BtfQuestion& question) {
    const auto id = types.find([&](std::uint32_t, const btf_type* type) {
        const bool kind = question.type_kind != 0 ? btf_kind(type) == question.type_kind : is_type(type);
        return kind && types.named(type, question.name);
    });
    if (!id) return std::nullopt;
    return BtfAnswer{.type_id = *id, .kind = btf_kind(types.type(*id)), .byte_size = types.byte_size(*id)};
}

struct Field {
    std::uint32_t type_id;
    std::uint32_t bit_offset;
    std::uint32_t bit_size;
};

// Looks through anonymous members, as C does.
std::optional<Field> find_member(const Types& types, std::uint32_t struct_id, std::string_view name) {
    const btf_type* type = types.type(struct_id);
    if (!type || !btf_is_composite(type)) return std::nullopt;
    const btf_member* members = btf_members(type);
    for (std::uint32_t i = 0; i < btf_vlen(type); i++) {
        const std::string_view member = types.text(members[i].name_off);
        const std::uint32_t offset = btf_member_bit_offset(type, i);
        if (member == name && !member.empty()) return Field{members[i].type, offset, btf_member_bitfield_size(type, i)};
        if (!member.empty()) continue;
        if (auto inner = find_member(types, types.plain(members[i].type), name)) {
            inner->bit_offset += offset;
            return inner;
        }
    }
    return std::nullopt;
}

std::optional<Field> find_path(const Types& types, std::uint32_t struct_id, std::string_view path) {
    Field field{struct_id, 0, 0};
    for (;;) {
        const std::size_t dot = path.find('.');
        const auto next = find_member(types, types.plain(field.type_id), path.substr(0, dot));
        if (!next) return std::nullopt;
        field = {next->type_id, field.bit_offset + next->bit_offset, next->bit_size};
        if (dot == path.npos) return field;
        path.remove_prefix(dot + 1);
    }
}

// Of several structs of one name, the first that has the field.
std::optional<BtfAnswer> find_field(const Types& types, const BtfQuestion& question) {
    std::optional<Field> field;
    types.find([&](std::uint32_t id, const btf_type* type) {
        const bool kind = question.type_kind != 0 ? btf_kind(type) == question.type_kind
                                                  : btf_is_composite(type) || btf_is_typedef(type);
        if (kind && types.named(type, question.name)) field = find_path(types, id, question.member);
        return field.has_value();
    });
    if (!field) return std::nullopt;
    return BtfAnswer{.type_id = field->type_id,
                     .kind = btf_kind(types.type(types.plain(field->type_id))),
                     .bit_offset = field->bit_offset,
                     .bit_size = field->bit_size,
                     .byte_size = types.byte_size(field->type_id)};
}

std::optional<BtfAnswer> find_function(const Types& types, const BtfQuestion& question) {
    const auto id = types.find([&](std::uint32_t candidate, const btf_type* type) {
        return candidate >= types.first_own && btf_is_func(type) && types.named(type, question.name);
    });
    if (!id) return std::nullopt;
    return BtfAnswer{.type_id = *id, .kind = BTF_KIND_FUNC};
}

std::optional<std::int64_t> enumerator_value(const Types& types, const btf_type* type, const std::string& name) {
    for (std::uint32_t i = 0; i < btf_vlen(type); i++) {
        if (btf_is_enum64(type)) {
            const struct btf_enum64* value = btf_enum64(type) + i;
            if (name == types.text(value->name_off)) return static_cast<std::int64_t>(btf_enum64_value(value));
        } else {
            const struct btf_enum* value = btf_enum(type) + i;
            if (name != types.text(value->name_off)) continue;
            return btf_kflag(type) ? std::int64_t{value->val} : std::int64_t{static_cast<std::uint32_t>(value->val)};
        }
    }
    return std::nullopt;
}

std::optional<BtfAnswer> find_enumerator(const Types& types, const BtfQuestion& question) {
    std::optional<std::int64_t> value;
    const auto id = types.find([&](std::uint32_t candidate, const btf_type* type) {
        if (!question.name.empty()) {
            if (!types.named(type, question.name)) return false;
            type = types.type(types.plain(candidate));
        }
        if (type && is_any_enum(type)) value = enumerator_value(types, type, question.member);
        return value.has_value();
    });
    if (!id) return std::nullopt;
    return BtfAnswer{.type_id = *id,
                     .kind = btf_kind(types.type(types.plain(*id))),
                     .byte_size = types.byte_size(*id),
                     .value = *value};
}

std::string missing(const BtfQuestion& question) {
    using enum BtfQuestion::About;
    const std::string where = question.module.empty() ? "the kernel" : "kernel module " + quoted(question.module);
    switch (question.about) {
        case type: return where + " has no type " + quoted(question.name);
        case field: return where + " has no type " + quoted(question.name) + " with a field " + quoted(question.member);
        case function: return where + " has no function " + quoted(question.name) + " in its BTF";
        case enumerator: break;
    }
    const std::string in = question.name.empty() ? "" : " in enum " + quoted(question.name);
    return where + " has no enumerator " + quoted(question.member) + in;
}

}  // namespace

bool kernel_has_btf() {
    if (::access("/sys/kernel/btf/vmlinux", R_OK) == 0) return true;
    const LibbpfMessages messages;
    return Btf(btf__load_vmlinux_btf()) != nullptr;
}

Result<BtfAnswer> ask_kernel_btf(const BtfQuestion& question) {
    static std::mutex mutex;
    static KernelBtf known;
    const std::lock_guard lock(mutex);
    const auto all = known.of(question.module);
    if (!all) return std::unexpected(all.error());
    const btf* base = btf__base_btf(*all);
    const Types types{*all, base ? btf__type_cnt(base) : 1};
    std::optional<BtfAnswer> answer;
    switch (question.about) {
        using enum BtfQuestion::About;
        case type: answer = find_type(types, question); break;
        case field: answer = find_field(types, question); break;
        case function: answer = find_function(types, question); break;
        case enumerator: answer = find_enumerator(types, question); break;
    }
    if (!answer) return fail(ENOENT, missing(question));
    return *answer;
}

Result<std::size_t> read_kernel_btf(const std::string& module, std::span<std::byte> room) {
    if (auto checked = check_module_name(module); !checked) return std::unexpected(std::move(checked).error());
    const std::string path = "/sys/kernel/btf/" + (module.empty() ? "vmlinux" : module);
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid() && errno == ENOENT) {
        if (module.empty()) return fail(EOPNOTSUPP, "this kernel has no BTF (" + path + ")");
        return no_such_module(module);
    }
    struct stat status{};
    if (!file.valid() || ::fstat(file.get(), &status) != 0) return std::unexpected(errno_error(errno, "open " + path));
    while (!room.empty()) {
        const ssize_t got = ::read(file.get(), room.data(), room.size());
        if (got < 0) return std::unexpected(errno_error(errno, "read " + path));
        if (got == 0) break;
        room = room.subspan(static_cast<std::size_t>(got));
    }
    return static_cast<std::size_t>(status.st_size);
}

}  // namespace wasm_bpf::bpf
