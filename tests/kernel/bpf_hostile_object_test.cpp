// Objects that the fuzzer found to lead libbpf astray are refused before it sees them.

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "bpf/object.hpp"

namespace wasm_bpf::bpf::test {
namespace {

TEST(HostileObjects, AreRefusedBeforeLibbpfSeesThem) {
    const std::filesystem::path folder = std::filesystem::path(TEST_SOURCE_DIR) / "tests/fuzz/regressions/object";
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(file), {});
        const auto object = Object::open(std::as_bytes(std::span(bytes)));
        EXPECT_FALSE(object) << entry.path();
        count++;
    }
    EXPECT_GT(count, 0u);
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
