#pragma once
// For probes by offset.

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace wasm_bpf::test {

// Where something of this program is in its file.
inline std::string file_offset(const volatile void* address) {
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        std::istringstream words(line);
        std::uintptr_t begin = 0, end = 0, offset = 0;
        char dash = 0;
        std::string access;
        words >> std::hex >> begin >> dash >> end >> access >> offset;
        if (wanted >= begin && wanted < end) return std::to_string(wanted - begin + offset);
    }
    ADD_FAILURE() << "not mapped: " << address;
    return "0";
}

}  // namespace wasm_bpf::test
