#include "api/printable.hpp"

namespace wasm_bpf {
namespace {

// How many bytes of its beginning are a control: of ASCII, or one of U+0080 to U+009F, which some terminals obey too.
std::size_t control_size(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < ' ' || byte(0) == 0x7f) return 1;
    return text.size() > 1 && byte(0) == 0xc2 && byte(1) < 0xa0 ? 2 : 0;
}

std::string without_controls(std::string_view text, std::string_view kept) {
    std::string result;
    while (!text.empty()) {
        const std::size_t size = kept.contains(text.front()) ? 0 : control_size(text);
        result += size > 0 ? '?' : text.front();
        text.remove_prefix(size > 0 ? size : 1);
    }
    return result;
}

}  // namespace

std::string printable(std::string_view text) { return without_controls(text, "\t"); }

std::string printable_lines(std::string_view text) { return without_controls(text, "\t\n"); }

}  // namespace wasm_bpf
