#include "bpf/iterator.hpp"

#include <bpf/bpf.h>

#include <cerrno>

namespace wasm_bpf::bpf {

Result<Fd> open_iterator(const Link& link) {
    if (link.fd() < 0) return fail(EINVAL, "the link is none of an iterator");
    Fd stream(bpf_iter_create(link.fd()));
    if (stream.valid()) return stream;
    if (errno == EINVAL) return fail(EINVAL, "the link is none of an iterator");
    return std::unexpected(errno_error(errno, "start the iterator"));
}

}  // namespace wasm_bpf::bpf
