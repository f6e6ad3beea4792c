#pragma once
// As much of HTTP/1.1 (RFC 9110, RFC 9112) as a scrape takes.

#include <cstddef>
#include <string>
#include <string_view>

#include "wasm_bpf/metrics.hpp"

namespace wasm_bpf::metrics {

inline constexpr std::size_t max_request_bytes = 8 << 10;

// What a request's head asks for.
struct Request {
    enum class Method { get, head, other } method = Method::other;
    std::string target;  // without a query
    std::string accept;  // of all such headers
};

// Whether the head is all there: where it ends.
[[nodiscard]] std::size_t head_end(std::string_view received);
// False where it is no HTTP/1 request.
[[nodiscard]] bool read_request(std::string_view head, Request& request);

// OpenMetrics where the client prefers it to plain text, or takes it alone; else Prometheus' own.
[[nodiscard]] MetricFormat format_for(std::string_view accept);

struct Response {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body{};
};
// As bytes to send; the connection ends after it.
[[nodiscard]] std::string response_text(const Response& response, Request::Method method);

}  // namespace wasm_bpf::metrics
