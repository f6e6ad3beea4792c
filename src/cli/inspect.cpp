#include "cli/inspect.hpp"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/print.hpp"
#include "command/exit_codes.hpp"
#include "inspect/contents_report.hpp"
#include "runtime/file.hpp"

namespace wasm_bpf::cli {
namespace {

struct InspectArguments {
    std::string file;
    bool json = false;
};

int run_inspect(const InspectArguments& arguments) {
    const auto file = runtime::FileContent::open(arguments.file);
    if (!file) return report("inspect", file.error().message, exit_failure);
    const auto contents = inspect::read_contents(file->bytes());
    if (!contents) return report("inspect", arguments.file + ": " + contents.error().message, exit_bad_module);
    return print("inspect", arguments.json ? inspect::contents_json(*contents, arguments.file)
                                           : inspect::contents_text(*contents, arguments.file));
}

}  // namespace

void add_inspect_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("inspect", "Show what a module or component holds, without running it");
    const auto arguments = std::make_shared<InspectArguments>();
    command->add_option("FILE", arguments->file, "A Wasm module or component, or a BPF object file")->required();
    command->add_flag("--json", arguments->json, "Print JSON (docs/inspect.md)");
    command->footer("Exit codes: 123: the file is no module, or malformed; 125: it cannot be read.");
    command->callback([arguments, &exit_code] { exit_code = run_inspect(*arguments); });
}

}  // namespace wasm_bpf::cli
