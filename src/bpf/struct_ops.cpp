#include "bpf/struct_ops.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <utility>

#include "bpf/fd.hpp"
#include "bpf/kernel_features.hpp"
#include "bpf/libbpf_messages.hpp"

namespace wasm_bpf::bpf {

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
