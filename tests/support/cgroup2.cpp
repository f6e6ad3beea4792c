#include "support/cgroup2.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace wasm_bpf::test {

std::string cgroup2_root() {
    std::ifstream mounts("/proc/self/mounts");
    for (std::string device, place, type, rest; mounts >> device >> place >> type && std::getline(mounts, rest);)
        if (type == "cgroup2") return place;
    ADD_FAILURE() << "no cgroup2 file system is mounted";
    return {};
}

}  // namespace wasm_bpf::test
