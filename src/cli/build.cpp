#include "cli/build.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "cli/exit_codes.hpp"
#include "toolchain/guest_build.hpp"

namespace wasm_bpf::cli {
namespace {

struct BuildArguments {
    std::vector<std::filesystem::path> sources;
    std::filesystem::path output;
    std::string guest_flags;
    std::string bpf_flags;
    bool verbose = false;
};

std::vector<std::string> words(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> result;
    for (std::string word; stream >> word;) result.push_back(word);
    return result;
}

int run_build(const BuildArguments& arguments) {
    toolchain::GuestBuild build{.sources = arguments.sources,
                                .output = arguments.output,
                                .guest_flags = words(arguments.guest_flags),
                                .bpf_flags = words(arguments.bpf_flags)};
    if (arguments.verbose) build.log = [](const std::string& command) { fmt::print(stderr, "{}\n", command); };
    const auto built = toolchain::build_guest(build);
    if (built) {
        fmt::print("{}\n", built->string());
        return 0;
    }
    fmt::print(stderr, "wasm-bpf build: {}\n", built.error().error.message);
    return built.error().cause == toolchain::BuildError::Cause::sources ? 1 : exit_failure;
}

}  // namespace

void add_build_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("build", "Compile a libbpf program in C to one .wasm");
    const auto arguments = std::make_shared<BuildArguments>();
    command
        ->add_option("SOURCES", arguments->sources,
                     "A folder, or files: NAME.bpf.c with the BPF programs, and NAME.c, which includes \"NAME.skel.h\"")
        ->required();
    command->add_option("-o,--output", arguments->output, "The .wasm to write (default: NAME.wasm beside the sources)");
    command->add_option("--cflags", arguments->guest_flags,
                        "More flags for clang where it compiles the guest: \"-DX -Wall\"");
    command->add_option("--bpf-cflags", arguments->bpf_flags, "More flags for clang where it compiles BPF programs");
    command->add_flag("-v,--verbose", arguments->verbose, "Show the commands that are run");
    command->footer(
        "Steps whose inputs did not change are skipped. What is made on the way (objects, skeletons) lies in\n"
        ".wasm-bpf/NAME beside the output.\n"
        "Exit codes: 1: the sources do not compile; 125: something else failed.");
    command->callback([arguments, &exit_code] { exit_code = run_build(*arguments); });
}

}  // namespace wasm_bpf::cli
