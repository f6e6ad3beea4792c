#pragma once
// Where a guest wants something attached: struct wasm_bpf_attach_options, checked, and asked of the policy.

#include <cstdint>

#include "bpf/link.hpp"
#include "bpf/program.hpp"
#include "host_api/host.hpp"
#include "sdk/c/include/wasm_bpf/abi_types.h"

namespace wasm_bpf::host_api {

// EINVAL, with its name, for a member that the kind has no use for; EBADF for a handle of the wrong kind.
[[nodiscard]] Result<bpf::AttachTarget> read_attach_options(Host& host, const wasm_bpf_attach_options& options);

// Kind denied where the policy does not allow one of the places of a resolved target (Program::resolve).
[[nodiscard]] Result<> check_places(const Host& host, const bpf::Program& program, const bpf::AttachTarget& resolved);

// Attaches a program of the object where the policy allows it; both versions of the ABI attach by this alone.
[[nodiscard]] Result<bpf::Link> attach_if_allowed(Host& host, const HostObject& object, bpf::Program& program,
                                                  const bpf::AttachTarget& target);

}  // namespace wasm_bpf::host_api
