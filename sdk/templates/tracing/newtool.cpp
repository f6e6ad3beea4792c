// newtool: prints every program that is started.
#include <errno.h>
#include <getopt.h>
#include <linux/types.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <bpf/libbpf.h>

#include "newtool.h"
#include "newtool.skel.h"

namespace {

constexpr char usage[] =
    "Usage: newtool [-u UID] [-n EVENTS]\n"
    "Prints every program that is started; Ctrl-C ends it.\n"
    "  -u UID     of this user alone\n"
    "  -n EVENTS  end after so many\n"
    "  -h         this text\n";

struct FreeTool {
    void operator()(newtool_bpf* tool) const { newtool_bpf__destroy(tool); }
};
using Tool = std::unique_ptr<newtool_bpf, FreeTool>;
struct FreeRing {
    void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
};
using Ring = std::unique_ptr<ring_buffer, FreeRing>;

struct Printer {
    unsigned long events_left = 0;  // 0: no end

    int print(const event& event) {
        std::printf("%-7u %-6u %-16s %s\n", event.pid, event.uid, event.comm, event.filename);
        return events_left != 0 && --events_left == 0 ? -ECANCELED : 0;
    }
};

int run(newtool_bpf* tool, Printer& printer) {
    const auto on_event = [](void* printer, void* data, size_t) {
        return static_cast<Printer*>(printer)->print(*static_cast<const event*>(data));
    };
    const Ring ring(ring_buffer__new(bpf_map__fd(tool->maps.events), on_event, &printer, nullptr));
    int result = ring ? newtool_bpf__attach(tool) : -errno;
    if (result == 0) std::printf("%-7s %-6s %-16s %s\n", "PID", "UID", "COMM", "FILE");
    while (result >= 0) {
        std::fflush(stdout);
        result = ring_buffer__poll(ring.get(), -1);
    }
    return result == -ECANCELED ? 0 : result;
}

}  // namespace

int main(int argc, char** argv) {
    const Tool tool(newtool_bpf__open());
    int error = tool ? 0 : -errno;
    Printer printer;
    for (int option; error == 0 && (option = getopt(argc, argv, "u:n:h")) != -1;) {
        switch (option) {
            case 'u': tool->rodata->only_uid = std::strtoul(optarg, nullptr, 10); break;
            case 'n': printer.events_left = std::strtoul(optarg, nullptr, 10); break;
            case 'h': std::fputs(usage, stdout); return 0;
            default: std::fputs(usage, stderr); return 1;
        }
    }
    if (error == 0) error = newtool_bpf__load(tool.get());
    if (error == 0) error = run(tool.get(), printer);
    if (error != 0) std::fprintf(stderr, "newtool: %s\n", std::strerror(-error));
    return error == 0 ? 0 : 1;
}
