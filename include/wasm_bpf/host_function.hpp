#pragma once
// Functions of the embedder's that guests import, and what they see of the guest.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "wasm_bpf/error.hpp"
#include "wasm_bpf/export.hpp"

namespace wasm_bpf {

namespace host_api {
struct Host;
}

// A number of Wasm's. The alternative is its type: i32, i64, f32, f64.
using Value = std::variant<std::int32_t, std::int64_t, float, double>;
enum class ValueType : std::uint8_t { i32, i64, f32, f64 };

// The guest as a host function sees it, for the time of that call; what it gives of the guest's memory, until the guest
// is called. On the guest's thread alone.
class WASM_BPF_API GuestCall {
public:
    // The guest's memory from `offset` on. EFAULT where that is not all the guest's.
    [[nodiscard]] Result<std::span<std::byte>> bytes(std::uint32_t offset, std::uint64_t size) const;
    // A text in the guest's memory, as it is now.
    [[nodiscard]] Result<std::string> text(std::uint32_t offset, std::uint32_t size) const;
    template <typename T>
        requires std::is_trivially_copyable_v<T>
    [[nodiscard]] Result<T> read(std::uint32_t offset) const {
        const auto source = bytes(offset, sizeof(T));
        if (!source) return std::unexpected(source.error());
        T value;
        std::memcpy(&value, source->data(), sizeof(T));
        return value;
    }
    template <typename T>
        requires std::is_trivially_copyable_v<T>
    Result<> write(std::uint32_t offset, const T& value) const {
        const auto target = bytes(offset, sizeof(T));
        if (!target) return std::unexpected(target.error());
        std::memcpy(target->data(), &value, sizeof(T));
        return {};
    }
    // Calls an exported function of the guest's, as Guest::call does. An error of another kind than `failed` says that
    // the guest is ending, and must be returned from the host function.
    [[nodiscard]] Result<std::vector<Value>> call(std::string_view name, std::span<const Value> arguments) const;
    // A host function that waits for long is to return when this is readable (poll it, do not read it): the guest is
    // stopped, gets a signal, or is asked something.
    [[nodiscard]] int interrupt_fd() const;

private:
    friend struct OwnImports;
    explicit GuestCall(host_api::Host& host) : host_(host) {}
    host_api::Host& host_;
};

// An import of the embedder's. An error ends the guest, with its kind; what the guest is to handle is a result.
struct HostFunction {
    std::string module;
    std::string name;
    std::vector<ValueType> parameters;
    std::vector<ValueType> results;  // one at most
    // `results` is as long as the declared ones; what is put there must be of the declared type. Called on the guest's
    // thread; where several guests have the function, from several threads at once.
    std::function<Result<>(GuestCall& guest, std::span<const Value> arguments, std::span<Value> results)> call;
};

namespace detail {

template <typename T>
consteval ValueType value_type() {
    if constexpr (std::is_same_v<T, float>)
        return ValueType::f32;
    else if constexpr (std::is_same_v<T, double>)
        return ValueType::f64;
    else {
        static_assert(std::is_integral_v<T> && (sizeof(T) == 4 || sizeof(T) == 8),
                      "a guest's values are integers of 32 or 64 bits, float and double");
        return sizeof(T) == 4 ? ValueType::i32 : ValueType::i64;
    }
}

template <typename T>
using InValue =
    std::conditional_t<std::is_floating_point_v<T>, T, std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>>;

template <typename T>
T from_value(const Value& value) {
    return static_cast<T>(std::get<InValue<T>>(value));
}
template <typename T>
Value to_value(T value) {
    return Value(static_cast<InValue<T>>(value));
}

template <typename T>
struct IsResult : std::false_type {
    using Of = T;
};
template <typename T>
struct IsResult<Result<T>> : std::true_type {
    using Of = T;
};

template <typename Function, typename R, typename... A>
HostFunction typed_function(std::string module, std::string name, Function function) {
    using Of = typename IsResult<R>::Of;
    HostFunction made{std::move(module), std::move(name), {value_type<A>()...}, {}, {}};
    if constexpr (!std::is_void_v<Of>) made.results = {value_type<Of>()};
    made.call = [function = std::move(function)](GuestCall& guest, std::span<const Value> arguments,
                                                 std::span<Value> results) -> Result<> {
        const auto call = [&]<std::size_t... I>(std::index_sequence<I...>) {
            return function(guest, from_value<A>(arguments[I])...);
        };
        constexpr std::index_sequence_for<A...> all;
        std::ignore = results;
        std::ignore = arguments;
        if constexpr (std::is_void_v<R>) {
            call(all);
        } else if constexpr (!IsResult<R>::value) {
            results[0] = to_value(call(all));
        } else {
            auto done = call(all);
            if (!done) return std::unexpected(std::move(done).error());
            if constexpr (!std::is_void_v<Of>) results[0] = to_value(*done);
        }
        return {};
    };
    return made;
}

template <typename Function, typename R, typename C, typename... A>
HostFunction typed_function_of(std::string module, std::string name, Function function,
                               R (C::*)(GuestCall&, A...) const) {
    return typed_function<Function, R, A...>(std::move(module), std::move(name), std::move(function));
}

}  // namespace detail

// From a lambda `[](GuestCall&, std::int32_t, double) -> std::int64_t`, whose parameters and result make the function's
// type. It may return nothing, a number, or a Result of either.
template <typename Function>
[[nodiscard]] HostFunction host_function(std::string module, std::string name, Function function) {
    return detail::typed_function_of(std::move(module), std::move(name), std::move(function), &Function::operator());
}

}  // namespace wasm_bpf
