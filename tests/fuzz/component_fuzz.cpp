// Components put together: the first part of the input is the socket, each other one a plug; the first byte says what
// may be missing. What comes out is a component again, for `wasm-bpf inspect`.

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "component_file/component_tools.hpp"
#include "inspect/contents_report.hpp"

namespace {

// Between two parts: no component has it by chance.
constexpr std::string_view separator = "\xde\xad\xbe\xef";

// The code that puts components together is Rust's, which this compiler cannot instrument: what it answers stands for
// where it was.
__attribute__((section("__libfuzzer_extra_counters"))) std::uint8_t answers[4096];

void note_answer(std::string text) {
    // Where in the file it was, and which name, is no other answer.
    std::erase_if(text, [](char letter) { return (letter >= '0' && letter <= '9') || letter < ' ' || letter > '~'; });
    answers[std::hash<std::string_view>()(text.substr(0, 60)) % sizeof(answers)] = 1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wasm_bpf;
    if (size == 0) return 0;
    std::fill(std::begin(answers), std::end(answers), 0);
    const auto missing = (data[0] & 1) != 0 ? component_file::Missing::left_open : component_file::Missing::refused;
    std::string_view rest(reinterpret_cast<const char*>(data + 1), size - 1);
    std::vector<component_file::Part> parts;
    for (std::size_t end = 0; end != rest.npos && parts.size() < 8; rest.remove_prefix(end + separator.size())) {
        end = rest.find(separator);
        parts.push_back({"part " + std::to_string(parts.size()), std::as_bytes(std::span(rest.substr(0, end)))});
        if (end == rest.npos) break;
    }
    const component_file::Part socket = parts.front();
    parts.erase(parts.begin());
    const auto whole = component_file::compose(socket, parts, missing);
    if (!whole) {
        const Error& error = whole.error();
        if (error.kind != ErrorKind::bad_module || error.errno_code != EINVAL || error.message.empty() ||
            error.message.find('\n') != error.message.npos)
            __builtin_trap();
        note_answer(error.message);
        return 0;
    }
    answers[0] = 1;
    const auto contents = inspect::read_contents(std::as_bytes(std::span(*whole)));
    if (!contents) {
        note_answer(contents.error().message);
        return 0;
    }
    static_cast<void>(inspect::contents_text(*contents, "fuzzed"));
    static_cast<void>(inspect::contents_json(*contents, "fuzzed"));
    return 0;
}
