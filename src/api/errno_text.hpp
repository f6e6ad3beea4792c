#pragma once

#include <string>

namespace wasm_bpf {

// What an errno value means, in glibc's words whatever the C library is: guests and their tests compare them.
[[nodiscard]] std::string errno_text(int error);

}  // namespace wasm_bpf
