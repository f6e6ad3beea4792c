#pragma once

namespace CLI {
class App;
}

namespace wasm_bpf::cli {

// Registers `wasm-bpf compose`. Its callback sets the exit code: 0, 123 or 125.
void add_compose_command(CLI::App& app, int& exit_code);

}  // namespace wasm_bpf::cli
