#pragma once
// A network namespace of the test's own, with its loopback up, for the calling thread and the commands that it starts.

namespace wasm_bpf::test {

void enter_own_network_namespace();

}  // namespace wasm_bpf::test
