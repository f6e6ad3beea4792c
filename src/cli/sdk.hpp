#pragma once

namespace CLI {
class App;
}

namespace wasm_bpf::cli {

// Registers `wasm-bpf sdk`. Its callback sets the exit code: 0 or 125.
void add_sdk_command(CLI::App& app, int& exit_code);

}  // namespace wasm_bpf::cli
