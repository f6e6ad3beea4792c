#include "bpf/libbpf_messages.hpp"

#include <bpf/libbpf.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include "api/printable.hpp"

namespace wasm_bpf::bpf {
namespace {

thread_local LibbpfMessages* current = nullptr;
thread_local MessageKeeper* keeper = nullptr;

__attribute__((format(printf, 2, 0))) int collect(libbpf_print_level level, const char* format, va_list arguments) {
    const bool explains = level == LIBBPF_WARN && current != nullptr, kept = keeper != nullptr && keeper->wants(level);
    if (!explains && !kept) return 0;
    char* message = nullptr;
    const int size = vasprintf(&message, format, arguments);
    if (size < 0) return 0;
    const std::string_view text(message, static_cast<std::size_t>(size));
    if (explains) current->add(text);
    if (kept) keeper->add(level, text);
    std::free(message);
    return size;
}

void install() {
    static const auto installed = libbpf_set_print(collect);
    (void)installed;
}

// Lines that say that something failed without saying why, or that speak of an attempt which another one followed.
constexpr std::array vague = {
    "failed to load object", "Retrying without BTF",        "-- BEGIN PROG LOAD LOG --",
    "failed to load: ",      "failed to load BPF skeleton", "Kernel error message: Exclusivity flag on"};

}  // namespace

LibbpfMessages::LibbpfMessages() : outer_(current) {
    install();
    current = this;
}

LibbpfMessages::~LibbpfMessages() { current = outer_; }

std::string LibbpfMessages::reason() const {
    std::string_view rest = text_;
    while (!rest.empty()) {
        std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.starts_with("libbpf: ")) line.remove_prefix(8);
        const bool says_why = !line.empty() && std::ranges::none_of(vague, [&](const char* words) {
            return line.find(words) != line.npos;
        });
        if (says_why) return printable(line);
    }
    return {};
}

std::string LibbpfMessages::explain(std::string_view what) const {
    const std::string why = reason();
    return why.empty() ? std::string(what) : std::string(what).append(": ").append(why);
}

MessageKeeper::~MessageKeeper() { keep(std::nullopt); }

void MessageKeeper::keep(std::optional<unsigned> level) {
    install();
    level_ = level;
    if (level) {
        keeper = this;
        return;
    }
    if (keeper == this) keeper = nullptr;
    messages_.clear();
    bytes_ = 0;
}

void MessageKeeper::drop_oldest() {
    bytes_ -= messages_.front().text.size();
    messages_.pop_front();
}

void MessageKeeper::add(unsigned level, std::string_view text) {
    text = text.substr(0, most_bytes - bytes_);
    if (text.empty()) return;
    messages_.push_back({level, std::string(text)});
    bytes_ += text.size();
}

int plain_errno(int error) {
    error = std::abs(error);
    if (error < __LIBBPF_ERRNO__START) return error;
    return error == LIBBPF_ERRNO__VERIFY ? EACCES : EINVAL;
}

std::string error_text(int error) {
    std::array<char, 256> text{};
    libbpf_strerror(std::abs(error), text.data(), text.size());
    return text.data();
}

}  // namespace wasm_bpf::bpf
