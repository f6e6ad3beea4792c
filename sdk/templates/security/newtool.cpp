// newtool: denies the start of programs of one name, and prints who tried.
#include <linux/types.h>

#include <cstdio>
#include <cstring>
#include <string_view>

#include <wasm_bpf/bpf.hpp>

#include "newtool.h"
#include "newtool.skel.h"

namespace {

constexpr char usage[] =
    "Usage: newtool PROGRAM\n"
    "Denies the start of every program whose file's name is PROGRAM, wherever it lies, and\n"
    "prints who tried; Ctrl-C ends it.\n";

bpf::error run(bpf::skeleton<newtool_bpf>& tool) {
    auto ring = bpf::ring::open<event>(tool->maps.events, [](const event& e) {
        std::printf("%-7u %-6u %-16s denied: %s\n", e.pid, e.uid, e.comm, e.program);
    });
    if (!ring) return ring.error();
    if (auto error = tool.attach()) return error;
    std::printf("%-7s %-6s %-16s %s\n", "PID", "UID", "COMM", "WHAT");
    for (;;) {
        std::fflush(stdout);
        if (auto polled = ring->poll(-1); !polled) return polled.error();
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view name = argc == 2 ? argv[1] : "";
    if (name.empty() || name.size() >= NAME_BYTES) {
        std::fputs(usage, stderr);
        return 1;
    }
    auto tool = bpf::skeleton<newtool_bpf>::open();
    bpf::error error = tool.error();
    if (!error) {
        std::memcpy((void*)&(*tool)->rodata->denied_name, name.data(), name.size());
        error = tool->load();
    }
    if (!error) error = run(*tool);
    if (error) std::fprintf(stderr, "newtool: %s\n", error.message());
    return error ? 1 : 0;
}
