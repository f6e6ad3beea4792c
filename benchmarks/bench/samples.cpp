#include "samples.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace wasm_bpf::bench {
namespace {

struct Summary {
    double best;
    double median;
};

Summary summary_of(std::vector<double> samples) {
    std::ranges::sort(samples);
    const std::size_t middle = samples.size() / 2;
    const double median = samples.size() % 2 != 0 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
    return {samples.front(), median};
}

bool meets(const Bar& bar, double native, double guest) {
    switch (bar.kind) {
        case Bar::Kind::ratio: return guest <= native * bar.most;
        case Bar::Kind::difference: return guest <= native + bar.most;
        case Bar::Kind::absolute: return guest <= bar.most;
        case Bar::Kind::none: break;
    }
    return true;
}

std::string text_of(const Bar& bar, const std::string& unit) {
    switch (bar.kind) {
        case Bar::Kind::ratio: return fmt::format("{:.2f}x", bar.most);
        case Bar::Kind::difference: return fmt::format("+{:g} {}", bar.most, unit);
        case Bar::Kind::absolute: return fmt::format("{:g}", bar.most);
        case Bar::Kind::none: break;
    }
    return "";
}

std::string number(double value) { return fmt::format("{:.{}f}", value, value < 100 ? 2 : 0); }

std::string ratio(double native, double guest) { return native > 0 ? fmt::format("{:.2f}x", guest / native) : "-"; }

constexpr auto row = "{:<52} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>8}  {}\n";

}  // namespace

void print_header() {
    fmt::print(row, "", "native", "native", "guest", "guest", "ratio", "ratio", "", "");
    fmt::print(row, "", "best", "median", "best", "median", "best", "median", "bar", "");
}

void print(const Line& line) {
    const bool alone = line.samples.native.empty();
    const Summary native = alone ? Summary{0, 0} : summary_of(line.samples.native);
    const Summary guest = summary_of(line.samples.guest);
    const bool met = meets(line.bar, native.best, guest.best) && meets(line.bar, native.median, guest.median);
    fmt::print(row, fmt::format("{}, {}", line.what, line.unit), alone ? "-" : number(native.best),
               alone ? "-" : number(native.median), number(guest.best), number(guest.median),
               ratio(native.best, guest.best), ratio(native.median, guest.median), text_of(line.bar, line.unit),
               line.bar.kind == Bar::Kind::none ? ""
               : met                            ? "met"
                                                : "MISSED");
    std::fflush(stdout);
}

}  // namespace wasm_bpf::bench
