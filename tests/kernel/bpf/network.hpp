#pragma once
// What the tests of the network's kinds share: programs of network.bpf.c that count their runs, sockets, a loopback
// interface of a test's own.

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "bpf/fixture.hpp"
#include "bpf/kernel.hpp"
#include "bpf/places.hpp"

namespace wasm_bpf::bpf::test {

inline constexpr std::uint16_t test_port = 7777;
enum Counter {
    first,
    second,
    netfilter,
    lookup,
    choose,
    verdict,
    route,
    connected,
    egress,
    getsockopt,
    xdp_one,
    xdp_two,
    segment
};

inline sockaddr_in local(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

template <typename T>
std::span<const std::byte> bytes_of(const T& value) {
    return std::as_bytes(std::span(&value, 1));
}

inline Fd socket_at(int type, std::uint16_t port, bool reuse = false) {
    const sockaddr_in address = local(port);
    auto opened = open_socket({.family = AF_INET,
                               .type = type,
                               .reuse_port = reuse,
                               .listen = type == SOCK_STREAM,
                               .address = bytes_of(address)});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : Fd();
}

inline bool send_to(std::uint16_t port, int from = -1) {
    const Fd own(from < 0 ? ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1);
    const sockaddr_in address = local(port);
    const char byte = 'x';
    return ::sendto(from < 0 ? own.get() : from, &byte, 1, 0, reinterpret_cast<const sockaddr*>(&address),
                    sizeof(address)) == 1;
}

inline bool receives(const Fd& socket, int milliseconds = 5000) {
    pollfd waiting{socket.get(), POLLIN, 0};
    char byte;
    return ::poll(&waiting, 1, milliseconds) == 1 && ::recv(socket.get(), &byte, 1, 0) == 1;
}

struct Globals {
    std::uint64_t runs[16];
    std::uint64_t order;
    std::uint32_t chosen;
    std::uint32_t unused;
};

class BpfNetwork : public ::testing::Test {
protected:
    void SetUp() override { object_ = load_object("network"); }
    Program& program(std::string_view name) { return *object_->find_program(name); }
    Globals globals() {
        Globals values{};
        const std::uint32_t key = 0;
        EXPECT_EQ(object_->find_map(".bss")->lookup(&key, &values, 0), 0);
        return values;
    }
    std::uint64_t runs(Counter counter) { return globals().runs[counter]; }
    void set(const Globals& values) {
        const std::uint32_t key = 0;
        ASSERT_EQ(object_->find_map(".bss")->update(&key, &values, 0), 0);
    }
    Result<Link> attach(std::string_view name, AttachTarget target) { return program(name).attach(target); }
    int links(std::string_view name) { return count_links(program_id(program(name))); }
    std::unique_ptr<Object> object_;
};

inline AttachTarget on_loopback(AttachKind kind) {
    AttachTarget target;
    target.kind = kind;
    target.interface_index = 1;
    return target;
}

#define ASSERT_ATTACHED(link) ASSERT_TRUE(link) << (link).error().message

inline void with_loopback(const std::function<void()>& body) {
    in_new_network([&] {
        bring_up_loopback();
        body();
    });
}

}  // namespace wasm_bpf::bpf::test
