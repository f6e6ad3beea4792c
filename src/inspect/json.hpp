#pragma once
// JSON as this command prints it.

#include <string>

#include <nlohmann/json.hpp>

namespace wasm_bpf::inspect {

using Json = nlohmann::ordered_json;

// Indented, with a newline at its end. Names come from files: what is no UTF-8 in them is replaced.
[[nodiscard]] inline std::string json_text(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wasm_bpf::inspect
