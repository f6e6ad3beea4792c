// newtool: prints how many packets come in at an interface, by their IP protocol.
#include <linux/types.h>
#include <net/if.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include <wasm_bpf/bpf.hpp>

#include "newtool.h"
#include "newtool.skel.h"

namespace {

constexpr char usage[] =
    "Usage: newtool INTERFACE [INTERVAL [COUNT]]\n"
    "Counts the packets that come in at INTERFACE by protocol; prints every INTERVAL\n"
    "seconds (1), COUNT times (for ever; Ctrl-C ends it).\n";

std::string protocol_name(int protocol) {
    switch (protocol) {
        case 1: return "icmp";
        case 6: return "tcp";
        case 17: return "udp";
        case 58: return "icmp6";
        default: return std::to_string(protocol);
    }
}

void print_traffic(const traffic* traffic) {
    for (int protocol = 0; protocol < PROTOCOLS; protocol++)
        if (traffic[protocol].packets != 0)
            std::printf("%-8s %12llu packets %15llu bytes\n", protocol_name(protocol).c_str(),
                        static_cast<unsigned long long>(traffic[protocol].packets),
                        static_cast<unsigned long long>(traffic[protocol].bytes));
    std::printf("\n");
    std::fflush(stdout);
}

bpf::error run(const char* interface, unsigned interval, unsigned count) {
    const int index = if_nametoindex(interface);
    if (index == 0) return bpf::error::last();
    auto tool = bpf::skeleton<newtool_bpf>::open_and_load();
    if (!tool) return tool.error();
    const auto link = bpf::owned(bpf_program__attach_xdp((*tool)->progs.count_packet, index));
    if (!link) return link.error();
    std::printf("Packets in at %s, in all\n\n", interface);
    std::fflush(stdout);
    for (unsigned i = 0; count == 0 || i < count; i++) {
        sleep(interval);
        print_traffic(reinterpret_cast<const traffic*>(&(*tool)->bss->traffic));
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    const unsigned interval = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1;
    const unsigned count = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 0;  // 0: for ever
    if (argc < 2 || argc > 4 || interval == 0) {
        std::fputs(usage, stderr);
        return 1;
    }
    if (auto error = run(argv[1], interval, count)) {
        std::fprintf(stderr, "newtool: %s: %s\n", argv[1], error.message());
        return 1;
    }
    return 0;
}
