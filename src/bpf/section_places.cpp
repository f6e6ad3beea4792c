#include "bpf/section_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>

#include "api/printable.hpp"

namespace wasm_bpf::bpf {
namespace {

// A section's row: what stands before the first slash, and how the rest is read.
struct Row {
    std::string_view word;
    // Fills in the target from the rest of the name; false where it has not the form that `form` says.
    bool (*read)(std::string_view rest, AttachTarget& target);
    AttachKind kind;
    const char* form;
    enum Probe { entry, at_return, session } probe = entry;
};

// A number as C writes it: 16, 0x10 or 020.
std::optional<std::uint64_t> read_number(std::string_view text) {
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text.starts_with('0')) {
        base = 8;
    }
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// "function+offset"; without a readable offset the whole is a name, as libbpf has it.
void read_function(std::string_view text, AttachTarget& target) {
    const std::size_t plus = text.rfind('+');
    target.name = text;
    if (plus == text.npos) return;
    if (const auto offset = read_number(text.substr(plus + 1))) {
        target.name = text.substr(0, plus);
        target.offset = *offset;
    }
}

bool read_kprobe(std::string_view rest, AttachTarget& target) {
    read_function(rest, target);
    return !target.name.empty() && !(target.return_probe && target.offset != 0);
}

bool read_name(std::string_view rest, AttachTarget& target) {
    target.name = rest;
    return !rest.empty();
}

// "path:" in front of what follows.
bool read_path(std::string_view& rest, AttachTarget& target) {
    const std::size_t colon = rest.find(':');
    if (colon == rest.npos || colon == 0) return false;
    target.path = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
    return !rest.empty();
}

bool read_uprobe(std::string_view rest, AttachTarget& target) {
    return read_path(rest, target) && read_kprobe(rest, target);
}

bool read_uprobe_multi(std::string_view rest, AttachTarget& target) {
    target.name = read_path(rest, target) ? rest : "";
    return !target.name.empty();
}

bool read_usdt(std::string_view rest, AttachTarget& target) {
    if (!read_path(rest, target)) return false;
    const std::size_t colon = rest.find(':');
    if (colon == rest.npos || colon == 0 || colon + 1 == rest.size()) return false;
    target.provider = rest.substr(0, colon);
    target.name = rest.substr(colon + 1);
    return target.name.find(':') == target.name.npos;
}

bool read_tracepoint(std::string_view rest, AttachTarget& target) {
    const std::size_t slash = rest.find('/');
    if (slash == rest.npos || slash == 0 || slash + 1 == rest.size()) return false;
    target.path = rest.substr(0, slash);
    target.name = rest.substr(slash + 1);
    return true;
}

// The function is chosen when the program is loaded: by this name, or by set_attach_target().
bool read_nothing(std::string_view, AttachTarget&) { return true; }

using enum AttachKind;
constexpr Row rows[] = {
    {"kprobe", read_kprobe, kprobe, "kprobe/FUNCTION[+OFFSET]"},
    {"kretprobe", read_kprobe, kprobe, "kretprobe/FUNCTION", Row::at_return},
    {"kprobe.multi", read_name, kprobe_multi, "kprobe.multi/PATTERN"},
    {"kretprobe.multi", read_name, kprobe_multi, "kretprobe.multi/PATTERN", Row::at_return},
    {"kprobe.session", read_name, kprobe_multi, "kprobe.session/PATTERN", Row::session},
    {"ksyscall", read_name, ksyscall, "ksyscall/NAME"},
    {"kretsyscall", read_name, ksyscall, "kretsyscall/NAME", Row::at_return},
    {"uprobe", read_uprobe, uprobe, "uprobe/PATH:FUNCTION[+OFFSET]"},
    {"uprobe.s", read_uprobe, uprobe, "uprobe.s/PATH:FUNCTION[+OFFSET]"},
    {"uretprobe", read_uprobe, uprobe, "uretprobe/PATH:FUNCTION", Row::at_return},
    {"uretprobe.s", read_uprobe, uprobe, "uretprobe.s/PATH:FUNCTION", Row::at_return},
    {"uprobe.multi", read_uprobe_multi, uprobe_multi, "uprobe.multi/PATH:PATTERN"},
    {"uprobe.multi.s", read_uprobe_multi, uprobe_multi, "uprobe.multi.s/PATH:PATTERN"},
    {"uretprobe.multi", read_uprobe_multi, uprobe_multi, "uretprobe.multi/PATH:PATTERN", Row::at_return},
    {"uretprobe.multi.s", read_uprobe_multi, uprobe_multi, "uretprobe.multi.s/PATH:PATTERN", Row::at_return},
    {"uprobe.session", read_uprobe_multi, uprobe_multi, "uprobe.session/PATH:PATTERN", Row::session},
    {"uprobe.session.s", read_uprobe_multi, uprobe_multi, "uprobe.session.s/PATH:PATTERN", Row::session},
    {"usdt", read_usdt, usdt, "usdt/PATH:PROVIDER:NAME"},
    {"usdt.s", read_usdt, usdt, "usdt.s/PATH:PROVIDER:NAME"},
    {"tp", read_tracepoint, tracepoint, "tp/CATEGORY/NAME"},
    {"tracepoint", read_tracepoint, tracepoint, "tracepoint/CATEGORY/NAME"},
    {"raw_tp", read_name, raw_tracepoint, "raw_tp/NAME"},
    {"raw_tp.w", read_name, raw_tracepoint, "raw_tp.w/NAME"},
    {"raw_tracepoint", read_name, raw_tracepoint, "raw_tracepoint/NAME"},
    {"raw_tracepoint.w", read_name, raw_tracepoint, "raw_tracepoint.w/NAME"},
    {"tp_btf", read_nothing, trace, ""},
    {"fentry", read_nothing, trace, ""},
    {"fentry.s", read_nothing, trace, ""},
    {"fexit", read_nothing, trace, ""},
    {"fexit.s", read_nothing, trace, ""},
    {"fmod_ret", read_nothing, trace, ""},
    {"fmod_ret.s", read_nothing, trace, ""},
    {"fsession", read_nothing, trace, ""},
    {"fsession.s", read_nothing, trace, ""},
    {"lsm", read_nothing, trace, ""},
    {"lsm.s", read_nothing, trace, ""},
    {"freplace", read_nothing, freplace, ""},
    {"iter", read_nothing, iterator, ""},
    {"iter.s", read_nothing, iterator, ""},
};

}  // namespace

Result<AttachTarget> read_section_place(std::string_view section) {
    const std::size_t slash = section.find('/');
    const auto row = std::ranges::find(rows, section.substr(0, slash), &Row::word);
    if (row == std::end(rows))
        return fail(EINVAL,
                    fmt::format("section \"{}\" does not say where to attach: name a target", printable(section)));
    AttachTarget target{
        .kind = row->kind, .return_probe = row->probe == Row::at_return, .session = row->probe == Row::session};
    const std::string_view rest = slash == section.npos ? std::string_view() : section.substr(slash + 1);
    if (!row->read(rest, target))
        return fail(EINVAL, fmt::format("section \"{}\" is not of the form {}", printable(section), row->form));
    return target;
}

}  // namespace wasm_bpf::bpf
