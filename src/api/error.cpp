#include "wasm_bpf/error.hpp"

#include "api/errno_text.hpp"

namespace wasm_bpf {

Error errno_error(int errno_code, std::string_view what) {
    return Error{errno_code, std::string(what) + ": " + errno_text(errno_code)};
}

}  // namespace wasm_bpf
