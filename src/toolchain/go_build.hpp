#pragma once
// Guests in Go: modules of Go's own kind.

#include <filesystem>

#include "toolchain/guest_steps.hpp"
#include "toolchain/sources.hpp"

namespace wasm_bpf::toolchain {

// Puts the skeletons and objects beside the package's sources, as bpf2go does, and has the standard Go compiler build
// the package. Where the SDK's module lies says a go.work beside go.mod, which is written here unless the user has one:
// with it `go build`, `go vet` and editors work too.
BuildResult<> build_go_guest(GuestSteps& steps, const Sources& sources, const std::filesystem::path& output);

}  // namespace wasm_bpf::toolchain
