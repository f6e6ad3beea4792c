#include <cstdlib>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "engine/folder.hpp"
#include "engine/under_test.hpp"
#include "engine/wasm_c_api/wasm_c_api_engine.hpp"
#include "engine/wat.hpp"
#include "support/command.hpp"

namespace wasm_bpf::test {

std::unique_ptr<engine::Engine> make_engine() { return engine::make_wasm_c_api_engine().value(); }

bool tells_stacks() { return false; }

// This engine reads no text.
std::vector<std::byte> wat(std::string_view text) {
    const Folder folder;
    folder.write("guest.wat", std::string(text));
    const std::string module = folder.path() / "guest.wasm";
    Command command({"wat2wasm", "--debug-names", "--enable-multi-memory", "--enable-tail-call",
                     folder.path() / "guest.wat", "-o", module});
    if (command.wait() != 0) {
        fmt::print(stderr, "{}\n{}\n", text, command.error());
        std::abort();
    }
    const std::string wasm = folder.read("guest.wasm");
    const auto* first = reinterpret_cast<const std::byte*>(wasm.data());
    return {first, first + wasm.size()};
}

}  // namespace wasm_bpf::test
