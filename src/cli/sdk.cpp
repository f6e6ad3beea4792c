#include "cli/sdk.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/print.hpp"
#include "command/exit_codes.hpp"
#include "toolchain/other_languages.hpp"

namespace wasm_bpf::cli {
namespace {

struct SdkArguments {
    bool compile = false, link = false;
    std::filesystem::path folder = ".wasm-bpf";
};

int run_sdk(const SdkArguments& arguments) {
    const auto flags = toolchain::c_flags(arguments.folder);
    if (!flags) return report("sdk", flags.error().message, exit_failure);
    std::vector<std::string> words;
    const bool both = arguments.compile == arguments.link;
    if (both || arguments.compile) words.insert(words.end(), flags->compile.begin(), flags->compile.end());
    if (both || arguments.link) words.insert(words.end(), flags->link.begin(), flags->link.end());
    return print("sdk", fmt::format("{}\n", fmt::join(words, " ")));
}

}  // namespace

void add_sdk_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("sdk", "Print what compilers of other languages need to use libbpf's C API");
    const auto arguments = std::make_shared<SdkArguments>();
    command->add_flag("--cflags", arguments->compile, "Folders of headers, and definitions");
    command->add_flag("--libs", arguments->link, "libbpf for guests, a static library for wasm32-wasi");
    command->add_option("--folder", arguments->folder,
                        "Where to make links to the system's kernel headers (default: .wasm-bpf)");
    command->footer(
        "As pkg-config does: zig build-exe NAME.zig -target wasm32-wasi -lc --export-table $(wasm-bpf sdk).\n"
        "The BPF half: wasm-bpf gen object NAME.bpf.c.");
    command->callback([arguments, &exit_code] { exit_code = run_sdk(*arguments); });
}

}  // namespace wasm_bpf::cli
