#include "cli/build.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "command/exit_codes.hpp"
#include "skeleton/languages.hpp"
#include "toolchain/guest_build.hpp"

namespace wasm_bpf::cli {
namespace {

struct BuildArguments {
    toolchain::GuestBuild build;
    std::string guest_flags;
    std::string bpf_flags;
    std::vector<std::string> unshared;
    toolchain::ComponentOptions component;
    bool is_component = false;
    bool verbose = false;
};

std::vector<std::string> words(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> result;
    for (std::string word; stream >> word;) result.push_back(word);
    return result;
}

int run_build(const BuildArguments& arguments) {
    toolchain::GuestBuild build = arguments.build;
    build.guest_flags = words(arguments.guest_flags);
    build.bpf_flags = words(arguments.bpf_flags);
    if (arguments.is_component) build.component = arguments.component;
    build.unshared.insert(arguments.unshared.begin(), arguments.unshared.end());
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
    CLI::App* command =
        app.add_subcommand("build", fmt::format("Compile a BPF tool in {} to one .wasm", skeleton::language_names()));
    const auto arguments = std::make_shared<BuildArguments>();
    toolchain::GuestBuild& build = arguments->build;
    command
        ->add_option("SOURCES", build.sources,
                     "A folder; or FOLDER/NAME for its NAME.bpf.c, the BPF programs, and NAME.c or NAME.cpp, which "
                     "includes \"NAME.skel.h\"; or files; more files may follow. Of a folder with a Cargo.toml or "
                     "go.mod: its *.bpf.c, there or in src/bpf/, and the package's program")
        ->required();
    command->add_option("-o,--output", build.output, "The .wasm to write (default: NAME.wasm beside the sources)");
    const auto add_list = [&](const char* name, auto& values, const char* type, const char* help) {
        command->add_option(name, values, help)->allow_extra_args(false)->type_name(type);
    };
    add_list("-I,--include", build.include_folders, "FOLDER", "Look for headers there too, on both sides");
    add_list("-D,--define", build.defines, "NAME[=VALUE]", "Define a macro on both sides");
    command->add_option("--cflags", arguments->guest_flags,
                        "More flags for clang where it compiles the guest: \"-DX -Wall\"");
    command->add_option("--bpf-cflags", arguments->bpf_flags, "More flags for clang where it compiles BPF programs");
    command->add_flag("--release", build.release,
                      "As small as it gets: compiled for size, through wasm-opt, without the functions' names");
    command->add_option("--compile-commands", build.compile_commands,
                        "Write how each source is compiled to this compile_commands.json, for clangd and others");
    command->add_option("--depfile", build.depfile,
                        "Write to this file, for make or ninja, which files the module is made of");
    add_list(
        "--btf", build.btf, "FILE[::RELEASE[::MACHINE]]",
        "Have the module carry what it needs of this kernel's BTF, for where that kernel has none; a folder stands "
        "for every RELEASE.btf in it");
    add_list("--unshared", arguments->unshared, "STRUCT",
             "The guest and BPF do not exchange this struct: let its layouts differ");
    CLI::Option* component = command->add_flag("--component", arguments->is_component,
                                               "Make a component, by the world in the folder wit beside the sources; "
                                               "of a .wasm file too (docs/components.md)");
    command->add_option("--world", arguments->component.world, "The world, where the folder has several")
        ->type_name("NAME")
        ->needs(component);
    command->add_option("--wit", arguments->component.wit, "Another folder for the world")
        ->type_name("FOLDER")
        ->needs(component);
    command->add_flag("-v,--verbose", arguments->verbose, "Show the commands that are run");
    command->footer(
        "Steps whose inputs did not change are skipped. What is made on the way (objects, skeletons) lies in\n"
        ".wasm-bpf/NAME beside the output.\n"
        "Exit codes: 1: the sources do not compile, or share a struct that has two layouts; 125: something else "
        "failed.");
    command->callback([arguments, &exit_code] { exit_code = run_build(*arguments); });
}

}  // namespace wasm_bpf::cli
