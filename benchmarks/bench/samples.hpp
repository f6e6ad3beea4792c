#pragma once
// What one line of the table measured, and what is asked of it.

#include <optional>
#include <string>
#include <vector>

namespace wasm_bpf::bench {

struct Samples {
    std::vector<double> native;  // none where there is nothing to compare with
    std::vector<double> guest;
};

struct Bar {
    enum class Kind { none, ratio, difference, absolute } kind = Kind::none;
    double most = 0;
};

// Less is better, in every line.
struct Line {
    std::string what;
    std::string unit;
    Bar bar;
    Samples samples;
};

void print_header();
// A bar is met where best and median both meet it.
void print(const Line& line);

}  // namespace wasm_bpf::bench
