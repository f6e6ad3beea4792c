#pragma once

namespace CLI {
class App;
}

namespace wasm_bpf::cli {

// Registers `wasm-bpf check`. Its callback sets the exit code: 0 (it runs), 1 (it does not), 123 or 125.
void add_check_command(CLI::App& app, int& exit_code);

}  // namespace wasm_bpf::cli
