#pragma once
// Which engine it is that the tests run on. The same tests are linked twice: with under_test_wasmtime.cpp, and with
// under_test_minimal.cpp for that of wasm-bpf-min.

#include <memory>

#include "engine/engine.hpp"

namespace wasm_bpf::test {

[[nodiscard]] std::unique_ptr<engine::Engine> make_engine();

// Whether a trap comes with the functions that it happened in.
[[nodiscard]] bool tells_stacks();

}  // namespace wasm_bpf::test
