#pragma once
// Turns a C++ function `Result<std::int32_t> name(Host&, arguments…)` into a host import: its Wasm signature comes from
// its type (`Result<>` gives 0), and its errors become what the guest ABI says.

#include <array>
#include <cerrno>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <utility>

#include "engine/engine.hpp"
#include "host_api/host.hpp"

namespace wasm_bpf::host_api {

template <typename T>
consteval char letter() {
    static_assert(std::integral<T> && (sizeof(T) == 4 || sizeof(T) == 8));
    return sizeof(T) == 8 ? 'I' : 'i';
}

template <typename T>
T argument(const engine::Value& value) {
    if constexpr (sizeof(T) == 8)
        return static_cast<T>(value.i64);
    else
        return static_cast<T>(value.i32);
}

template <auto function>
struct Binding;

template <typename R, typename... A, Result<R> (*function)(Host&, A...)>
struct Binding<function> {
    using Number = std::conditional_t<std::is_void_v<R>, std::int32_t, R>;
    static constexpr std::array<char, sizeof...(A) + 2> letters{letter<A>()..., ':', letter<Number>()};
    static constexpr std::string_view signature{letters.data(), letters.size()};

    static Result<> call(void* context, std::span<engine::Value> values) {
        return call_with(*static_cast<Host*>(context), values, std::index_sequence_for<A...>());
    }

private:
    template <std::size_t... I>
    static Result<> call_with(Host& host, std::span<engine::Value> values, std::index_sequence<I...>) {
        Result<R> result = function(host, argument<A>(values[I])...);
        if (result) {
            if constexpr (std::is_void_v<R>)
                values[0].i64 = 0;
            else
                values[0].i64 = *result;
            return {};
        }
        if (host.ends_guest(result.error())) return std::unexpected(std::move(result).error());
        values[0].i64 = -result.error().errno_code;
        host.last_error = std::move(result).error().message;
        return {};
    }
};

template <auto function>
[[nodiscard]] engine::HostImport bind(std::string_view module, std::string_view name) {
    return {module, name, Binding<function>::signature, Binding<function>::call};
}

// The error of a handle that is stale, forged or of another kind than the call takes.
[[nodiscard]] inline std::unexpected<Error> no_such(std::string_view kind, Handle handle) {
    return fail(EBADF, fmt::format("{} is no {} of this guest's", handle, kind));
}

// A result that carries no text: 0 and above, or a negative errno of an element operation.
[[nodiscard]] inline Result<std::int32_t> status(Host& host, int code) {
    if (code < 0) host.last_error.clear();
    return code;
}

}  // namespace wasm_bpf::host_api
