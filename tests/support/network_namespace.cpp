#include "support/network_namespace.hpp"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>

#include <gtest/gtest.h>

#include "bpf/fd.hpp"

namespace wasm_bpf::test {

void enter_own_network_namespace() {
    ASSERT_EQ(unshare(CLONE_NEWNET), 0) << strerror(errno) << " (root is needed)";
    const bpf::Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    ASSERT_EQ(ioctl(socket.get(), SIOCSIFFLAGS, &request), 0) << strerror(errno);
}

}  // namespace wasm_bpf::test
