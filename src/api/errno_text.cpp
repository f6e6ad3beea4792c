#include "api/errno_text.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "api/errno_texts.hpp"

namespace wasm_bpf {

#ifdef __GLIBC__
std::string errno_text(int error) {
    char room[128];
    return strerror_r(error, room, sizeof(room));
}
#else
std::string errno_text(int error) {
    const auto found = std::ranges::find(errno_texts, error, &ErrnoText::error);
    return found == std::end(errno_texts) ? "Unknown error " + std::to_string(error) : found->text;
}
#endif

}  // namespace wasm_bpf
