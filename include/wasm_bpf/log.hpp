#pragma once
// Where the library says what a person should know. The library itself never prints.

#include <functional>
#include <string_view>

namespace wasm_bpf {

enum class LogLevel { error, warning };

// Gets one message, without a newline at its end; a message may have several lines. Called on the thread that runs the
// guest. Must not call back into the guest.
using LogSink = std::function<void(LogLevel, std::string_view)>;

}  // namespace wasm_bpf
