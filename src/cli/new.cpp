#include "cli/new.hpp"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/print.hpp"
#include "command/exit_codes.hpp"
#include "skeleton/languages.hpp"
#include "toolchain/new_project.hpp"

namespace wasm_bpf::cli {
namespace {

struct NewArguments {
    std::string folder;
    std::string kind = "tracing";
    std::string language = "c";
};

int run_new(const NewArguments& arguments) {
    // "tools/x/" names the same folder as "tools/x".
    std::filesystem::path folder = arguments.folder;
    if (!folder.has_filename()) folder = folder.parent_path();
    const auto files = toolchain::make_project({folder, arguments.kind, arguments.language});
    if (!files) return report("new", files.error().message, exit_failure);
    std::string text;
    for (const auto& file : *files) text += file.string() + "\n";
    const std::string name = folder.filename();
    text += fmt::format("\nNext: wasm-bpf build {0}\n      sudo wasm-bpf {0}/{1}.wasm\n      sudo {0}/test.sh\n",
                        folder.string(), name);
    return print("new", text);
}

}  // namespace

void add_new_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("new", "Make a folder with a new tool that builds, runs and tests at once");
    const auto arguments = std::make_shared<NewArguments>();
    command->add_option("NAME", arguments->folder, "The tool's name: a folder to make, here or at the path given")
        ->required();
    command->add_option("--kind", arguments->kind,
                        "tracing (default): programs that start; network: packets by protocol;\n"
                        "security: programs denied; profile: who uses the CPUs");
    command->add_option("--lang", arguments->language, fmt::format("{} (default: c)", skeleton::language_names()));
    command->footer("The folder must not be there; docs/new.md shows what is in it.\nExit codes: 0, 125.");
    command->callback([arguments, &exit_code] { exit_code = run_new(*arguments); });
}

}  // namespace wasm_bpf::cli
