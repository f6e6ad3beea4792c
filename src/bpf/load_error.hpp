#pragma once
// Why an object could not be loaded, said so that its user can act on it.

#include <string_view>

#include "bpf/object.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

class LibbpfMessages;

// The program that could not be loaded, by what libbpf said; null where it was none.
[[nodiscard]] const bpf_program* failed_program(const bpf_object* object, const LibbpfMessages& messages);

struct LoadFailure {
    int error;                   // what bpf_object__load returned
    const bpf_program* program;  // null where it was none
    std::string_view log;        // the verifier's; empty where there is none
};

// `messages` is what libbpf said meanwhile.
[[nodiscard]] Error load_error(const bpf_object* object, const ObjectOptions& options, const LoadFailure& failure,
                               const LibbpfMessages& messages);

}  // namespace wasm_bpf::bpf
