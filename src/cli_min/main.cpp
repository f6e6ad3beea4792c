// wasm-bpf-min: runs modules, and nothing else (docs/minimal.md).

#include <getopt.h>

#include <cstdio>
#include <cstdlib>
#include <iterator>

#include <fmt/format.h>

#include "bpf/kernel.hpp"
#include "command/exit_codes.hpp"
#include "command/run_guest.hpp"
#include "command/run_options.hpp"
#include "engine/wasm_c_api/wasm_c_api_engine.hpp"
#include "policy/quantities.hpp"

// The C++ library's own says what was thrown, for which it has a demangler. Nothing is thrown here but where memory
// ends.
namespace __gnu_cxx {
void __verbose_terminate_handler();
void __verbose_terminate_handler() { std::abort(); }
}  // namespace __gnu_cxx

namespace {

using namespace wasm_bpf;
using command::RunRequest;
using Setter = bool (*)(RunRequest& request, std::string value);  // false: no such value

bool allow(RunRequest& request, std::string rule_and_value) {
    request.policy.statements.push_back({policy::Verdict::allow, std::move(rule_and_value)});
    return true;
}

struct Row {
    command::run_options::Option option;
    Setter set;
};

// In the order of their help.
constexpr Row rows[] = {
    {command::run_options::dir,
     [](RunRequest& request, std::string value) {
         request.policy.directories.push_back(std::move(value));
         return true;
     }},
    {command::run_options::env,
     [](RunRequest& request, std::string value) {
         request.policy.environment.push_back(std::move(value));
         return true;
     }},
    // The policy knows sizes.
    {command::run_options::memory,
     [](RunRequest& request, std::string value) {
         return policy::read_bytes(value) && allow(request, "memory=" + std::move(value));
     }},
    {command::run_options::timeout,
     [](RunRequest& request, std::string value) {
         char* end = nullptr;
         request.policy.timeout_s = std::strtod(value.c_str(), &end);
         return *end == '\0' && request.policy.timeout_s >= 0.001 && request.policy.timeout_s <= 1e6;
     }},
    {command::run_options::allow, allow},
    {command::run_options::deny,
     [](RunRequest& request, std::string value) {
         request.policy.statements.push_back({policy::Verdict::deny, std::move(value)});
         return true;
     }},
    {command::run_options::btf,
     [](RunRequest& request, std::string value) {
         request.btf_path = std::move(value);
         return true;
     }},
    {command::run_options::token,
     [](RunRequest& request, std::string value) {
         request.token_path = std::move(value);
         return true;
     }},
    {command::run_options::keep_capability,
     [](RunRequest& request, std::string value) {
         request.kept_capabilities.push_back(std::move(value));
         return true;
     }},
    {{"--no-cache", nullptr, "Keep nothing on disk"},
     [](RunRequest& request, std::string) {
         request.cache = command::Cache::none;
         return true;
     }},
    {{"--help", nullptr, "Print this"}, nullptr},
    {{"--version", nullptr, "Print the versions of the command, its engine and libbpf"}, nullptr},
};

int print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return std::fflush(stdout) == 0 ? 0 : exit_failure;
}

std::string help() {
    std::string text =
        "Runs Wasm modules that carry eBPF programs and their user-space half.\n"
        "Usage: wasm-bpf-min [OPTIONS] MODULE [ARGS...]\n\nWhat follows MODULE belongs to the guest.\n\n"
        "Options:\n";
    for (const auto& [option, set] : rows)
        text += fmt::format("  {:<30}{}\n",
                            option.value != nullptr ? std::string(option.name) + ' ' + option.value : option.name,
                            option.help);
    return text + '\n' + std::string(command::run_options::rules_heading) + policy::rules_help() + '\n' +
           std::string(command::run_options::exit_codes) + '\n';
}

std::string version() {
    auto engine = engine::make_wasm_c_api_engine();
    return fmt::format("wasm-bpf-min " WASM_BPF_VERSION " ({}, libbpf {})\n",
                       engine ? (*engine)->version() : "no engine", bpf::libbpf_version());
}

int wrong(const std::string& what) {
    fmt::print(stderr, "wasm-bpf: {}; see wasm-bpf-min --help\n", what);
    return exit_failure;
}

// Options end at the first argument that is none: the rest is the guest's.
std::optional<int> read_options(int argc, char** argv, RunRequest& request) {
    option known[std::size(rows) + 1] = {};
    for (std::size_t i = 0; i < std::size(rows); i++)
        known[i] = {rows[i].option.name + 2, rows[i].option.value != nullptr ? required_argument : no_argument, nullptr,
                    static_cast<int>(i)};
    for (;;) {
        const int place = optind;
        const int found = getopt_long(argc, argv, "+:h", known, nullptr);
        if (found == -1) return std::nullopt;
        if (found == 'h') return print(help());
        if (found == ':') return wrong(fmt::format("{} needs a value", argv[place]));
        if (found == '?') return wrong(fmt::format("{} is no option, or takes no value", argv[place]));
        const Row& row = rows[found];
        if (row.set == nullptr) return print(std::string_view(row.option.name) == "--help" ? help() : version());
        const std::string value = optarg != nullptr ? optarg : "";
        if (!row.set(request, value))
            return wrong(fmt::format("{}: \"{}\" is no {}", row.option.name, value, row.option.value));
    }
}

}  // namespace

int main(int argc, char** argv) {
    RunRequest request;
    request.make_engine = engine::make_wasm_c_api_engine;
    request.cache = command::Cache::kernel_types;
    if (const auto done = read_options(argc, argv, request)) return *done;
    request.module_and_arguments.assign(argv + optind, argv + argc);
    if (request.module_and_arguments.empty()) return wrong("MODULE is required");
    return command::run_guest(request);
}
