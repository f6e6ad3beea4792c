#pragma once

namespace CLI {
class App;
}

namespace wasm_bpf::cli {

// Registers `wasm-bpf probe`. Its callback sets the exit code: 0, 121 or 125.
void add_probe_command(CLI::App& app, int& exit_code);

}  // namespace wasm_bpf::cli
