// newtool: denies the start of programs of one name, and prints who tried.
#include <errno.h>
#include <linux/types.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include <bpf/libbpf.h>

#include "newtool.h"
#include "newtool.skel.h"

namespace {

constexpr char usage[] =
    "Usage: newtool PROGRAM\n"
    "Denies the start of every program whose file's name is PROGRAM, wherever it lies, and\n"
    "prints who tried; Ctrl-C ends it.\n";

struct FreeTool {
    void operator()(newtool_bpf* tool) const { newtool_bpf__destroy(tool); }
};
using Tool = std::unique_ptr<newtool_bpf, FreeTool>;
struct FreeRing {
    void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
};
using Ring = std::unique_ptr<ring_buffer, FreeRing>;

int print_event(void*, void* data, size_t) {
    const auto* event = static_cast<const struct event*>(data);
    std::printf("%-7u %-6u %-16s denied: %s\n", event->pid, event->uid, event->comm, event->program);
    return 0;
}

int run(newtool_bpf* tool) {
    const Ring ring(ring_buffer__new(bpf_map__fd(tool->maps.events), print_event, nullptr, nullptr));
    int result = ring ? newtool_bpf__attach(tool) : -errno;
    if (result == 0) std::printf("%-7s %-6s %-16s %s\n", "PID", "UID", "COMM", "WHAT");
    while (result >= 0) {
        std::fflush(stdout);
        result = ring_buffer__poll(ring.get(), -1);
    }
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view name = argc == 2 ? argv[1] : "";
    if (name.empty() || name.size() >= NAME_BYTES) {
        std::fputs(usage, stderr);
        return 1;
    }
    const Tool tool(newtool_bpf__open());
    int error = tool ? 0 : -errno;
    if (error == 0) {
        std::memcpy((void*)&tool->rodata->denied_name, name.data(), name.size());
        error = newtool_bpf__load(tool.get());
    }
    if (error == 0) error = run(tool.get());
    if (error != 0) std::fprintf(stderr, "newtool: %s\n", std::strerror(-error));
    return error == 0 ? 0 : 1;
}
