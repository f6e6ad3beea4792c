#include "cli/check.hpp"

#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "bpf/kernel_btf.hpp"
#include "bpf/target_kernel.hpp"
#include "cli/print.hpp"
#include "command/exit_codes.hpp"
#include "inspect/check_report.hpp"
#include "runtime/carried_btf.hpp"
#include "runtime/file.hpp"

namespace wasm_bpf::cli {
namespace {

constexpr int does_not_run = 1;

struct CheckArguments {
    std::string file;
    std::string btf;
    std::string kernel_version;
    bool json = false;
};

// "6.1" or "6.1.20"; 0 for anything else.
std::uint32_t read_version(const std::string& text) {
    unsigned major = 0, minor = 0, patch = 0;
    char more = 0;
    const int read = std::sscanf(text.c_str(), "%3u.%3u.%3u%c", &major, &minor, &patch, &more);
    if (read < 2 || read > 3 || minor > 255 || patch > 255) return 0;
    return (major << 16) + (minor << 8) + patch;
}

// With what the module carries, where the kernel has no BTF.
Result<bpf::TargetKernel> running_kernel(std::span<const std::byte> file, bool is_module) {
    if (!is_module || bpf::kernel_has_btf()) return bpf::TargetKernel::running();
    auto carried = runtime::carried_kernel_types(file);
    if (!carried.file) return bpf::TargetKernel::running("", std::move(carried.why_not));
    const auto path = carried.file->path();
    if (!path) return std::unexpected(path.error());
    return bpf::TargetKernel::running(*path);
}

Result<bpf::TargetKernel> described_kernel(const CheckArguments& arguments) {
    const std::uint32_t version = read_version(arguments.kernel_version);
    if (version == 0 && !arguments.kernel_version.empty())
        return fail(EINVAL, fmt::format("--kernel-version {}: it must be as 6.1 or 6.1.20", arguments.kernel_version));
    auto kernel = bpf::TargetKernel::described(arguments.btf, version);
    if (!kernel) return std::unexpected(std::move(kernel).error().in("--btf"));
    return kernel;
}

int run_check(const CheckArguments& arguments) {
    const auto file = runtime::FileContent::open(arguments.file);
    if (!file) return report("check", file.error().message, exit_failure);
    const auto contents = inspect::read_contents(file->bytes());
    if (!contents) return report("check", arguments.file + ": " + contents.error().message, exit_bad_module);
    const bool running = arguments.btf.empty() && arguments.kernel_version.empty();
    const auto kernel =
        running ? running_kernel(file->bytes(), contents->module.has_value()) : described_kernel(arguments);
    if (!kernel) return report("check", kernel.error().message, exit_failure);
    const inspect::CheckReport found = inspect::check(*contents, *kernel);
    return print(
        "check",
        arguments.json ? inspect::check_json(found, arguments.file) : inspect::check_text(found, arguments.file),
        found.runs() ? 0 : does_not_run);
}

}  // namespace

void add_check_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("check", "Say whether a module runs on this kernel, or on another");
    const auto arguments = std::make_shared<CheckArguments>();
    command->add_option("FILE", arguments->file, "A Wasm module or component, or a BPF object file")->required();
    command->add_option("--btf", arguments->btf, "Check against the kernel of this BTF, not the running one")
        ->type_name("FILE");
    command->add_option("--kernel-version", arguments->kernel_version, "And of this version, as 6.1")->type_name("X.Y");
    command->add_flag("--json", arguments->json, "Print JSON (docs/inspect.md)");
    command->footer(
        "Nothing of the module is loaded. The running kernel is asked by throwaway programs and maps of the command's\n"
        "own, where it may make such; of another kernel nothing is asked.\n"
        "Exit codes: 0: it runs; 1: it does not; 123: the file is no module, or malformed; 125: something else "
        "failed.");
    command->callback([arguments, &exit_code] { exit_code = run_check(*arguments); });
}

}  // namespace wasm_bpf::cli
