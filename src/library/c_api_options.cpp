// The C API's option structs as those of C++; host functions among them.
#include "library/c_api.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace wasm_bpf::c_api {
namespace {

constexpr std::array<std::string_view, 4> type_names{"i32", "i64", "f32", "f64"};

// "i32 i64 -> f64": parameters, and results behind the arrow.
Result<> read_type(std::string_view text, HostFunction& function) {
    const std::string_view all = text;
    std::vector<ValueType>* types = &function.parameters;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        if (text.empty()) return {};
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size());
        const auto* known = std::ranges::find(type_names, word);
        if (known != type_names.end())
            types->push_back(static_cast<ValueType>(known - type_names.begin()));
        else if (word == "->" && types == &function.parameters)
            types = &function.results;
        else
            return fail(EINVAL, fmt::format("host function {}.{}: its type is to be as \"i32 i64 -> f64\", not \"{}\"",
                                            function.module, function.name, all));
    }
}

// What the embedder returned, which is the library's now.
Result<> taken(wasm_bpf_error* error) {
    if (error == nullptr) return {};
    Error copy = error == out_of_memory() ? Error{ENOMEM, wasm_bpf_error_message(error)} : std::move(error->error);
    wasm_bpf_error_free(error);
    return std::unexpected(std::move(copy));
}

Result<HostFunction> host_function_of(const wasm_bpf_function& given) {
    HostFunction made{given.module != nullptr ? given.module : "", given.name != nullptr ? given.name : "", {}, {}, {}};
    if (auto read = read_type(given.type != nullptr ? given.type : "", made); !read)
        return std::unexpected(std::move(read).error());
    if (given.call == nullptr) return made;
    made.call = [call = given.call, context = given.context](GuestCall& guest, std::span<const Value> arguments,
                                                             std::span<Value> results) {
        return caught([&]() -> Result<> {
            std::vector<wasm_bpf_value> values;
            for (const Value& each : arguments) values.push_back(to_c(each));
            std::vector<wasm_bpf_value> given_back;
            for (const Value& each : results) given_back.push_back(to_c(each));
            wasm_bpf_caller caller{guest};
            if (auto done = taken(call(context, &caller, values.data(), given_back.data())); !done) return done;
            for (std::size_t i = 0; i < results.size(); i++) {
                auto value = value_of(given_back[i]);
                if (!value) return std::unexpected(std::move(value).error());
                results[i] = *value;
            }
            return {};
        });
    };
    return made;
}

Result<Output> output_of(const wasm_bpf_output& given) {
    switch (given.kind) {
        case WASM_BPF_OUTPUT_NONE: return Output();
        case WASM_BPF_OUTPUT_INHERITED: return Output::inherited();
        case WASM_BPF_OUTPUT_BUFFER: return Output::buffer(given.limit_bytes);
        case WASM_BPF_OUTPUT_CALLBACK:
            if (given.write == nullptr) return fail(EINVAL, "an output by callback, and no callback");
            return Output::to([write = given.write, context = given.context](std::string_view text) {
                write(context, text.data(), text.size());
            });
        default: return fail(EINVAL, fmt::format("no kind of output: {}", given.kind));
    }
}

Result<Input> input_of(const wasm_bpf_guest_options& given) {
    switch (given.input) {
        case WASM_BPF_INPUT_NONE: return Input();
        case WASM_BPF_INPUT_INHERITED: return Input::inherited();
        case WASM_BPF_INPUT_FD:
            if (given.input_fd < 0) return fail(EINVAL, "input_fd is no file descriptor");
            return Input::from(given.input_fd);
        default: return fail(EINVAL, fmt::format("no kind of input: {}", given.input));
    }
}

Result<> read_texts(const char* const* texts, std::size_t count, std::string_view what, const auto& take) {
    for (std::size_t i = 0; i < count; i++) {
        if (texts == nullptr || texts[i] == nullptr) return fail(EINVAL, fmt::format("{} {} is NULL", what, i));
        if (auto taken = take(std::string_view(texts[i])); !taken) return taken;
    }
    return {};
}

Result<> read_variable(std::string_view text, GuestOptions& options) {
    const std::size_t sign = text.find('=');
    if (sign == 0 || sign == text.npos)
        return fail(EINVAL, fmt::format("the environment's \"{}\" is not NAME=VALUE", text));
    options.environment.emplace_back(text.substr(0, sign), text.substr(sign + 1));
    return {};
}

