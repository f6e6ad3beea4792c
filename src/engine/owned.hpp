#pragma once
// Owners for what a C API makes.

#include <memory>

namespace wasm_bpf::engine {

template <auto function>
struct Deleter {
    template <typename T>
    void operator()(T* pointer) const {
        function(pointer);
    }
};

template <typename T, auto function>
using Owned = std::unique_ptr<T, Deleter<function>>;

}  // namespace wasm_bpf::engine
