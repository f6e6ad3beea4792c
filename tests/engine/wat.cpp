#include "engine/wat.hpp"

#include <fmt/format.h>

namespace wasm_bpf::test {

std::string data_text(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes) text += fmt::format("\\{:02x}", static_cast<unsigned char>(byte));
    return text;
}

}  // namespace wasm_bpf::test