Result<> read_directory(const wasm_bpf_directory& given, GuestOptions& options) {
    if (auto checked = check_flags(given.flags, WASM_BPF_DIRECTORY_WRITABLE); !checked) return checked;
    if (given.host_path == nullptr) return fail(EINVAL, "a directory's host_path is NULL");
    options.directories.push_back({.host_path = given.host_path,
                                   .guest_path = given.guest_path != nullptr ? given.guest_path : "",
                                   .writable = (given.flags & WASM_BPF_DIRECTORY_WRITABLE) != 0});
    return {};
}

// Those that are lists.
Result<> read_lists(const wasm_bpf_guest_options& given, GuestOptions& options) {
    auto read = read_texts(given.arguments, given.argument_count, "argument", [&](std::string_view text) -> Result<> {
        options.arguments.emplace_back(text);
        return {};
    });
    if (read)
        read = read_texts(given.environment, given.environment_count, "environment variable",
                          [&](std::string_view text) { return read_variable(text, options); });
    if (read)
        read = for_each_known(given.directories, given.directory_count,
                              [&](const wasm_bpf_directory& each) { return read_directory(each, options); });
    if (read)
        read = for_each_known(given.functions, given.function_count, [&](const wasm_bpf_function& each) -> Result<> {
            auto function = host_function_of(each);
            if (!function) return std::unexpected(std::move(function).error());
            options.functions.push_back(std::move(*function));
            return {};
        });
    return read;
}

}  // namespace

wasm_bpf_value to_c(const Value& value) noexcept {
    wasm_bpf_value made{.type = static_cast<wasm_bpf_value_type>(value.index()), .of = {.i64 = 0}};
    switch (made.type) {
        case WASM_BPF_I32: made.of.i32 = *std::get_if<std::int32_t>(&value); break;
        case WASM_BPF_I64: made.of.i64 = *std::get_if<std::int64_t>(&value); break;
        case WASM_BPF_F32: made.of.f32 = *std::get_if<float>(&value); break;
        default: made.of.f64 = *std::get_if<double>(&value);
    }
    return made;
}

Result<Value> value_of(const wasm_bpf_value& value) {
    switch (value.type) {
        case WASM_BPF_I32: return value.of.i32;
        case WASM_BPF_I64: return value.of.i64;
        case WASM_BPF_F32: return value.of.f32;
        case WASM_BPF_F64: return value.of.f64;
        default: return fail(EINVAL, fmt::format("no type of value: {}", value.type));
    }
}

Result<std::vector<Value>> values_of(const wasm_bpf_value* values, std::size_t count) {
    if (values == nullptr && count != 0) return fail(EINVAL, "NULL where there are to be values");
    std::vector<Value> made;
    for (std::size_t i = 0; i < count; i++) {
        auto value = value_of(values[i]);
        if (!value) return std::unexpected(std::move(value).error());
        made.push_back(*value);
    }
    return made;
}

Result<GuestOptions> guest_options(const wasm_bpf_guest_options* options) {
    const auto given = known_part(options);
    if (!given) return std::unexpected(given.error());
    if (auto checked = check_flags(given->flags, WASM_BPF_GUEST_KEEP_PRIVILEGES | WASM_BPF_GUEST_NO_WINDOWS); !checked)
        return std::unexpected(std::move(checked).error());
    auto input = input_of(*given);
    auto output = output_of(given->output);
    auto error = output_of(given->error_output);
    for (const auto* each : {&output, &error})
        if (!*each) return std::unexpected(each->error());
    if (!input) return std::unexpected(std::move(input).error());

    GuestOptions made{.input = *input, .output = std::move(*output), .error = std::move(*error)};
    if (given->policy != nullptr) made.policy = given->policy->policy;
    if (auto read = read_lists(*given, made); !read) return std::unexpected(std::move(read).error());
    made.log = log_to(given->log, given->log_context);
    if (given->on_end != nullptr)
        made.on_end = [call = given->on_end, context = given->end_context](const Ending& ending) {
            const wasm_bpf_ending told{ending, {ending.error.value_or(Error{})}};
            call(context, &told);
        };
    made.drop_privileges = (given->flags & WASM_BPF_GUEST_KEEP_PRIVILEGES) == 0;
    made.windows = (given->flags & WASM_BPF_GUEST_NO_WINDOWS) == 0;
    if (given->btf_path != nullptr) made.btf_path = given->btf_path;
    if (given->token_path != nullptr) made.token_path = given->token_path;
    return made;
}

}  // namespace wasm_bpf::c_api
