#include "bpf/kernel_symbols.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/printable.hpp"
#include "bpf/fd.hpp"

namespace wasm_bpf::bpf {
namespace {

constexpr const char* kallsyms = "/proc/kallsyms";

// Names lie in one text, one zero-terminated after another: half a dozen bytes a symbol beside its name.
class SymbolTable {
public:
    static Result<SymbolTable> read();

    [[nodiscard]] std::optional<KernelSymbol> find(std::string_view name) const {
        const auto at = std::ranges::lower_bound(by_name_, name, {}, [&](std::uint32_t i) { return name_of(i); });
        if (at == by_name_.end() || name_of(*at) != name) return std::nullopt;
        return symbol(*at);
    }

    [[nodiscard]] std::optional<KernelSymbol> find_at(std::uint64_t address) const {
        const auto after = std::ranges::upper_bound(addresses_, address);
        if (after == addresses_.begin()) return std::nullopt;
        const auto first = std::ranges::lower_bound(addresses_, *std::prev(after));
        return symbol(static_cast<std::uint32_t>(first - addresses_.begin()));
    }

private:
    struct Name {
        std::uint32_t offset;
        std::uint16_t module;  // 0: the kernel
    };
    struct Row {
        std::uint64_t address;
        Name name;
    };

    // A line reads: "ffffffff81000000 T _stext", and for a module's symbol "\t[name]" after it.
    void add(std::string_view line);
    std::uint16_t module_number(std::string_view module);
    void sort();

    [[nodiscard]] std::string_view name_of(std::uint32_t index) const { return names_.data() + places_[index].offset; }
    [[nodiscard]] KernelSymbol symbol(std::uint32_t index) const {
        return {addresses_[index], name_of(index), modules_[places_[index].module]};
    }

    std::vector<Row> rows_;  // while it is read
    std::size_t hidden_ = 0;
    std::string names_;
    std::vector<std::string> modules_{""};
    std::vector<std::uint64_t> addresses_;  // ascending
    std::vector<Name> places_;              // in the same order
    std::vector<std::uint32_t> by_name_;    // indices into both
};

void SymbolTable::add(std::string_view line) {
    std::uint64_t address = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), address, 16);
    const std::size_t digits = static_cast<std::size_t>(end - line.data());
    if (error != std::errc() || line.size() < digits + 4) return;
    const char type = line[digits + 1];
    line.remove_prefix(digits + 3);
    const std::size_t tab = line.find('\t');
    const std::string_view name = line.substr(0, tab);
    if (address == 0) hidden_++;
    // Absolute ones are offsets (of per-CPU data) and sizes, no addresses.
    if (address == 0 || type == 'a' || type == 'A') return;
    std::uint16_t module = 0;
    if (tab != line.npos && line.size() > tab + 2) module = module_number(line.substr(tab + 2, line.size() - tab - 3));
    rows_.push_back({address, {static_cast<std::uint32_t>(names_.size()), module}});
    names_.append(name).push_back('\0');
}

std::uint16_t SymbolTable::module_number(std::string_view module) {
    // A module's symbols follow one another.
    if (modules_.back() != module && modules_.size() < UINT16_MAX) modules_.emplace_back(module);
    return static_cast<std::uint16_t>(modules_.size() - 1);
}

void SymbolTable::sort() {
    std::ranges::stable_sort(rows_, {}, &Row::address);
    addresses_.reserve(rows_.size());
    places_.reserve(rows_.size());
    by_name_.reserve(rows_.size());
    for (const Row& row : rows_) {
        by_name_.push_back(static_cast<std::uint32_t>(addresses_.size()));
        addresses_.push_back(row.address);
        places_.push_back(row.name);
    }
    std::vector<Row>().swap(rows_);
    names_.shrink_to_fit();
    std::ranges::sort(by_name_, [&](std::uint32_t a, std::uint32_t b) {
        const int order = name_of(a).compare(name_of(b));
        return order != 0 ? order < 0 : a < b;
    });
}

Result<SymbolTable> SymbolTable::read() {
    const Fd file(::open(kallsyms, O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return std::unexpected(errno_error(errno, std::string("open ") + kallsyms));
    SymbolTable table;
    std::array<char, 64 << 10> room;
    std::size_t kept = 0;  // of a line that is not all there yet
    for (;;) {
        const ssize_t got = ::read(file.get(), room.data() + kept, room.size() - kept);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::unexpected(errno_error(errno, std::string("read ") + kallsyms));
        if (got == 0) break;
        std::string_view text(room.data(), kept + static_cast<std::size_t>(got));
        for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
            table.add(text.substr(0, end));
            text.remove_prefix(end + 1);
        }
        kept = text.size();
        if (kept == room.size()) return fail(EIO, std::string(kallsyms) + " has a line without an end");
        std::ranges::copy(text, room.begin());
    }
    if (table.rows_.empty() && table.hidden_ > 0)
        return fail(EPERM, std::string(kallsyms) +
                               " shows this process no addresses: it needs CAP_SYSLOG where kernel.kptr_restrict is 1 "
                               "(or is 0 and kernel.perf_event_paranoid above 1), and where it is 2 nobody sees them");
    if (table.rows_.empty()) return fail(EOPNOTSUPP, "this kernel lists no symbols (CONFIG_KALLSYMS)");
    table.sort();
    return table;
}

Result<const SymbolTable*> symbol_table() {
    static std::mutex mutex;
    static std::optional<SymbolTable> known;
    const std::lock_guard lock(mutex);
    if (!known) {
        auto read = SymbolTable::read();
        if (!read) return std::unexpected(std::move(read).error());
        known = std::move(*read);
    }
    return &*known;
}

}  // namespace

Result<KernelSymbol> kernel_symbol(std::string_view name) {
    const auto table = symbol_table();
    if (!table) return std::unexpected(table.error());
    const auto found = (*table)->find(name);
    if (!found) return fail(ENOENT, "the kernel has no symbol \"" + printable(name) + "\"");
    return *found;
}

Result<KernelSymbol> kernel_symbol_at(std::uint64_t address) {
    const auto table = symbol_table();
    if (!table) return std::unexpected(table.error());
    const auto found = (*table)->find_at(address);
    if (!found) {
        std::array<char, 16> digits{};
        const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), address, 16);
        return fail(ENOENT, "the kernel has no symbol at 0x" + std::string(digits.data(), end));
    }
    return *found;
}

}  // namespace wasm_bpf::bpf
