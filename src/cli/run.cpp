#include "cli/run.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "bpf/kernel_btf.hpp"
#include "bpf/left_overs.hpp"
#include "bpf/token.hpp"
#include "cli/exit_codes.hpp"
#include "cli/metrics_option.hpp"
#include "cli/plugs.hpp"
#include "cli/policy_options.hpp"
#include "cli/stop_watch.hpp"
#include "cli/usage.hpp"
#include "engine/wasmtime/wasmtime_engine.hpp"
#include "host_api/window.hpp"
#include "runtime/carried_btf.hpp"
#include "runtime/file.hpp"
#include "runtime/grants.hpp"
#include "runtime/guest.hpp"
#include "runtime/module_cache.hpp"
#include "runtime/privilege.hpp"

namespace wasm_bpf::cli {
namespace {

struct RunOptions {
    PolicyOptions policy;
    std::vector<std::string> kept_capabilities;
    std::string btf_path;
    std::string token_path;
    std::string metrics_address;
    std::vector<std::string> plugs;
    bool no_cache = false;
    bool no_windows = false;
};

void say(std::string_view message) { fmt::print(stderr, "wasm-bpf: {}\n", message); }

int exit_code_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::bad_module: return exit_bad_module;
        case ErrorKind::denied: return exit_denied;
        case ErrorKind::missing_privilege: return exit_missing_privilege;
        case ErrorKind::trap: return exit_trap;
        case ErrorKind::failed:
        case ErrorKind::stopped: break;
    }
    return exit_failure;
}

int report(const Error& error) {
    say(error.message);
    return exit_code_of(error.kind);
}

// What is opened with the privileges that the process starts with.
struct OpenedFiles {
    runtime::FileContent module;
    Plugs plugs;
    std::string composed;  // of the module and its plugs, where it has any
    std::shared_ptr<const runtime::CacheFolder> modules;
    std::shared_ptr<const runtime::CacheFolder> kernel_types;
    std::optional<runtime::ReadableFile> btf;
    bpf::Fd token_folder;
    std::optional<metrics::Listener> metrics;
};

// Of that name in the cache; null where there is to be none, or it cannot be had.
std::shared_ptr<const runtime::CacheFolder> open_cache(const RunOptions& options, std::string_view name) {
    const auto folder = options.no_cache ? std::filesystem::path() : runtime::CacheFolder::default_folder(name);
    if (folder.empty()) return {};
    auto cache = runtime::CacheFolder::open(folder);
    if (cache) return std::make_shared<runtime::CacheFolder>(std::move(*cache));
    say(fmt::format("not using the cache: {}", cache.error().message));
    return {};
}

