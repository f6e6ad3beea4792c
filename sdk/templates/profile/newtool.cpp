// newtool: prints which processes used the CPUs, by samples.
#include <errno.h>
#include <linux/perf_event.h>
#include <linux/types.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <wasm_bpf/perf_event.h>

#include "newtool.h"
#include "newtool.skel.h"

namespace {

constexpr unsigned samples_per_second = 49;  // not in step with what is done a hundred times a second
constexpr std::size_t shown = 20;

struct FreeTool {
    void operator()(newtool_bpf* tool) const { newtool_bpf__destroy(tool); }
};
using Tool = std::unique_ptr<newtool_bpf, FreeTool>;
struct FreeLink {
    void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
using Link = std::unique_ptr<bpf_link, FreeLink>;

struct Row {
    task process;
    __u64 count;
};

// A CPU that is offline has no event.
int attach_to_cpu(newtool_bpf* tool, int cpu, std::vector<Link>& links) {
    perf_event_attr attr{};
    attr.type = PERF_TYPE_SOFTWARE;
    attr.size = sizeof attr;
    attr.config = PERF_COUNT_SW_CPU_CLOCK;
    attr.freq = 1;
    attr.sample_freq = samples_per_second;
    const int event = wasm_bpf_perf_event(&attr, -1, cpu, -1, 0);
    if (event < 0) return errno == ENODEV ? 0 : -errno;
    Link link(bpf_program__attach_perf_event(tool->progs.sample, event));
    if (!link) {
        const int error = -errno;
        wasm_bpf_close(event);
        return error;
    }
    links.push_back(std::move(link));
    return 0;
}

void print_samples(int map) {
    std::vector<Row> rows;
    Row row{};
    const task* before = nullptr;
    for (task key{}; bpf_map_get_next_key(map, before, &key) == 0; before = &row.process) {
        row.process = key;
        if (bpf_map_lookup_elem(map, &key, &row.count) == 0) rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.count > b.count; });
    rows.resize(std::min(rows.size(), shown));
    std::printf("%-7s %-16s %s\n", "PID", "COMM", "CPU SECONDS");
    for (const Row& each : rows)
        std::printf("%-7u %-16s %.2f\n", each.process.pid, each.process.comm,
                    static_cast<double>(each.count) / samples_per_second);
}

}  // namespace

int main(int argc, char** argv) {
    const unsigned seconds = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 5;
    if (argc > 2 || seconds == 0) {
        std::fputs("Usage: newtool [SECONDS]\nPrints which processes used the CPUs within SECONDS (5).\n", stderr);
        return 1;
    }
    const Tool tool(newtool_bpf__open_and_load());
    std::vector<Link> links;
    int error = tool ? 0 : -errno;
    for (int cpu = 0; error == 0 && cpu < libbpf_num_possible_cpus(); cpu++) error = attach_to_cpu(tool.get(), cpu, links);
    if (error == 0) {
        sleep(seconds);
        print_samples(bpf_map__fd(tool->maps.samples));
    } else {
        std::fprintf(stderr, "newtool: %s\n", std::strerror(-error));
    }
    return error == 0 ? 0 : 1;
}
