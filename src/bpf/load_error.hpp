#pragma once
// Why an object could not be loaded, said so that its user can act on it.

#include "bpf/object.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

class LibbpfMessages;

// `error` is what bpf_object__load returned and `messages` what libbpf said meanwhile.
[[nodiscard]] Error load_error(const bpf_object* object, const ObjectOptions& options, int error,
                               const LibbpfMessages& messages);

}  // namespace wasm_bpf::bpf