Result<OpenedFiles> open_files(const std::string& module_path, const RunOptions& options) {
    auto module = runtime::FileContent::open(module_path);
    if (!module) return fail(module.error().errno_code, module.error().message, ErrorKind::bad_module);
    auto plugs = Plugs::open(options.plugs);
    if (!plugs) return std::unexpected(std::move(plugs).error());
    OpenedFiles files{std::move(*module), std::move(*plugs), {}, open_cache(options, "modules"), {}, {}, {}, {}};
    if (files.modules) files.kernel_types = open_cache(options, "kernel-types");
    if (!options.btf_path.empty()) {
        auto btf = runtime::ReadableFile::open(options.btf_path);
        if (!btf) return std::unexpected(std::move(btf).error().in("--btf"));
        files.btf = std::move(*btf);
    }
    if (!options.token_path.empty()) {
        // Whether it gives any is said now, and not by the guest's first load.
        if (auto token = bpf::create_token(options.token_path); !token)
            return std::unexpected(std::move(token).error().in("--token"));
        files.token_folder = bpf::Fd(::open(options.token_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    if (!options.metrics_address.empty()) {
        auto listener = metrics::Listener::open(options.metrics_address);
        if (!listener) return std::unexpected(std::move(listener).error().in("--metrics"));
        files.metrics = std::move(*listener);
    }
    return files;
}

// By its own path where it can still be reached by that.
std::filesystem::path token_path_of(const RunOptions& options, const OpenedFiles& files) {
    if (options.token_path.empty() || ::access(options.token_path.c_str(), R_OK) == 0) return options.token_path;
    return fmt::format("/proc/self/fd/{}", files.token_folder.get());
}

Result<> give_up_privileges(const RunOptions& options, const runtime::GuestOptions& guest) {
    auto kept = runtime::permitted_by_name(options.kept_capabilities);
    if (!kept) return std::unexpected(std::move(kept).error().in("--keep-capability"));
    const auto& directories = guest.wasi.directories;
    return runtime::give_up_privileges({
        .policy = guest.host.policy,
        .reads_directories = !directories.empty(),
        .writes_directories = std::ranges::any_of(
            directories, [](const auto& each) { return each.access == engine::Directory::Access::read_write; }),
        .also = *kept,
    });
}

// What is run.
std::span<const std::byte> guest_bytes(const OpenedFiles& files) {
    return files.plugs.empty() ? files.module.bytes() : std::as_bytes(std::span(files.composed));
}

Result<std::unique_ptr<engine::Module>> load_module(engine::Engine& engine, const OpenedFiles& files) {
    const auto wasm = guest_bytes(files);
    return files.modules ? runtime::compile_or_look_up(engine, wasm, *files.modules) : engine.compile(wasm);
}

int report_ending(const engine::Ending& ending, const RunOptions& options,
                  const std::optional<std::chrono::milliseconds>& timeout, const StopWatch& stop_watch) {
    if (!ending.error) return ending.exit_code;
    const Error& error = *ending.error;
    if (error.kind == ErrorKind::stopped) {
        if (error.errno_code == EPIPE) return exit_signal + SIGPIPE;
        if (!stop_watch.timed_out()) return ending.exit_code;
        say(fmt::format("ended by {} after {} s", options.policy.timeout_s > 0 ? "--timeout" : "the policy's time",
                        static_cast<double>(timeout->count()) / 1000));
        return exit_timeout;
    }
    if (error.kind != ErrorKind::trap) return report(error);
    say(fmt::format("the guest trapped: {}", error.message));
    if (!ending.stack.empty()) fmt::print(stderr, "Wasm stack, innermost function first:\n");
    for (std::size_t i = 0; i < ending.stack.size(); i++) fmt::print(stderr, "{:>4}: {}\n", i, ending.stack[i]);
    return exit_trap;
}

void log_to_stderr(LogLevel level, std::string_view message) {
    say(level == LogLevel::warning ? fmt::format("warning: {}", message) : std::string(message));
}

int run(const RunOptions& options, const std::vector<std::string>& module_and_arguments) {
    StopWatch stop_watch;  // before any thread is there
    runtime::GuestOptions guest_options;
    auto policy = policy_of(options.policy);
    if (!policy) return report(policy.error());
    const std::optional<std::chrono::milliseconds> timeout = policy->time();
    auto wasi = runtime::granted_by(*policy);
    if (!wasi) return report(wasi.error());
    guest_options.wasi = std::move(*wasi);
    guest_options.wasi.arguments = module_and_arguments;
    guest_options.memory_limit_bytes = policy->limit(policy::RuleId::memory);
    guest_options.host.policy = std::move(*policy);
    guest_options.host.log = log_to_stderr;
    guest_options.ignored_signals = stop_watch.ignored_signals();
    if (options.no_windows) guest_options.host.windows = host_api::Windows::refused;

    const auto records = bpf::left_overs_folder();
    bpf::remove_left_overs(records, log_to_stderr);
    bpf::keep_left_over_records(records, log_to_stderr);

    // Capabilities are a thread's own: they go while this is the only one, and the others inherit what is left.
    auto files = open_files(module_and_arguments.front(), options);
    if (!files) return report(files.error());
    if (auto given_up = give_up_privileges(options, guest_options); !given_up) return report(given_up.error());
    if (!files->plugs.empty()) {
        auto composed = files->plugs.plugged_into(module_and_arguments.front(), files->module.bytes(),
                                                  component_file::Missing::refused);
        if (!composed) return report(composed.error());
        files->composed = std::move(*composed);
    }
    if (!files->btf && !bpf::kernel_has_btf()) {
        auto carried = runtime::carried_kernel_types(guest_bytes(*files));
        files->btf = std::move(carried.file);
        guest_options.host.no_btf_reason = std::move(carried.why_not);
    }
    if (files->btf) {
        auto btf_path = files->btf->path();
        if (!btf_path) return report(btf_path.error());
        guest_options.host.btf_path = *btf_path;
    }
    guest_options.host.token_path = token_path_of(options, *files);
    guest_options.host.btf_store = files->kernel_types;

    host_api::install_window_fault_handler();
    auto engine = engine::make_wasmtime_engine();
    if (!engine) return report(engine.error());
    auto module = load_module(**engine, *files);
    if (!module) return report(std::move(module).error().in(module_and_arguments.front()));
    auto guest = runtime::Guest::load(**engine, **module, std::move(guest_options));
    if (!guest) return report(std::move(guest).error().in(module_and_arguments.front()));

    std::unique_ptr<metrics::Server> metrics_server;
    if (files->metrics) {
        auto server = serve_metrics(std::move(*files->metrics), module_and_arguments.front(), (*guest)->metrics());
        if (!server) return report(server.error());
        metrics_server = std::move(*server);
    }
    stop_watch.start(timeout, [&](int signal) { return (*guest)->signal(signal); }, [&] { (*guest)->stop(); });
    engine::Ending ending = (*guest)->run();
    stop_watch.finish();
    metrics_server.reset();
    guest->reset();
    if (ending.error && ending.error->kind == ErrorKind::bad_module) {
        if (ending.error->errno_code == ENOMEM) ending.error->message += "; --memory gives it more";
        ending.error = std::move(*ending.error).in(module_and_arguments.front());
    }
    return report_ending(ending, options, timeout, stop_watch);
}

}  // namespace

void add_run_command(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<RunOptions>();
    CLI::App* command = app.add_subcommand("run", "Run a module. `wasm-bpf MODULE [ARGS...]` is short for it.");
    set_usage(*command,
              "Usage: wasm-bpf run [OPTIONS] MODULE [ARGS...]\n       wasm-bpf MODULE [ARGS...]\n\n"
              "What follows MODULE belongs to the guest.");
    command->prefix_command();
    add_policy_options(*command, options->policy);
    command
        ->add_option("--btf", options->btf_path,
                     "The kernel's BTF, where the kernel itself has none; default: what the module carries of it")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    command
        ->add_option("--token", options->token_path,
                     "A BPF file system that gives tokens, for a user namespace; default: /sys/fs/bpf if it does")
        ->type_name("PATH");
    command
        ->add_option("--keep-capability", options->kept_capabilities,
                     "Keep a privilege that guests seldom need, as CAP_SYS_PTRACE")
        ->type_name("CAP")
        ->take_all()
        ->allow_extra_args(false);
    command
        ->add_option("--metrics", options->metrics_address,
                     "Serve the guest's metrics and the runtime's own at HOST:PORT, PORT (of 127.0.0.1; 0: a free one, "
                     "which is said) or unix:PATH: /metrics, for Prometheus")
        ->type_name("ADDR");
    command
        ->add_option("--plug", options->plugs,
                     "A component that exports what MODULE, a component, or another plug imports, by the interface's "
                     "name")
        ->type_name("FILE")
        ->take_all()
        ->allow_extra_args(false);
    command->add_flag("--no-cache", options->no_cache, "Compile the module anew and keep nothing on disk");
    command->add_flag(
        "--no-windows", options->no_windows,
        "Give the guest copies in the place of the kernel's own memory, as engines do whose memory moves");
    command->callback([command, options, &exit_code] {
        order_statements(*command, options->policy);
        auto rest = command->remaining();
        if (rest.empty()) throw CLI::RequiredError("MODULE");
        if (rest.front().starts_with('-')) throw CLI::ExtrasError({rest.front()});
        exit_code = run(*options, rest);
    });
}

}  // namespace wasm_bpf::cli
