#pragma once
// The C API for its tests, which see nothing of the library but what the shared one exports.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "engine/folder.hpp"
#include "support/command.hpp"
#include "wasm_bpf.h"

namespace wasm_bpf::test::c {

template <auto free>
struct Free {
    void operator()(auto* object) const { free(object); }
};
using Error = std::unique_ptr<wasm_bpf_error, Free<wasm_bpf_error_free>>;
using Runtime = std::unique_ptr<wasm_bpf_runtime, Free<wasm_bpf_runtime_free>>;
using Module = std::unique_ptr<wasm_bpf_module, Free<wasm_bpf_module_free>>;
using Policy = std::unique_ptr<wasm_bpf_policy, Free<wasm_bpf_policy_free>>;
using Guest = std::unique_ptr<wasm_bpf_guest, Free<wasm_bpf_guest_free>>;
using Ending = std::unique_ptr<wasm_bpf_ending, Free<wasm_bpf_ending_free>>;

// What a call gave, beside its object.
struct Outcome {
    int code;
    std::string message;
    wasm_bpf_error_kind kind;
};

// Calls a function of the C API whose last parameter, left out here, is the error.
template <typename Function, typename... Arguments>
Outcome call(Function function, Arguments... arguments) {
    wasm_bpf_error* raw = nullptr;
    const int code = function(arguments..., &raw);
    const Error error(raw);
    EXPECT_EQ(code == 0, error == nullptr);
    if (!error) return {code, "", WASM_BPF_ERROR_FAILED};
    EXPECT_EQ(code, -wasm_bpf_error_code(raw));
    return {code, wasm_bpf_error_message(raw), wasm_bpf_error_kind_of(raw)};
}

// The same of a function that makes an object, which comes before the error; it must succeed.
template <typename Owner, typename Function, typename... Arguments>
Owner made(Function function, Arguments... arguments) {
    typename Owner::pointer raw = nullptr;
    const Outcome outcome = call(function, arguments..., &raw);
    EXPECT_EQ(outcome.code, 0) << outcome.message;
    return Owner(raw);
}

inline wasm_bpf_runtime* shared_runtime() {
    wasm_bpf_runtime_options options{};
    options.size = sizeof(options);
    options.cache_folder = "";
    static const Runtime runtime = made<Runtime>(wasm_bpf_runtime_create, &options);
    return runtime.get();
}

// A module from WebAssembly text.
inline Module module_of(std::string_view text) {
    const Folder folder;
    folder.write("test.wat", text);
    Command assembler({"wat2wasm", "--debug-names", folder.path() / "test.wat", "-o", folder.path() / "test.wasm"});
    EXPECT_EQ(assembler.wait(), 0) << assembler.error();
    const std::string bytes = folder.read("test.wasm");
    return made<Module>(wasm_bpf_module_compile, shared_runtime(), bytes.data(), bytes.size(), "test");
}

inline wasm_bpf_guest_options guest_options() {
    wasm_bpf_guest_options options{};
    options.size = sizeof(options);
    return options;
}

inline Guest guest_of(std::string_view text, const wasm_bpf_guest_options& options = guest_options()) {
    return made<Guest>(wasm_bpf_guest_create, module_of(text).get(), &options);
}

inline Ending end_of(const Guest& guest) { return made<Ending>(wasm_bpf_guest_wait, guest.get(), std::int64_t{20000}); }

inline std::string text_of(const Ending& ending) {
    const wasm_bpf_error* error = wasm_bpf_ending_error(ending.get());
    return error != nullptr ? wasm_bpf_error_message(error)
                            : "exit code " + std::to_string(wasm_bpf_ending_exit_code(ending.get()));
}

inline std::string buffered(const Guest& guest, wasm_bpf_stream stream = WASM_BPF_STDOUT) {
    char* text = nullptr;
    std::size_t size = 0;
    EXPECT_EQ(call(wasm_bpf_guest_output, guest.get(), stream, &text, &size, nullptr).code, 0);
    std::string copy(text, size);
    EXPECT_EQ(text[size], '\0');
    wasm_bpf_free(text);
    return copy;
}

inline wasm_bpf_value i32(std::int32_t value) {
    wasm_bpf_value made{};
    made.of.i32 = value;
    return made;
}

}  // namespace wasm_bpf::test::c
