#pragma once
// One request over a socket, as bytes.

#include <string>

namespace wasm_bpf::test {

// What the server answers, head and body; empty where it cannot be reached, or said nothing for 20 seconds. `url`: what
// the command says, as http://127.0.0.1:9090/metrics or unix:PATH.
[[nodiscard]] std::string http_answer(const std::string& url, const std::string& request);
// The body of a GET of /metrics.
[[nodiscard]] std::string http_body(const std::string& url, const std::string& accept = "");
// A connected socket, for those who want more of it; -1.
[[nodiscard]] int http_connect(const std::string& url);

}  // namespace wasm_bpf::test
