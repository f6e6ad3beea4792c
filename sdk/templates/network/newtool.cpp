// newtool: prints how many packets come in at an interface, by their IP protocol.
#include <errno.h>
#include <linux/types.h>
#include <net/if.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include <bpf/libbpf.h>

#include "newtool.h"
#include "newtool.skel.h"

namespace {

constexpr char usage[] =
    "Usage: newtool INTERFACE [INTERVAL [COUNT]]\n"
    "Counts the packets that come in at INTERFACE by protocol; prints every INTERVAL\n"
    "seconds (1), COUNT times (for ever; Ctrl-C ends it).\n";

struct FreeTool {
    void operator()(newtool_bpf* tool) const { newtool_bpf__destroy(tool); }
};
using Tool = std::unique_ptr<newtool_bpf, FreeTool>;

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

// Null and errno where that fails.
Tool attached_to(int interface) {
    Tool tool(interface != 0 ? newtool_bpf__open_and_load() : nullptr);
    if (!tool) return nullptr;
    tool->links.count_packet = bpf_program__attach_xdp(tool->progs.count_packet, interface);
    return tool->links.count_packet ? std::move(tool) : nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    const unsigned interval = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1;
    const unsigned count = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 0;  // 0: for ever
    if (argc < 2 || argc > 4 || interval == 0) {
        std::fputs(usage, stderr);
        return 1;
    }
    const Tool tool = attached_to(if_nametoindex(argv[1]));
    if (!tool) {
        std::fprintf(stderr, "newtool: %s: %s\n", argv[1], std::strerror(errno));
        return 1;
    }
    std::printf("Packets in at %s, in all\n\n", argv[1]);
    std::fflush(stdout);
    for (unsigned i = 0; count == 0 || i < count; i++) {
        sleep(interval);
        print_traffic(reinterpret_cast<const traffic*>(&tool->bss->traffic));
    }
    return 0;
}
