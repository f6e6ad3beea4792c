#include "command/run_guest.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/kernel_btf.hpp"
#include "bpf/left_overs.hpp"
#include "bpf/token.hpp"
#include "command/exit_codes.hpp"
#include "command/stop_watch.hpp"
#include "host_api/window.hpp"
#include "runtime/carried_btf.hpp"
#include "runtime/file.hpp"
#include "runtime/grants.hpp"
#include "runtime/guest.hpp"
#include "runtime/module_cache.hpp"
#include "runtime/privilege.hpp"

namespace wasm_bpf::command {
namespace {

void say(std::string_view message) { fmt::print(stderr, "wasm-bpf: {}\n", printable_lines(message)); }

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

// What is opened with the privileges that the process starts with.
struct OpenedFiles {
    runtime::FileContent module;
    std::string composed;  // where more than the module is run
    std::shared_ptr<const runtime::CacheFolder> modules;
    std::shared_ptr<const runtime::CacheFolder> kernel_types;
    std::optional<runtime::ReadableFile> btf;
    bpf::Fd token_folder;
};

// Of that name in the cache; null where it cannot be had.
std::shared_ptr<const runtime::CacheFolder> open_cache(std::string_view name) {
    const auto folder = runtime::CacheFolder::default_folder(name);
    if (folder.empty()) return {};
    auto cache = runtime::CacheFolder::open(folder);
    if (cache) return std::make_shared<runtime::CacheFolder>(std::move(*cache));
    say(fmt::format("not using the cache: {}", cache.error().message));
    return {};
}

Result<OpenedFiles> open_files(const std::string& module_path, const RunRequest& request) {
    auto module = runtime::FileContent::open(module_path);
    if (!module) return fail(module.error().errno_code, module.error().message, ErrorKind::bad_module);
    OpenedFiles files{std::move(*module), {}, {}, {}, {}, {}};
    if (request.cache == Cache::all) files.modules = open_cache("modules");
    if (files.modules || request.cache == Cache::kernel_types) files.kernel_types = open_cache("kernel-types");
    if (!request.btf_path.empty()) {
        auto btf = runtime::ReadableFile::open(request.btf_path);
        if (!btf) return std::unexpected(std::move(btf).error().in("--btf"));
        files.btf = std::move(*btf);
    }
    if (!request.token_path.empty()) {
        // Whether it gives any is said now, and not by the guest's first load.
        if (auto token = bpf::create_token(request.token_path); !token)
            return std::unexpected(std::move(token).error().in("--token"));
        files.token_folder = bpf::Fd(::open(request.token_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    return files;
}

// By its own path where it can still be reached by that.
std::filesystem::path token_path_of(const RunRequest& request, const OpenedFiles& files) {
    if (request.token_path.empty() || ::access(request.token_path.c_str(), R_OK) == 0) return request.token_path;
    return fmt::format("/proc/self/fd/{}", files.token_folder.get());
}

Result<> give_up_privileges(const RunRequest& request, const runtime::GuestOptions& guest) {
    auto kept = runtime::permitted_by_name(request.kept_capabilities);
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
    return files.composed.empty() ? files.module.bytes() : std::as_bytes(std::span(files.composed));
}

Result<std::unique_ptr<engine::Module>> load_module(engine::Engine& engine, const OpenedFiles& files) {
    const auto wasm = guest_bytes(files);
    return files.modules ? runtime::compile_or_look_up(engine, wasm, *files.modules) : engine.compile(wasm);
}

int report_ending(const engine::Ending& ending, const RunRequest& request,
                  const std::optional<std::chrono::milliseconds>& timeout, const StopWatch& stop_watch) {
    if (!ending.error) return ending.exit_code;
    const Error& error = *ending.error;
    if (error.kind == ErrorKind::stopped) {
        if (error.errno_code == EPIPE) return exit_signal + SIGPIPE;
        if (!stop_watch.timed_out()) return ending.exit_code;
        say(fmt::format("ended by {} after {} s", request.policy.timeout_s > 0 ? "--timeout" : "the policy's time",
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

}  // namespace

int report(const Error& error) {
    say(error.message);
    return exit_code_of(error.kind);
}

int run_guest(const RunRequest& request) {
    const std::vector<std::string>& module_and_arguments = request.module_and_arguments;
    StopWatch stop_watch;  // before any thread is there
    runtime::GuestOptions guest_options;
    auto policy = policy_of(request.policy);
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
    if (request.no_windows) guest_options.host.windows = host_api::Windows::refused;

    const auto records = bpf::left_overs_folder();
    bpf::remove_left_overs(records, log_to_stderr);
    bpf::keep_left_over_records(records, log_to_stderr);

    // Capabilities are a thread's own: they go while this is the only one, and the others inherit what is left.
    auto files = open_files(module_and_arguments.front(), request);
    if (!files) return report(files.error());
    if (auto given_up = give_up_privileges(request, guest_options); !given_up) return report(given_up.error());
    if (request.compose) {
        auto composed = request.compose(files->module.bytes());
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
    guest_options.host.token_path = token_path_of(request, *files);
    guest_options.host.btf_store = files->kernel_types;

    host_api::install_window_fault_handler();
    auto engine = request.make_engine();
    if (!engine) return report(engine.error());
    auto module = load_module(**engine, *files);
    if (!module) return report(std::move(module).error().in(module_and_arguments.front()));
    auto guest = runtime::Guest::load(**engine, **module, std::move(guest_options));
    if (!guest) return report(std::move(guest).error().in(module_and_arguments.front()));

    std::shared_ptr<void> beside;
    if (request.beside) {
        auto started = request.beside(**guest);
        if (!started) return report(started.error());
        beside = std::move(*started);
    }
    stop_watch.start(timeout, [&](int signal) { return (*guest)->signal(signal); }, [&] { (*guest)->stop(); });
    engine::Ending ending = (*guest)->run();
    stop_watch.finish();
    beside.reset();
    guest->reset();
    if (ending.error && ending.error->kind == ErrorKind::bad_module) {
        if (ending.error->errno_code == ENOMEM) ending.error->message += "; --memory gives it more";
        ending.error = std::move(*ending.error).in(module_and_arguments.front());
    }
    return report_ending(ending, request, timeout, stop_watch);
}

}  // namespace wasm_bpf::command
