#include "api/errno_text.hpp"

#include <algorithm>
#include <cstring>

#include "api/errno_texts.hpp"

namespace wasm_bpf {

#ifdef __GLIBC__
// Safe among threads since glibc 2.32.
std::string errno_text(int error) { return std::strerror(error); }
#else
std::string errno_text(int error) {
    const auto found = std::ranges::find(errno_texts, error, &ErrnoText::error);
    return found == std::end(errno_texts) ? "Unknown error " + std::to_string(error) : found->text;
}
#endif

}  // namespace wasm_bpf
