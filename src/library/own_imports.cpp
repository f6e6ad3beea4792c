#include "library/own_imports.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

namespace wasm_bpf {
namespace {

// As signatures have them, by the index of the variant's alternative.
constexpr std::string_view letters = "iIfF";
constexpr std::array type_names{"i32", "i64", "f32", "f64"};

std::string signature_of(const HostFunction& function) {
    std::string signature;
    for (const ValueType type : function.parameters) signature += letters[static_cast<std::size_t>(type)];
    signature += ':';
    for (const ValueType type : function.results) signature += letters[static_cast<std::size_t>(type)];
    return signature;
}

Value value_of(char letter, const engine::Value& raw) {
    switch (letter) {
        case 'I': return raw.i64;
        case 'f': return raw.f32;
        case 'F': return raw.f64;
        default: return raw.i32;
    }
}

engine::Value raw_of(const Value& value) {
    engine::Value raw{.i64 = 0};
    switch (value.index()) {
        case 0: raw.i32 = std::get<0>(value); break;
        case 1: raw.i64 = std::get<1>(value); break;
        case 2: raw.f32 = std::get<2>(value); break;
        default: raw.f64 = std::get<3>(value);
    }
    return raw;
}

std::string types_text(std::string_view types) {
    std::string text;
    for (const char letter : types) {
        if (!text.empty()) text += ", ";
        text += type_names[letters.find(letter)];
    }
    return "(" + text + ")";
}

}  // namespace

std::vector<engine::OwnImport> OwnImports::of(std::span<const HostFunction> functions, host_api::Host& host) {
    std::vector<engine::OwnImport> imports;
    for (const HostFunction& function : functions) {
        const std::string signature = signature_of(function);
        const std::size_t count = function.parameters.size();
        const auto call = [&function, &host, signature, count](std::span<engine::Value> raw) -> Result<> {
            std::array<Value, engine::max_parameters> arguments;
            for (std::size_t i = 0; i < count; i++) arguments[i] = value_of(signature[i], raw[i]);
            Value result;
            if (!function.results.empty()) result = value_of(signature.back(), {.i64 = 0});
            const std::size_t type = result.index();
            GuestCall guest(host);
            auto done = function.call(guest, {arguments.data(), count}, {&result, function.results.size()});
            if (!done) return std::unexpected(std::move(done).error().in(function.module + "." + function.name));
            if (result.index() != type)
                return fail(EINVAL, fmt::format("{}.{} gave a result of another type than it declares: {}",
                                                function.module, function.name, type_names[result.index()]));
            raw[0] = raw_of(result);
            return {};
        };
        imports.push_back({function.module, function.name, signature, call});
    }
    return imports;
}

Result<> check_functions(std::span<const HostFunction> functions) {
    for (const HostFunction& function : functions) {
        const auto wrong = [&](std::string_view why) {
            return fail(EINVAL, fmt::format("host function {}.{}: {}", function.module, function.name, why));
        };
        if (function.name.empty()) return wrong("it has no name");
        if (!function.call) return wrong("it has nothing to call");
        if (function.parameters.size() > engine::max_parameters)
            return wrong(fmt::format("more than {} parameters", engine::max_parameters));
        if (function.results.size() > 1) return wrong("more than one result");
        const auto same = [&](const HostFunction& other) {
            return other.module == function.module && other.name == function.name;
        };
        if (std::ranges::count_if(functions, same) > 1) return wrong("there are several of that name");
    }
    return {};
}

Result<std::vector<Value>> call_guest(engine::Instance& instance, std::string_view name,
                                      std::span<const Value> arguments) {
    const auto signature = instance.export_signature(name);
    if (!signature) return std::unexpected(signature.error());
    std::string given;
    std::array<engine::Value, engine::max_parameters> raw{};
    for (const Value& value : arguments.first(std::min(arguments.size(), raw.size()))) {
        raw[given.size()] = raw_of(value);
        given += letters[value.index()];
    }
    const std::string_view declared = std::string_view(*signature).substr(0, signature->find(':'));
    if (given != declared || arguments.size() > raw.size())
        return fail(EINVAL,
                    fmt::format("\"{}\" takes {}, and was given {}", name, types_text(declared), types_text(given)));
    if (auto done = instance.call(name, raw); !done) return std::unexpected(std::move(done).error());
    std::vector<Value> results;
    if (signature->back() != ':') results.push_back(value_of(signature->back(), raw[0]));
    return results;
}

Result<std::span<std::byte>> GuestCall::bytes(std::uint32_t offset, std::uint64_t size) const {
    return host_.memory.bytes(offset, size, "host function");
}

Result<std::string> GuestCall::text(std::uint32_t offset, std::uint32_t size) const {
    const auto source = bytes(offset, size);
    if (!source) return std::unexpected(source.error());
    return std::string(reinterpret_cast<const char*>(source->data()), source->size());
}

Result<std::vector<Value>> GuestCall::call(std::string_view name, std::span<const Value> arguments) const {
    return call_guest(*host_.instance, name, arguments);
}

int GuestCall::interrupt_fd() const { return host_.interrupts.fd(); }

}  // namespace wasm_bpf
