#include "bpf/struct_ops.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "api/printable.hpp"
#include "bpf/fd.hpp"
#include "bpf/kernel_features.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/struct_ops_members.hpp"

namespace wasm_bpf::bpf {
namespace {

// libbpf's copy of the struct, in which each function is a bpf_program * from open to load.
struct Content {
    StructOpsType type;
    std::span<std::byte> bytes;
};

Result<Content> content_of(const Map& map, Object& object, std::string_view what) {
    const auto failed = [&](std::string_view why) {
        return fail(EINVAL, fmt::format("{} of map \"{}\": {}", what, printable(map.name()), why));
    };
    if (map.raw() == nullptr || map.shape().type != BPF_MAP_TYPE_STRUCT_OPS)
        return failed("it is none of SEC(\".struct_ops\") or SEC(\".struct_ops.link\")");
    std::size_t bytes = 0;
    void* content = bpf_map__initial_value(map.raw(), &bytes);
    StructOpsType type = struct_ops_type_of(object.libbpf_btf(), bpf_map__name(map.raw()));
    if (content == nullptr || type.name.empty() || type.size_bytes != bytes) return failed("its struct is not known");
    return Content{std::move(type), std::span(static_cast<std::byte*>(content), bytes)};
}

Program* find_program(Object& object, const bpf_program* raw) {
    const auto found = std::ranges::find(object.programs(), raw, &Program::raw);
    return found != object.programs().end() ? &*found : nullptr;
}

}  // namespace

Result<std::vector<std::byte>> struct_ops_content(const Map& map, Object& object,
                                                  const std::function<Result<std::uint64_t>(Program&)>& number_of) {
    const auto content = content_of(map, object, "the struct");
    if (!content) return std::unexpected(content.error());
    std::vector<std::byte> result(content->bytes.size());
    for (const StructOpsMember& member : content->type.members) {
        const std::byte* from = content->bytes.data() + member.offset;
        std::byte* to = result.data() + member.offset;
        if (!member.is_function) {
            std::memcpy(to, from, member.size_bytes);
            continue;
        }
        const bpf_program* raw = nullptr;
        std::memcpy(&raw, from, sizeof(raw));
        Program* program = find_program(object, raw);
        if (program == nullptr) continue;
        const auto number = number_of(*program);
        if (!number) return std::unexpected(number.error());
        std::memcpy(to, &*number, sizeof(*number));
    }
    return result;
}

Result<> set_struct_ops_content(const Map& map, Object& object, std::span<const std::byte> given,
                                const std::function<Program*(std::uint64_t)>& program_of) {
    constexpr std::string_view what = "set the struct";
    const auto content = content_of(map, object, what);
    if (!content) return std::unexpected(content.error());
    const auto failed = [&](int code, std::string_view why) {
        return fail(code, fmt::format("{} of map \"{}\": {}", what, printable(map.name()), why));
    };
    if (object.loaded()) return failed(EBUSY, "set it before the object is loaded");
    if (given.size() != content->bytes.size())
        return failed(EINVAL, fmt::format("{} bytes were given for {}", given.size(), content->bytes.size()));
    std::vector<std::byte> next(content->bytes.begin(), content->bytes.end());
    for (const StructOpsMember& member : content->type.members) {
        const std::byte* from = given.data() + member.offset;
        std::byte* to = next.data() + member.offset;
        if (!member.is_function) {
            std::memcpy(to, from, member.size_bytes);
            continue;
        }
        std::uint64_t number = 0;
        std::memcpy(&number, from, sizeof(number));
        const bpf_program* raw = nullptr;
        if (number != 0) {
            Program* program = program_of(number);
            // libbpf follows it at load.
            if (program == nullptr || find_program(object, program->raw()) == nullptr)
                return failed(EINVAL, fmt::format("member {} is no program of its object", printable(member.name)));
            raw = program->raw();
        }
        std::memcpy(to, &raw, sizeof(raw));
    }
    std::ranges::copy(next, content->bytes.begin());
    return {};
}

Result<Link> attach_struct_ops(const Map& map) {
    const std::string context = fmt::format("attach \"{}\"", printable(map.name()));
    if (map.shape().type != BPF_MAP_TYPE_STRUCT_OPS || map.raw() == nullptr)
        return fail(EINVAL, context + ": the map is none of SEC(\".struct_ops\") or SEC(\".struct_ops.link\")");
    if (map.fd() < 0) return fail(EINVAL, context + ": its object is not loaded");
    const bool by_link = (map.shape().map_flags & BPF_F_LINK) != 0;
    // Without BPF_F_LINK the operations are in use as long as the map has its element: libbpf's link would delete it
    // by an fd that ends with the object.
    Fd own(by_link ? -1 : ::fcntl(map.fd(), F_DUPFD_CLOEXEC, 0));
    if (!by_link && !own.valid()) return std::unexpected(errno_error(errno, context));
    const LibbpfMessages messages;
    bpf_link* link = bpf_map__attach_struct_ops(map.raw());
    if (!link) {
        const int error = errno;
        return fail(plain_errno(error), messages.explain(context + ": " + error_text(error)));
    }
    if (by_link) return Link(link);
    bpf_link__disconnect(link);
    bpf_link__destroy(link);
    return Link([fd = own.release()] {
        const std::uint32_t only = 0;
        bpf_map_delete_elem(fd, &only);
        ::close(fd);
    });
}

}  // namespace wasm_bpf::bpf
