#include <cstdlib>

#include <fmt/format.h>
#include <wasmtime.h>

#include "engine/under_test.hpp"
#include "engine/wasmtime/wasmtime_engine.hpp"
#include "engine/wat.hpp"

namespace wasm_bpf::test {

std::unique_ptr<engine::Engine> make_engine() { return engine::make_wasmtime_engine().value(); }

bool tells_stacks() { return true; }

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

}  // namespace wasm_bpf::test
