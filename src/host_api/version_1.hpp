#pragma once
// The host functions of version 1, one file a noun. What each does is said in guest_abi/imports.cpp.

#include <vector>

#include "engine/engine.hpp"

namespace wasm_bpf::host_api {

[[nodiscard]] std::vector<engine::HostImport> general_imports();
[[nodiscard]] std::vector<engine::HostImport> object_imports();
[[nodiscard]] std::vector<engine::HostImport> map_imports();
[[nodiscard]] std::vector<engine::HostImport> map_setup_imports();   // made, set up before load, frozen
[[nodiscard]] std::vector<engine::HostImport> map_window_imports();  // the content of maps in guest memory
[[nodiscard]] std::vector<engine::HostImport> struct_ops_imports();
[[nodiscard]] std::vector<engine::HostImport> program_imports();
[[nodiscard]] std::vector<engine::HostImport>
program_setting_imports();  // info, what is set before load, logs, test runs
[[nodiscard]] std::vector<engine::HostImport> loaded_program_imports();
[[nodiscard]] std::vector<engine::HostImport> ring_imports();
[[nodiscard]] std::vector<engine::HostImport> kernel_fact_imports();    // BTF queries, symbols, versions
[[nodiscard]] std::vector<engine::HostImport> host_fact_imports();      // process, user, names, time zone
[[nodiscard]] std::vector<engine::HostImport> pin_imports();            // pin, unpin, open_pinned
[[nodiscard]] std::vector<engine::HostImport> map_batch_imports();      // the four batch operations
[[nodiscard]] std::vector<engine::HostImport> link_imports();           // info, update, detach, iterators
[[nodiscard]] std::vector<engine::HostImport> kernel_object_imports();  // cgroups, sockets, namespaces, perf events
[[nodiscard]] std::vector<engine::HostImport> metric_imports();
[[nodiscard]] std::vector<engine::HostImport> signal_imports();
// The six of version 0.
[[nodiscard]] std::vector<engine::HostImport> version_0_imports();

}  // namespace wasm_bpf::host_api
