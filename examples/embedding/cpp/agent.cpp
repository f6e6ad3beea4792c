// Loads a plugin, with a function for it to call and a policy that holds it; calls it, and ends it.
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include <wasm_bpf/guest.hpp>

namespace {

template <typename T>
T value(wasm_bpf::Result<T> result) {
    if (result) return std::move(*result);
    std::cerr << "agent: " << result.error().message << '\n';
    std::exit(1);
}
void check(const wasm_bpf::Result<>& result) {
    if (result) return;
    std::cerr << "agent: " << result.error().message << '\n';
    std::exit(1);
}

const char* amount(std::int64_t count) { return count > 0 ? "some" : "none"; }

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const auto runtime = value(wasm_bpf::Runtime::create());
    const auto module = value(runtime.compile_file(argv[1]));

    wasm_bpf::GuestOptions options;
    for (const char* rule : {"programs=tracepoint", "attach.kinds=tracepoint",
                             "attach.tracepoints=sched/sched_process_exec", "maps.types=array"})
        check(options.policy.allow(rule));
    // This plugin writes whole lines; a write may be a part of one.
    options.output = options.error =
        wasm_bpf::Output::to([&](std::string_view text) { std::cout << '[' << module.name() << "] " << text; });
    std::atomic<bool> reported = false;
    options.functions.push_back(wasm_bpf::host_function(
        "agent", "report",
        [&](wasm_bpf::GuestCall& plugin, std::uint32_t name, std::uint32_t size,
            std::int64_t count) -> wasm_bpf::Result<std::int32_t> {
            auto text = plugin.text(name, size);
            if (!text) return std::unexpected(text.error());  // it ends the plugin
            std::cout << "[agent] " << *text << ": " << amount(count) << '\n';
            reported = true;
            reported.notify_all();
            return 0;
        }));

    auto plugin = value(wasm_bpf::Guest::create(module, std::move(options)));
    check(plugin.start());
    // A program is started until the plugin, which may not be attached yet, has told of one.
    std::int64_t started = 0;
    while (started == 0) {
        if (std::system("true") != 0) return 1;
        started = std::get<std::int64_t>(value(plugin.call("started", {})).at(0));
    }
    reported.wait(false);
    std::cout << "[agent] asked, it says: " << amount(started) << '\n';

    plugin.signal(SIGTERM);
    const auto ending = value(plugin.wait_for(std::chrono::seconds(5)));
    std::cout << "[agent] ended: " << (ending.error ? ending.error->message : std::to_string(ending.exit_code)) << '\n';
}
