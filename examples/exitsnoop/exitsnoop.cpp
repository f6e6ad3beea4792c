// Prints processes that end, with their exit codes and how long they lived. In C++.
#include <getopt.h>
#include <linux/types.h>

#include <cstdio>
#include <cstdlib>

#include <wasm_bpf/bpf.hpp>

#include "exitsnoop.h"
#include "exitsnoop.skel.h"

namespace {

constexpr const char *usage = "Usage: exitsnoop [-x] [-n COUNT]\n"
			      "Prints processes that end, and then how many ended with which exit code.\n"
			      "  -x        only those that ended with a code other than 0, or by a signal\n"
			      "  -n COUNT  so many (without end)\n"
			      "  -h        this text\n";

struct options {
	bool failures_only = false;
	unsigned long count = 0; // 0: without end
};

options parse(int argc, char **argv)
{
	options options;
	for (int option; (option = getopt(argc, argv, "xn:h")) != -1;) {
		switch (option) {
		case 'x': options.failures_only = true; break;
		case 'n': options.count = std::strtoul(optarg, nullptr, 10); break;
		case 'h': std::fputs(usage, stdout); std::exit(0);
		default: std::fputs(usage, stderr); std::exit(1);
		}
	}
	return options;
}

int fail(const char *what, bpf::error error)
{
	std::fprintf(stderr, "exitsnoop: cannot %s: %s\n", what, error.message());
	return 1;
}

void print(const ending &ending)
{
	std::printf("%-16s %-8u %8llu ms  ", ending.comm, ending.process, ending.lifetime_ns / 1000000);
	if (ending.signal)
		std::printf("signal %u\n", ending.signal);
	else
		std::printf("code %u\n", ending.code);
	std::fflush(stdout);
}

int run(const options &options)
{
	auto tool = bpf::skeleton<exitsnoop_bpf>::open();
	if (!tool)
		return fail("open the BPF object", tool.error());
	(*tool)->rodata->failures_only = options.failures_only;
	if (auto error = tool->load_and_attach())
		return fail("load and attach", error);

	unsigned long printed = 0;
	auto ring = bpf::ring::open<ending>((*tool)->maps.endings, [&](const ending &ending) {
		if (options.count && printed == options.count)
			return;
		print(ending);
		printed++;
	});
	if (!ring)
		return fail("open the ring buffer", ring.error());
	std::printf("%-16s %-8s %11s  %s\n", "COMM", "PID", "LIVED", "ENDED WITH");
	std::fflush(stdout);
	while (!options.count || printed < options.count)
		if (auto records = ring->poll(-1); !records)
			return fail("poll the ring buffer", records.error());

	std::printf("\n%4s  %s\n", "CODE", "PROCESSES");
	const bpf::map counts = (*tool)->maps.counts;
	if (auto error = counts.for_each<__u32, __u64>(
		    [](__u32 code, __u64 count) { std::printf("%4u  %llu\n", code, count); }))
		return fail("read the counts", error);
	return 0;
}

} // namespace

int main(int argc, char **argv)
{
	return run(parse(argc, argv));
}
