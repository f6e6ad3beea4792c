#pragma once

namespace CLI {
class App;
}

namespace wasm_bpf::cli {

// Registers `wasm-bpf gen` with its own subcommands (`skeleton`). Their callbacks set the exit code: 0 or 125.
void add_gen_command(CLI::App& app, int& exit_code);

}  // namespace wasm_bpf::cli
