// wasm_bpf_map_operate.

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "bpf/kernel.hpp"
#include "kernel/v0_guest.hpp"

namespace wasm_bpf::test {
namespace {

TEST(V0Map, OperatesOnElementsAsLibbpfDoes) {
    Command guest(v0_guest("maps", {"elements"}));
    EXPECT_EQ(guest.wait(), 0) << guest.error();
    EXPECT_EQ(
        guest.output(),
        "update 0\nupdate 0\nupdate 0\nupdate of an existing key: -17\ndelete 0\nlookup of a missing key: -2\n"
        "walk: 2 elements, sum 44\nnext after an unknown key: 0\nunknown command: -22\nvalue outside of memory: -14\n");
}

TEST(V0Map, TakesNoFdOfTheHost) {
    Command guest(v0_guest("maps", {"forged"}));
    EXPECT_EQ(guest.wait(), 0) << guest.error();
    EXPECT_EQ(guest.output(), "accepted 0\nown 0\n");
}

TEST(V0Map, ChecksAndMovesTheValuesOfAllCpus) {
    Command guest(v0_guest("maps", {"per-cpu", std::to_string(bpf::possible_cpus())}));
    EXPECT_EQ(guest.wait(), 0) << guest.error();
    EXPECT_EQ(guest.output(),
              "update 0\nlookup 0\nexactly at the end: 0\none byte less: -14\nroom for one CPU: -14\nupdate from "
              "there: -14\n");
}

TEST(V0Map, CostsOneSystemCallAnOperation) {
    const auto trace = std::filesystem::temp_directory_path() / ("wasm-bpf-v0-trace-" + std::to_string(getpid()));
    std::vector<std::string> arguments{"strace", "-f", "-e", "trace=bpf", "-o", trace};
    const auto guest = v0_guest("maps", {"repeat"});
    arguments.insert(arguments.end(), guest.begin(), guest.end());
    Command traced(arguments);
    EXPECT_EQ(traced.wait(std::chrono::seconds(60)), 0) << traced.error();

    // From the first update on: 100 times update, lookup, next key and delete.
    std::vector<std::string> calls;
    std::ifstream lines(trace);
    for (std::string line; std::getline(lines, line);) {
        const auto at = line.find("bpf(BPF_");
        if (at == line.npos) continue;
        const auto command = line.substr(at + 4, line.find(',', at) - at - 4);
        if (!calls.empty() || command == "BPF_MAP_UPDATE_ELEM") calls.push_back(command);
    }
    std::filesystem::remove(trace);
    ASSERT_EQ(calls.size(), 400u);
    const char* const cycle[] = {"BPF_MAP_UPDATE_ELEM", "BPF_MAP_LOOKUP_ELEM", "BPF_MAP_GET_NEXT_KEY",
                                 "BPF_MAP_DELETE_ELEM"};
    for (std::size_t i = 0; i < calls.size(); i++) EXPECT_EQ(calls[i], cycle[i % 4]) << "call " << i;
}

}  // namespace
}  // namespace wasm_bpf::test
