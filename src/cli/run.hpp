#pragma once

namespace CLI {
class App;
}

namespace wasm_bpf::cli {

// Registers `wasm-bpf run`. Its callback sets the exit code.
void add_run_command(CLI::App& app, int& exit_code);

}  // namespace wasm_bpf::cli
