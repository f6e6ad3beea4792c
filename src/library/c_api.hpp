#pragma once
// What is behind the C API's opaque types, and the one place where C++ ends: exceptions become errors.

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <new>
#include <span>
#include <string>
#include <system_error>

#include "wasm_bpf.h"
#include "wasm_bpf/guest.hpp"

struct wasm_bpf_error {
    wasm_bpf::Error error;
};
struct wasm_bpf_runtime {
    wasm_bpf::Runtime runtime;
};
struct wasm_bpf_module {
    wasm_bpf::Module module;
};
struct wasm_bpf_policy {
    wasm_bpf::Policy policy;
};
struct wasm_bpf_guest {
    wasm_bpf::Guest guest;
};
struct wasm_bpf_ending {
    wasm_bpf::Ending ending;
    wasm_bpf_error error{};  // of `ending`, where it has one
};
struct wasm_bpf_caller {
    wasm_bpf::GuestCall& call;
};

namespace wasm_bpf::c_api {

// Puts it where the caller wants it: never null where `to` is not. Its errno value, negative.
int give(wasm_bpf_error** to, Error error) noexcept;
// The one that takes no memory.
wasm_bpf_error* out_of_memory() noexcept;

// As Result<>, of what may throw.
template <typename Function>
Result<> caught(const Function& function) noexcept {
    try {
        return function();
    } catch (const std::bad_alloc&) {
        return std::unexpected(Error{ENOMEM, {}});
    } catch (const std::system_error& error) {  // no more threads
        return std::unexpected(Error{error.code().value(), {}});
    } catch (const std::exception&) {  // a length beyond all bounds
        return std::unexpected(Error{EINVAL, {}});
    }
}

// The body of a function of the C API: 0, or the error as its last parameter has it. `needed` are the pointers that
// must not be null.
template <typename Function>
int guarded(wasm_bpf_error** error, std::initializer_list<const void*> needed, const Function& function) noexcept {
    if (error != nullptr) *error = nullptr;
    Result<> done = caught([&]() -> Result<> {
        if (std::ranges::find(needed, nullptr) != needed.end())
            return fail(EINVAL, "NULL where an object, a text or a place for the result is needed");
        return function();
    });
    return done ? 0 : give(error, std::move(done).error());
}

// Of a sized struct what this library knows; all of it zero for null. E2BIG where the rest is not zero.
template <typename Options>
Result<Options> known_part(const Options* given) {
    constexpr std::size_t most = 4096;  // beyond it `size` was not set
    Options known{};
    if (given == nullptr) return known;
    if (given->size < sizeof(given->size) || given->size > most)
        return fail(EINVAL, "an option struct's size is not set: " + std::to_string(given->size));
    std::memcpy(&known, given, std::min(given->size, sizeof(known)));
    const std::span all(reinterpret_cast<const char*>(given), given->size);
    for (std::size_t i = sizeof(known); i < all.size(); i++)
        if (all[i] != 0) return fail(E2BIG, "an option struct asks for what this version of the library does not know");
    known.size = sizeof(known);
    return known;
}

// The same of an array's elements, which lie as far apart as the first says.
template <typename Options, typename Take>
Result<> for_each_known(const Options* first, std::size_t count, const Take& take) {
    if (first == nullptr && count != 0) return fail(EINVAL, "NULL where there are to be elements");
    for (std::size_t i = 0; i < count; i++) {
        const auto* place = reinterpret_cast<const char*>(first) + i * first->size;
        const auto* given = reinterpret_cast<const Options*>(place);
        if (given->size != first->size) return fail(EINVAL, "structs of several sizes in one array");
        const auto known = known_part(given);
        if (!known) return std::unexpected(known.error());
        if (auto taken = take(*known); !taken) return taken;
    }
    return {};
}

inline Result<> check_flags(std::uint64_t flags, std::uint64_t known) {
    if ((flags & ~known) != 0) return fail(EINVAL, "a flag that this version of the library does not know");
    return {};
}

[[nodiscard]] LogSink log_to(wasm_bpf_log_callback log, void* context);
[[nodiscard]] Result<GuestOptions> guest_options(const wasm_bpf_guest_options* given);

// Numbers of Wasm's. EINVAL where the type is none.
[[nodiscard]] Result<std::vector<Value>> values_of(const wasm_bpf_value* values, std::size_t count);
[[nodiscard]] Result<Value> value_of(const wasm_bpf_value& value);
[[nodiscard]] wasm_bpf_value to_c(const Value& value) noexcept;

}  // namespace wasm_bpf::c_api
