#include "cli/gen.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "bpf/describe.hpp"
#include "cli/exit_codes.hpp"
#include "skeleton/c_skeleton.hpp"
#include "skeleton/c_types.hpp"
#include "toolchain/step.hpp"

namespace wasm_bpf::cli {
namespace {

struct SkeletonArguments {
    std::filesystem::path object;
    std::string name;
};

Result<std::string> skeleton_text(const SkeletonArguments& arguments) {
    const Result<std::string> elf = toolchain::read_file(arguments.object);
    if (!elf) return std::unexpected(elf.error());
    const auto bytes = std::as_bytes(std::span(*elf));
    const std::string name = arguments.name.empty() ? skeleton::object_name(arguments.object) : arguments.name;
    Result<bpf::ObjectDescription> object = bpf::describe_object(bytes, name);
    if (!object) return std::unexpected(std::move(object.error()).in(fmt::format("\"{}\"", arguments.object.string())));
    return skeleton::c_skeleton(*object, bytes);
}

int run_skeleton(const SkeletonArguments& arguments) {
    const Result<std::string> text = skeleton_text(arguments);
    if (!text) {
        fmt::print(stderr, "wasm-bpf gen skeleton: {}\n", text.error().message);
        return exit_failure;
    }
    if (std::fwrite(text->data(), 1, text->size(), stdout) == text->size() && std::fflush(stdout) == 0) return 0;
    fmt::print(stderr, "wasm-bpf gen skeleton: {}\n", errno_error(errno, "write to standard output").message);
    return exit_failure;
}

}  // namespace

void add_gen_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("gen", "Generate source files from BPF objects");
    command->require_subcommand(1);
    CLI::App* skeleton = command->add_subcommand("skeleton", "Print the C skeleton of a BPF object");
    const auto arguments = std::make_shared<SkeletonArguments>();
    skeleton->add_option("OBJECT", arguments->object, "A BPF object file with BTF, best without DWARF (llvm-strip -g)")
        ->required();
    skeleton->add_option("-n,--name", arguments->name, "The object's name in the skeleton (default: x_bpf for x.bpf.o)")
        ->check([](const std::string& name) {
            return skeleton::c_identifier(name) == name && !name.empty() ? "" : "the name must be a C identifier";
        });
    skeleton->callback([arguments, &exit_code] { exit_code = run_skeleton(*arguments); });
}

}  // namespace wasm_bpf::cli
