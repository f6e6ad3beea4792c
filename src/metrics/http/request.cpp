#include "metrics/http/request.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace wasm_bpf::metrics {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return result;
}

// Cuts off what is before `mark`, which goes too; all where there is none.
std::string_view take(std::string_view& rest, char mark) {
    const auto end = rest.find(mark);
    const std::string_view part = rest.substr(0, end);
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    return part;
}

// Of one media range, `q`; 0 where its version is none that there is.
double quality(std::string_view parameters) {
    double result = 1;
    while (!parameters.empty()) {
        std::string_view parameter = take(parameters, ';');
        const std::string name(trimmed(take(parameter, '=')));
        const std::string_view value = trimmed(parameter);
        if (name == "q" && std::from_chars(value.data(), value.data() + value.size(), result).ec != std::errc())
            result = 0;
        if (name == "version" && value != "1.0.0" && value != "0.0.1" && value != "0.0.4") return 0;
    }
    return result;
}

std::string_view reason_of(int status) {
    switch (status) {
        case 200: return "OK";
        case 400: return "Bad Request";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 431: return "Request Header Fields Too Large";
        default: return "Error";
    }
}

}  // namespace

std::size_t head_end(std::string_view received) {
    const auto end = received.find("\r\n\r\n");
    return end == received.npos ? end : end + 4;
}

bool read_request(std::string_view head, Request& request) {
    std::string_view line = trimmed(take(head, '\n'));
    const std::string_view method = take(line, ' ');
    request.target = take(line, ' ');
    if (!line.starts_with("HTTP/1.") || !request.target.starts_with('/')) return false;
    request.target.resize(std::min(request.target.find('?'), request.target.size()));
    request.method = method == "GET"    ? Request::Method::get
                     : method == "HEAD" ? Request::Method::head
                                        : Request::Method::other;
    while (!head.empty()) {
        std::string_view header = take(head, '\n');
        if (lower(take(header, ':')) == "accept")
            request.accept += (request.accept.empty() ? "" : ",") + std::string(trimmed(header));
    }
    return true;
}

MetricFormat format_for(std::string_view accept) {
    const std::string all = lower(accept);
    std::string_view rest = all;
    double openmetrics = 0, plain = 0;
    while (!rest.empty()) {
        std::string_view parameters = take(rest, ',');
        const std::string_view type = trimmed(take(parameters, ';'));
        if (type == "application/openmetrics-text") openmetrics = std::max(openmetrics, quality(parameters));
        if (type == "text/plain") plain = std::max(plain, quality(parameters));
    }
    return openmetrics > 0 && openmetrics >= plain ? MetricFormat::openmetrics : MetricFormat::prometheus;
}

std::string response_text(const Response& response, Request::Method method) {
    std::string text = fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}X-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n\r\n",
        response.status, reason_of(response.status), response.content_type, response.body.size(),
        response.status == 405 ? "Allow: GET, HEAD\r\n" : "");
    if (method != Request::Method::head) text += response.body;
    return text;
}

}  // namespace wasm_bpf::metrics
