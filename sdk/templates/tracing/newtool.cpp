// newtool: prints every program that is started.
#include <getopt.h>
#include <linux/types.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <wasm_bpf/bpf.hpp>

#include "newtool.h"
#include "newtool.skel.h"

namespace {

constexpr char usage[] =
    "Usage: newtool [-u UID] [-n EVENTS]\n"
    "Prints every program that is started; Ctrl-C ends it.\n"
    "  -u UID     of this user alone\n"
    "  -n EVENTS  end after so many\n"
    "  -h         this text\n";

// `events`: after how many it ends; 0: never.
bpf::error run(bpf::skeleton<newtool_bpf>& tool, unsigned long events) {
    auto ring = bpf::ring::open<event>(tool->maps.events, [&](const event& e) {
        std::printf("%-7u %-6u %-16s %s\n", e.pid, e.uid, e.comm, e.filename);
        return events != 0 && --events == 0 ? -ECANCELED : 0;
    });
    if (!ring) return ring.error();
    if (auto error = tool.attach()) return error;
    std::printf("%-7s %-6s %-16s %s\n", "PID", "UID", "COMM", "FILE");
    for (;;) {
        std::fflush(stdout);
        if (auto polled = ring->poll(-1); !polled)
            return polled.error().code() == ECANCELED ? bpf::error() : polled.error();
    }
}

}  // namespace

int main(int argc, char** argv) {
    auto tool = bpf::skeleton<newtool_bpf>::open();
    bpf::error error = tool.error();
    unsigned long events = 0;
    for (int option; !error && (option = getopt(argc, argv, "u:n:h")) != -1;) {
        switch (option) {
            case 'u': (*tool)->rodata->only_uid = std::strtoul(optarg, nullptr, 10); break;
            case 'n': events = std::strtoul(optarg, nullptr, 10); break;
            case 'h': std::fputs(usage, stdout); return 0;
            default: std::fputs(usage, stderr); return 1;
        }
    }
    if (!error) error = tool->load();
    if (!error) error = run(*tool, events);
    if (error) std::fprintf(stderr, "newtool: %s\n", error.message());
    return error ? 1 : 0;
}
