#pragma once
// What the functions behind the rows of attach_targets.cpp share.

#include <bpf/libbpf.h>

#include <cerrno>

#include "bpf/attach_error.hpp"

namespace wasm_bpf::bpf {

// Options structs of libbpf start with their own size.
template <typename Options>
Options sized() {
    Options options{};
    options.sz = sizeof(options);
    return options;
}

[[nodiscard]] inline std::unexpected<Error> refused(const Attempt& attempt, int error) {
    return std::unexpected(attach_error(attempt, error));
}

// To be called right after libbpf: takes the reason from errno.
[[nodiscard]] inline Result<Link> linked(const Attempt& attempt, bpf_link* link) {
    const int error = errno;
    if (!link) return refused(attempt, error);
    return Link(link);
}

}  // namespace wasm_bpf::bpf
