#pragma once
// Turns `std::int32_t name(Wasi&, arguments…)` into a row of functions(): its signature comes from its type.

#include <array>
#include <concepts>
#include <utility>

#include "wasi/wasi.hpp"

namespace wasm_bpf::wasi {

template <auto function>
struct Binding;

template <std::integral... A, std::int32_t (*function)(Wasi&, A...)>
struct Binding<function> {
    static constexpr std::array<char, sizeof...(A) + 2> letters{(sizeof(A) == 8 ? 'I' : 'i')..., ':', 'i'};

    static std::int32_t call(Wasi& wasi, std::span<const engine::Value> arguments) {
        return call_with(wasi, arguments, std::index_sequence_for<A...>());
    }

private:
    template <std::size_t... I>
    static std::int32_t call_with(Wasi& wasi, [[maybe_unused]] std::span<const engine::Value> arguments,
                                  std::index_sequence<I...>) {
        return function(wasi, static_cast<A>(arguments[I].i64)...);
    }
};

template <auto function>
[[nodiscard]] constexpr Function bind(std::string_view name) {
    const auto& letters = Binding<function>::letters;
    return {name, {letters.data(), letters.size()}, Binding<function>::call};
}

}  // namespace wasm_bpf::wasi
