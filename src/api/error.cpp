#include "wasm_bpf/error.hpp"

#include <cstring>

namespace wasm_bpf {

Error errno_error(int errno_code, std::string_view what) {
    char buffer[128];
    return Error{errno_code, std::string(what) + ": " + strerror_r(errno_code, buffer, sizeof(buffer))};
}

}  // namespace wasm_bpf
