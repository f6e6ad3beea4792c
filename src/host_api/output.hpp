#pragma once
// Standard output and error, written as a native tool's are: at once, and interrupted by what ends the guest or has a
// handler of a signal run.

#include <sys/uio.h>

#include <cstddef>
#include <span>

#include "host_api/host.hpp"

namespace wasm_bpf::host_api {

// All of it, as a blocking write has it; less where a handler ran that wants the call to end. The bytes written, or a
// negative errno where it was none. An error ends the guest: it is stopped, or nobody reads its standard output. `fd`:
// 1 or 2. Changes `parts`.
[[nodiscard]] Result<ssize_t> write_output(Host& host, int fd, std::span<iovec> parts);

// All of it, whatever handlers want: a guest that is asked to stop prints its last lines. 0, or an errno.
[[nodiscard]] Result<int> write_all_output(Host& host, int fd, std::span<const std::byte> bytes);

}  // namespace wasm_bpf::host_api
