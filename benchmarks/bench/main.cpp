// Measures guests against the same programs built natively, side by side. Usage: bench BUILD_DIR [LINE…]

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "process.hpp"
#include "samples.hpp"

namespace {

using namespace wasm_bpf::bench;

struct Programs {
    std::filesystem::path build;

    [[nodiscard]] std::string command() const { return build / "wasm-bpf"; }
    [[nodiscard]] Command native(const std::string& name) const { return {build / "benchmarks" / name / name}; }
    [[nodiscard]] Command guest(const std::string& name, std::vector<std::string> options = {}) const {
        Command result{command(), "run"};
        std::ranges::move(options, std::back_inserter(result));
        result.push_back(module(name));
        return result;
    }
    // The same guest by the minimal command.
    [[nodiscard]] Command minimal(const std::string& name) const { return {minimal_command(), module(name)}; }
    [[nodiscard]] std::string minimal_command() const { return build / "wasm-bpf-min"; }
    [[nodiscard]] bool has_minimal() const { return std::filesystem::exists(minimal_command()); }
    [[nodiscard]] std::string module(const std::string& name) const {
        return build / "benchmarks" / name.substr(0, name.find('_')) / (name + ".wasm");
    }
};

Command with(Command command, std::initializer_list<std::string> arguments) {
    command.insert(command.end(), arguments);
    return command;
}

// Native and guest by turns, so that what else the machine does meets both.
Samples by_turns(int turns, const Command& native, const Command& guest, auto measure) {
    Samples samples;
    measure(guest);  // fills the cache of compiled modules and the kernel's of files
    for (int i = 0; i < turns; i++) {
        std::ranges::move(measure(native), std::back_inserter(samples.native));
        std::ranges::move(measure(guest), std::back_inserter(samples.guest));
    }
    return samples;
}

// The numbers that a program prints.
std::vector<double> own_figures(const Command& command) {
    Process process(command, Process::Cpu::last);
    std::istringstream output(process.finish());
    return {std::istream_iterator<double>(output), {}};
}

// Milliseconds from fork to the line that the tool prints when it has attached.
std::vector<double> time_to_attach(const Command& command) {
    const auto start = std::chrono::steady_clock::now();
    Process process(command);
    process.read_line();
    return {std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count()};
}

std::vector<double> peak_memory(const Command& command) {
    Process process(command);
    process.read_line();
    return {process.peak_memory_mb()};
}

struct Delivery {
    std::vector<double> cpu_ns;  // of the consumer, an event received
    std::vector<double> lost;
    std::vector<double> seconds;  // that the producer took
};

constexpr unsigned calls = 400'000, calls_per_second = 200'000;

Delivery deliver(const Programs& programs, const Command& consumer_command) {
    const std::string producer_path = programs.build / "benchmarks/rate/producer";
    Process producer({producer_path, std::to_string(calls), std::to_string(calls_per_second)}, Process::Cpu::first);
    Process consumer(with(consumer_command, {std::to_string(producer.pid()), std::to_string(calls)}),
                     Process::Cpu::last);
    consumer.read_line();  // "ready"
    const auto before = consumer.cpu_time();
    producer.write_line();
    std::istringstream counts(consumer.read_line());
    const double cpu_ns = static_cast<double>((consumer.cpu_time() - before).count());
    double received = 0;
    counts >> received;
    const double seconds = std::stod(producer.read_line());
    consumer.finish();
    return {{cpu_ns / received}, {calls - received}, {seconds}};
}

void measure_rate(const Programs& programs) {
    constexpr int turns = 4;
    Line cpu{"200,000 events/s for 2 s: CPU an event", "ns", {Bar::Kind::ratio, 1.1}, {}};
    Line lost{"200,000 events/s for 2 s: lost (of 400,000)", "events", {Bar::Kind::absolute, 0}, {}};
    Line time{"200,000 events/s for 2 s: the producer took", "s", {}, {}};
    const auto add = [&](const Command& consumer, std::vector<double> Samples::* side) {
        Delivery delivery = deliver(programs, consumer);
        std::ranges::move(delivery.cpu_ns, std::back_inserter(cpu.samples.*side));
        std::ranges::move(delivery.lost, std::back_inserter(lost.samples.*side));
        std::ranges::move(delivery.seconds, std::back_inserter(time.samples.*side));
    };
    for (int i = 0; i < turns; i++) {
        add(programs.native("rate"), &Samples::native);
        add(programs.guest("rate"), &Samples::guest);
    }
    print(cpu);
    print(lost);
    print(time);
}

void measure_drain(const Programs& programs) {
    print({"ring drain, callback inlined, a 64-byte record",
           "ns",
           {Bar::Kind::ratio, 1.0},
           by_turns(10, programs.native("drain"), programs.guest("drain"), own_figures)});
    print({"  by a pointer to the callback",
           "ns",
           {Bar::Kind::ratio, 1.1},
           by_turns(10, programs.native("drain"), programs.guest("drain_by_pointer"), own_figures)});
    print({"  by a guest in Rust",
           "ns",
           {Bar::Kind::ratio, 1.0},
           by_turns(10, programs.native("drain"), programs.guest("drain_rust"), own_figures)});
    print({"  by a component, in batches",
           "ns",
           {Bar::Kind::ratio, 4.0},
           by_turns(10, programs.native("drain"), programs.guest("drain_component"), own_figures)});
    print({"  copied, with --no-windows",
           "ns",
           {},
           by_turns(3, programs.native("drain"), programs.guest("drain", {"--no-windows"}), own_figures)});
    print({"  by version 0's poll (a copy and a call)",
           "ns",
           {},
           by_turns(3, programs.native("drain"), programs.guest("drain_version_0"), own_figures)});
    if (programs.has_minimal())
        print({"  copied and interpreted, by wasm-bpf-min",
               "ns",
               {},
               by_turns(3, programs.native("drain"), programs.minimal("drain"), own_figures)});
}

void measure_start(const Programs& programs) {
    for (const char* tool : {"bootstrap", "runqlat"}) {
        print({fmt::format("exec to attached, second start: {}", tool),
               "ms",
               {Bar::Kind::ratio, 0.8},
               by_turns(20, programs.native(tool), programs.guest(tool), time_to_attach)});
        print({"  with --no-cache",
               "ms",
               {},
               by_turns(10, programs.native(tool), programs.guest(tool, {"--no-cache"}), time_to_attach)});
        if (programs.has_minimal())
            print({"  by wasm-bpf-min, beside the first's guest",
                   "ms",
                   {Bar::Kind::ratio, 1.0},
                   by_turns(20, programs.guest(tool), programs.minimal(tool), time_to_attach)});
    }
}

void measure_lookup(const Programs& programs) {
    print({"map lookup by call",
           "ns",
           {Bar::Kind::ratio, 1.15},
           by_turns(10, programs.native("lookup"), programs.guest("lookup"), own_figures)});
    print({"map lookup by batches of 1,000, an element",
           "ns",
           {Bar::Kind::ratio, 1.05},
           by_turns(10, programs.native("batch"), programs.guest("batch"), own_figures)});
}

void measure_window(const Programs& programs) {
    for (const auto& [what, name] :
         {std::pair{"read of an mmapable array's element", "array"}, std::pair{"read of a global variable", "global"}})
        print({what,
               "ns",
               {Bar::Kind::absolute, 5},
               by_turns(5, with(programs.native("window"), {name}), with(programs.guest("window"), {name}),
                        own_figures)});
    print({"walk of a list in an arena, a node",
           "ns",
           {Bar::Kind::ratio, 1.2},
           by_turns(10, programs.native("arena"), programs.guest("arena"), own_figures)});
}

void measure_memory(const Programs& programs) {
    print({"peak resident memory, cached",
           "MB",
           {Bar::Kind::difference, 4},
           by_turns(5, programs.native("bootstrap"), programs.guest("bootstrap"), peak_memory)});
    print({"  with --no-cache",
           "MB",
           {},
           by_turns(3, programs.native("bootstrap"), programs.guest("bootstrap", {"--no-cache"}), peak_memory)});
    if (programs.has_minimal())
        print({"  by wasm-bpf-min",
               "MB",
               {Bar::Kind::difference, 8},
               by_turns(5, programs.native("bootstrap"), programs.minimal("bootstrap"), peak_memory)});
}

std::vector<double> stripped_size_mb(const std::string& program) {
    const auto stripped = std::filesystem::temp_directory_path() / fmt::format("wasm-bpf-bench-{}", getpid());
    Process({"/usr/bin/env", "strip", "-s", "-o", stripped, program}).finish();
    const double size_mb = static_cast<double>(std::filesystem::file_size(stripped)) / (1 << 20);
    std::filesystem::remove(stripped);
    return {size_mb};
}

double size_mb(const std::string& file) { return static_cast<double>(std::filesystem::file_size(file)) / (1 << 20); }

void measure_size(const Programs& programs) {
    for (const char* tool : {"bootstrap", "runqlat"})
        print({fmt::format("module of {} (native: its program, stripped)", tool),
               "MB",
               {},
               {stripped_size_mb(programs.native(tool).front()), {size_mb(programs.guest(tool).back())}}});
    print({"stripped command (native: bootstrap alone)",
           "MB",
           {},
           {stripped_size_mb(programs.native("bootstrap").front()), stripped_size_mb(programs.command())}});
    if (programs.has_minimal())
        print({"  wasm-bpf-min",
               "MB",
               {Bar::Kind::absolute, 1.5},
               {stripped_size_mb(programs.native("bootstrap").front()), stripped_size_mb(programs.minimal_command())}});
}

// A program of the examples from its sources alone, into a folder that is new.
double build_seconds(const Programs& programs, const char* example) {
    std::string folder = std::filesystem::temp_directory_path() / "wasm-bpf-bench.XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    const auto start = std::chrono::steady_clock::now();
    Process({programs.command(), "build", std::string(BENCH_EXAMPLES_DIR) + "/" + example, "-o", folder + "/x.wasm"})
        .finish();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::filesystem::remove_all(folder);
    return seconds.count();
}

void measure_build(const Programs& programs) {
    constexpr int turns = 5;
    for (const auto& [example, what] :
         {std::pair{"runqlat", "build of runqlat (C)"}, std::pair{"exitsnoop", "build of exitsnoop (C++)"}}) {
        Line line{what, "s", {Bar::Kind::absolute, 3}, {}};
        build_seconds(programs, example);  // makes vmlinux.h, once for a kernel
        for (int i = 0; i < turns; i++) line.samples.guest.push_back(build_seconds(programs, example));
        print(line);
    }
}

struct Measurement {
    const char* name;
    void (*run)(const Programs&);
};

constexpr Measurement measurements[] = {
    {"drain", measure_drain},   {"rate", measure_rate},     {"start", measure_start}, {"lookup", measure_lookup},
    {"window", measure_window}, {"memory", measure_memory}, {"size", measure_size},   {"build", measure_build},
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: bench BUILD_DIR [drain|rate|start|lookup|window|memory|size|build]...\n");
        return 2;
    }
    const Programs programs{argv[1]};
    const std::vector<std::string> chosen(argv + 2, argv + argc);
    for (const std::string& name : chosen)
        if (std::ranges::none_of(measurements, [&](const Measurement& known) { return name == known.name; })) {
            fmt::print(
                stderr,
                "bench: there is no measurement \"{}\": drain, rate, start, lookup, window, memory, size, build\n",
                name);
            return 2;
        }
    print_header();
    for (const Measurement& measurement : measurements) {
        if (!chosen.empty() && std::ranges::find(chosen, measurement.name) == chosen.end()) continue;
        try {
            measurement.run(programs);
        } catch (const std::exception& error) {
            fmt::print(stderr, "bench: {}: {}\n", measurement.name, error.what());
            return 1;
        }
    }
    return 0;
}
