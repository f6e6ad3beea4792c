#pragma once

namespace CLI {
class App;
}

namespace wasm_bpf::cli {

// Registers `wasm-bpf build`. Its callback sets the exit code: 0; 1 where the user's sources do not compile; 125.
void add_build_command(CLI::App& app, int& exit_code);

}  // namespace wasm_bpf::cli
