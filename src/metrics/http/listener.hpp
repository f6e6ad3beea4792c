#pragma once
// A socket that is listened on, by an address as a user writes it.

#include <string>
#include <string_view>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::metrics {

class Listener {
public:
    // `address`: HOST:PORT, [HOST]:PORT for an IPv6 address, PORT or :PORT (on 127.0.0.1), port 0 for any that is free;
    // or unix:PATH, a socket that its owner alone may use; one that nobody listens on any more is replaced.
    static Result<Listener> open(std::string_view address);
    Listener(Listener&&) noexcept = default;
    Listener& operator=(Listener&&) noexcept = default;
    // Removes the socket's file, where this process still may.
    ~Listener();

    [[nodiscard]] int fd() const { return fd_.get(); }
    // "http://127.0.0.1:9090/metrics", or "unix:PATH".
    [[nodiscard]] std::string url() const;

private:
    Listener(bpf::Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
    static Result<Listener> open_unix(const std::string& path);
    static Result<Listener> open_tcp(std::string_view address);

    bpf::Fd fd_;
    std::string path_;  // of a Unix socket
};

}  // namespace wasm_bpf::metrics
