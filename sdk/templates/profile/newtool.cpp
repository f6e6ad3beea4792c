// newtool: prints which processes used the CPUs, by samples.
#include <linux/perf_event.h>
#include <linux/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <wasm_bpf/bpf.hpp>
#include <wasm_bpf/perf_event.h>

#include "newtool.h"
#include "newtool.skel.h"

namespace {

constexpr unsigned samples_per_second = 49;  // not in step with what is done a hundred times a second
constexpr std::size_t shown = 20;

struct Row {
    task process;
    __u64 count;
};

// A CPU that is offline has no event.
bpf::error attach_to_cpu(bpf_program* program, int cpu, std::vector<bpf::link>& links) {
    perf_event_attr attr{};
    attr.type = PERF_TYPE_SOFTWARE;
    attr.size = sizeof attr;
    attr.config = PERF_COUNT_SW_CPU_CLOCK;
    attr.freq = 1;
    attr.sample_freq = samples_per_second;
    const int event = wasm_bpf_perf_event(&attr, -1, cpu, -1, 0);
    if (event < 0) return errno == ENODEV ? bpf::error() : bpf::error::last();
    auto link = bpf::owned(bpf_program__attach_perf_event(program, event));
    if (!link) {
        wasm_bpf_close(event);
        return link.error();
    }
    links.push_back(std::move(*link));
    return {};
}

bpf::error print_samples(const bpf::map& samples) {
    std::vector<Row> rows;
    if (auto error = samples.for_each<task, __u64>(
            [&](const task& process, __u64 count) { rows.push_back({process, count}); }))
        return error;
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.count > b.count; });
    rows.resize(std::min(rows.size(), shown));
    std::printf("%-7s %-16s %s\n", "PID", "COMM", "CPU SECONDS");
    for (const Row& each : rows)
        std::printf("%-7u %-16s %.2f\n", each.process.pid, each.process.comm,
                    static_cast<double>(each.count) / samples_per_second);
    return {};
}

bpf::error run(unsigned seconds) {
    auto tool = bpf::skeleton<newtool_bpf>::open_and_load();
    if (!tool) return tool.error();
    std::vector<bpf::link> links;
    for (int cpu = 0; cpu < libbpf_num_possible_cpus(); cpu++)
        if (auto error = attach_to_cpu((*tool)->progs.sample, cpu, links)) return error;
    sleep(seconds);
    return print_samples((*tool)->maps.samples);
}

}  // namespace

int main(int argc, char** argv) {
    const unsigned seconds = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 5;
    if (argc > 2 || seconds == 0) {
        std::fputs("Usage: newtool [SECONDS]\nPrints which processes used the CPUs within SECONDS (5).\n", stderr);
        return 1;
    }
    if (auto error = run(seconds)) {
        std::fprintf(stderr, "newtool: %s\n", error.message());
        return 1;
    }
    return 0;
}
