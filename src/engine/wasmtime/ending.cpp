#include "engine/wasmtime/ending.hpp"

#include <cxxabi.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <ranges>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "engine/trap_texts.hpp"
#include "engine/wasmtime/handles.hpp"

namespace wasm_bpf::engine {

std::string_view trap_text(wasmtime_trap_code_t code) {
    switch (code) {
        case WASMTIME_TRAP_CODE_STACK_OVERFLOW: return trap_texts::stack_overflow;
        case WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS: return trap_texts::memory_bounds;
        case WASMTIME_TRAP_CODE_TABLE_OUT_OF_BOUNDS: return trap_texts::table_bounds;
        case WASMTIME_TRAP_CODE_INDIRECT_CALL_TO_NULL: return trap_texts::null_entry;
        case WASMTIME_TRAP_CODE_BAD_SIGNATURE: return trap_texts::other_type;
        case WASMTIME_TRAP_CODE_INTEGER_OVERFLOW: return trap_texts::integer_overflow;
        case WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO: return trap_texts::division_by_zero;
        case WASMTIME_TRAP_CODE_BAD_CONVERSION_TO_INTEGER: return trap_texts::bad_conversion;
        case WASMTIME_TRAP_CODE_UNREACHABLE_CODE_REACHED: return trap_texts::unreachable;
        default: return "";
    }
}

std::string shown_name(std::string name) {
    int status = 0;
    char* plain = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
    if (plain == nullptr) return printable(name);
    name = printable(plain);
    std::free(plain);
    return name;
}

namespace {

std::vector<std::string> names_of(wasm_frame_vec_t& frames) {
    std::vector<std::string> stack;
    for (std::size_t i = 0; i < frames.size; i++) {
        const wasm_name_t* name = wasmtime_frame_func_name(frames.data[i]);
        stack.push_back(name != nullptr ? shown_name({name->data, name->size})
                                        : fmt::format("function {}", wasm_frame_func_index(frames.data[i])));
    }
    wasm_frame_vec_delete(&frames);
    return stack;
}

// Wasmtime says where a memory access faulted in the trap's text alone.
std::optional<std::uint64_t> fault_offset_in(std::string_view text) {
    constexpr std::string_view before = "memory fault at wasm address 0x";
    const auto at = text.find(before);
    if (at == text.npos) return std::nullopt;
    std::uint64_t offset = 0;
    const char* digits = text.data() + at + before.size();
    if (std::from_chars(digits, text.data() + text.size(), offset, 16).ec != std::errc()) return std::nullopt;
    return offset;
}

// The cause is the last line of the engine's text.
std::string last_line(std::string text) {
    while (text.ends_with('\n') || text.ends_with('\0')) text.pop_back();
    const auto at = text.rfind('\n');
    if (at != text.npos) text.erase(0, at + 1);
    text.erase(0, text.find_first_not_of(' '));
    return printable(text);
}

}  // namespace

std::string text_of(const wasmtime_error_t* error) {
    wasm_byte_vec_t text;
    wasmtime_error_message(error, &text);
    std::string result(text.data, text.size);
    wasm_byte_vec_delete(&text);
    return result;
}

std::string text_of(const wasm_trap_t* trap) {
    wasm_byte_vec_t text;
    wasm_trap_message(trap, &text);
    std::string result(text.data, text.size);
    wasm_byte_vec_delete(&text);
    while (result.ends_with('\0')) result.pop_back();
    return result;
}

std::string line_of(const wasmtime_error_t* error) {
    const std::string text = text_of(error);
    std::string line;
    for (const auto part : std::views::split(std::string_view(text), '\n')) {
        std::string_view cause(part.begin(), part.end());
        // `Caused by:` stands alone in its line; several causes are numbered.
        cause.remove_prefix(std::min(cause.find_first_not_of(" 0123456789:"), cause.size()));
        if (cause.empty() || cause == "Caused by:") continue;
        line += fmt::format("{}{}", line.empty() ? "" : ": ", cause);
    }
    return printable(line);
}

Ending ending_of(wasmtime_error_t* raw_error, wasm_trap_t* raw_trap) {
    const OwnedError error(raw_error);
    const OwnedTrap trap(raw_trap);
    Ending ending;
    wasm_frame_vec_t frames;
    if (error) {
        if (wasmtime_error_exit_status(error.get(), &ending.exit_code)) return ending;
        ending.error = Error{EFAULT, last_line(text_of(error.get())), ErrorKind::trap};
        wasmtime_error_wasm_trace(error.get(), &frames);
        ending.stack = names_of(frames);
        return ending;
    }
    const std::string text = text_of(trap.get());
    wasmtime_trap_code_t code = 0;
    const std::string_view known = wasmtime_trap_code(trap.get(), &code) ? trap_text(code) : "";
    ending.error = Error{EFAULT, known.empty() ? last_line(text) : std::string(known), ErrorKind::trap};
    ending.fault_offset = fault_offset_in(text);
    wasm_trap_trace(trap.get(), &frames);
    ending.stack = names_of(frames);
    return ending;
}

}  // namespace wasm_bpf::engine
