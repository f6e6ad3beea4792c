#pragma once
// rtnetlink: requests to the kernel about routes.

#include <linux/rtnetlink.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "bpf/fd.hpp"
#include "wasm_bpf/error.hpp"

namespace wasm_bpf::bpf {

// A request that is being written: a head of its own type, then attributes, which nest.
class RouteMessage {
public:
    template <typename Head>
    RouteMessage(std::uint16_t type, const Head& head) {
        nlmsghdr start{};
        start.nlmsg_type = type;
        append(&start, sizeof(start));
        append(&head, sizeof(head));
    }

    void add(std::uint16_t type, const void* data, std::size_t size);
    void add_number(std::uint16_t type, std::uint32_t number) { add(type, &number, sizeof(number)); }
    void add_number16(std::uint16_t type, std::uint16_t number) { add(type, &number, sizeof(number)); }
    // The attributes up to close() are inside this one.
    [[nodiscard]] std::size_t open(std::uint16_t type);
    void close(std::size_t opened);

    // Complete with its length and these flags.
    [[nodiscard]] std::vector<std::byte>& bytes(std::uint16_t flags);

private:
    void append(const void* data, std::size_t size);
    std::vector<std::byte> bytes_;
};

// Of the network namespace in which it was opened. Used by one thread at a time.
class RouteSocket {
public:
    static Result<RouteSocket> open();
    // Waits for the kernel's answer, whose text becomes the error's.
    Result<> request(RouteMessage& message, std::uint16_t flags);
    // Asks for a list and hands over each of its messages. False where the list did not come to its end.
    bool list(RouteMessage& message, const std::function<void(const nlmsghdr&)>& each);

private:
    explicit RouteSocket(Fd fd) : fd_(std::move(fd)) {}
    Fd fd_;
};

}  // namespace wasm_bpf::bpf
