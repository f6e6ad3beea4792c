#pragma once
// A usage line of our own in a command's help; CLI11 2.1 makes one that does not know what follows MODULE.

#include <memory>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

namespace wasm_bpf::cli {

class UsageFormatter : public CLI::Formatter {
public:
    explicit UsageFormatter(std::string usage) : usage_(std::move(usage)) {}
    std::string make_usage(const CLI::App*, std::string) const override { return usage_ + "\n"; }

private:
    std::string usage_;
};

inline void set_usage(CLI::App& app, std::string usage) {
    app.formatter(std::make_shared<UsageFormatter>(std::move(usage)));
}

}  // namespace wasm_bpf::cli
