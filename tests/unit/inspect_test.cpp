// Files that are made to break who reads them.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <string>

#include "inspect/check_report.hpp"
#include "inspect/contents.hpp"
#include "inspect/contents_report.hpp"

namespace wasm_bpf::test {
namespace {

std::string content(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// One that is read, and one that says why not, both without harm.
void expect_read_or_refused(const std::string& bytes) {
    const auto contents = inspect::read_contents(std::as_bytes(std::span(bytes)));
    if (!contents) {
        EXPECT_EQ(contents.error().kind, ErrorKind::bad_module);
        EXPECT_FALSE(contents.error().message.empty());
        return;
    }
    EXPECT_FALSE(inspect::contents_text(*contents, "x").empty());
    EXPECT_EQ(inspect::contents_json(*contents, "x").front(), '{');
    static const auto kernel = bpf::TargetKernel::described("/sys/kernel/btf/vmlinux", 0x60c00);
    ASSERT_TRUE(kernel) << kernel.error().message;
    EXPECT_FALSE(inspect::check_text(inspect::check(*contents, *kernel), "x").empty());
}

TEST(InspectHostile, BytesChangedAnywhereDoNoHarm) {
    const std::string good = content(TEST_EXAMPLES_DIR "/opensnoop/opensnoop.wasm");
    const std::size_t object = good.find("\177ELF");
    ASSERT_NE(object, good.npos);
    std::mt19937 random(5);
    for (int i = 0; i < 3000; i++) {
        std::string changed = good;
        // Half of the time the object, which is the smaller part.
        const std::size_t from = i % 2 == 0 ? object : 0;
        const std::size_t length = i % 2 == 0 ? 9000 : good.size();
        for (int changes = 1 + static_cast<int>(random() % 8); changes > 0; changes--)
            changed[std::min(good.size() - 1, from + random() % length)] = static_cast<char>(random());
        expect_read_or_refused(changed);
    }
}

TEST(InspectHostile, FilesCutAnywhereAreRefused) {
    const std::string good = content(TEST_EXAMPLES_DIR "/opensnoop/opensnoop.wasm");
    ASSERT_GT(good.size(), 10000u);
    for (std::size_t size = 0; size < good.size(); size += 1 + size / 200) expect_read_or_refused(good.substr(0, size));
}

}  // namespace
}  // namespace wasm_bpf::test
