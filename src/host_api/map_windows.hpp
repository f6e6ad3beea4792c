#pragma once
// The windows of an object's maps across its load: guest memory bound before, kernel memory after.

#include <vector>

#include "host_api/host_object.hpp"
#include "host_api/window.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::host_api {

struct Host;

// Before load: takes what the guest wrote to the bound memory as initial values, and puts arenas where it is bound; the
// windows of these, which end where load fails.
Result<std::vector<Window>> prepare_windows(Host& host, HostObject& object);
// After load: the bound memory becomes the maps' content.
Result<> open_windows(Host& host, HostObject& object, std::vector<Window> arenas);

}  // namespace wasm_bpf::host_api
