#pragma once
// The one table of what guests have of libbpf's API: every function that libbpf's public headers declare. It makes
// docs/libbpf_api.md and the message of `wasm-bpf build` where a guest calls what is not there; a test holds it against
// the headers and the archive (sdk/c).

#include <span>
#include <string_view>

namespace wasm_bpf::guest_abi {

enum class LibbpfStatus {
    there,      // `note`: what is different, if anything
    pointless,  // in a guest; `note`: why, and what to do instead
    not_yet,    // `note`: why, and what to do meanwhile
};

struct LibbpfFunction {
    std::string_view header;  // "btf.h"
    std::string_view name;
    LibbpfStatus status;
    std::string_view note;
};

[[nodiscard]] std::span<const LibbpfFunction> libbpf_functions();

}  // namespace wasm_bpf::guest_abi
