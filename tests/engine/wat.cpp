#include "engine/wat.hpp"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <wasmtime.h>

namespace wasm_bpf::test {

std::vector<std::byte> wat(std::string_view text) {
    wasm_byte_vec_t wasm;
    if (wasmtime_error_t* error = wasmtime_wat2wasm(text.data(), text.size(), &wasm)) {
        wasm_byte_vec_t message;
        wasmtime_error_message(error, &message);
        fmt::print(stderr, "{}\n{}\n", text, std::string_view(message.data, message.size));
        std::abort();
    }
    const auto* first = reinterpret_cast<const std::byte*>(wasm.data);
    std::vector<std::byte> bytes(first, first + wasm.size);
    wasm_byte_vec_delete(&wasm);
    return bytes;
}

std::string data_text(std::string_view bytes) {
    std::string text;
    for (const char byte : bytes) text += fmt::format("\\{:02x}", static_cast<unsigned char>(byte));
    return text;
}

}  // namespace wasm_bpf::test
