#include "support/http_get.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "bpf/fd.hpp"

namespace wasm_bpf::test {

int http_connect(const std::string& url) {
    const bool is_unix = url.starts_with("unix:");
    bpf::Fd fd(::socket(is_unix ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{20, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    int failed;
    if (is_unix) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        url.substr(5).copy(address.sun_path, sizeof(address.sun_path) - 1);
        failed = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    } else {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        const auto begin = url.find("//") + 2, colon = url.find(':', begin);
        if (::inet_pton(AF_INET, url.substr(begin, colon - begin).c_str(), &address.sin_addr) != 1) return -1;
        address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1))));
        failed = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    }
    return failed == 0 ? fd.release() : -1;
}

std::string http_answer(const std::string& url, const std::string& request) {
    const bpf::Fd fd(http_connect(url));
    if (!fd.valid() || ::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0) return "";
    std::string answer;
    char room[65536];
    for (ssize_t size; (size = ::recv(fd.get(), room, sizeof(room), 0)) > 0;)
        answer.append(room, static_cast<std::size_t>(size));
    return answer;
}

std::string http_body(const std::string& url, const std::string& accept) {
    const std::string answer = http_answer(
        url, "GET /metrics HTTP/1.1\r\nHost: x\r\n" + (accept.empty() ? "" : "Accept: " + accept + "\r\n") + "\r\n");
    const auto end = answer.find("\r\n\r\n");
    return answer.starts_with("HTTP/1.1 200") && end != answer.npos ? answer.substr(end + 4) : "";
}

}  // namespace wasm_bpf::test
