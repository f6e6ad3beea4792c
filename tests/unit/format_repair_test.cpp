// Which of clang's suggestions about formats are taken. What they do to a guest: tests/cli/build_formats_test.cpp.

#include "toolchain/format_repair.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wasm_bpf::toolchain {
namespace {

std::string repaired(const std::string& source, const std::string& messages) {
    return with_formats_repaired(source, format_fixes(messages));
}

TEST(FormatRepair, ReadsClangsFixes) {
    const auto fixes = format_fixes(
        "a.c:7:9: warning: format specifies type 'long'\n"
        "fix-it:\"/x/a \\\"b\\\".c\":{7:18-7:21}:\"%llx\"\n"
        "fix-it:\"/x/a.c\":{7:18-8:21}:\"%llx\"\n"  // over several lines
        "fix-it:\"/x/a.c\":{7:18-7:18}:\"(int)\"\n"
        "fix-it:\"/x/a.c\":{7:\n");
    ASSERT_EQ(fixes.size(), 1u);
    EXPECT_EQ(fixes[0].file, "/x/a \"b\".c");
    EXPECT_EQ(fixes[0].line, 7u);
    EXPECT_EQ(fixes[0].begin, 18u);
    EXPECT_EQ(fixes[0].end, 21u);
    EXPECT_EQ(fixes[0].text, "%llx");
}

TEST(FormatRepair, ChangesTheLengthsOfIntegers) {
    EXPECT_EQ(repaired("first\np(\"%lx %-5ld %zu\");\nlast",
                       "fix-it:\"a\":{2:4-2:7}:\"%llx\"\nfix-it:\"a\":{2:8-2:13}:\"%-5lld\"\n"
                       "fix-it:\"a\":{2:14-2:17}:\"%llu\"\n"),
              "first\np(\"%llx %-5lld %llu\");\nlast");
}

TEST(FormatRepair, ChangesEachOnce) {
    const std::string fix = "fix-it:\"a\":{1:1-1:4}:\"%llx\"\n";
    EXPECT_EQ(repaired("%lx", fix + fix), "%llx");
}

TEST(FormatRepair, LeavesAllElse) {
    EXPECT_EQ(repaired("%s", "fix-it:\"a\":{1:1-1:3}:\"%d\"\n"), "%s");
    EXPECT_EQ(repaired("%5d", "fix-it:\"a\":{1:1-1:4}:\"%llu\"\n"), "%5d") << "another width";
    EXPECT_EQ(repaired("%f", "fix-it:\"a\":{1:1-1:3}:\"%Lf\"\n"), "%f");
    EXPECT_EQ(repaired("FORMAT", "fix-it:\"a\":{1:1-1:7}:\"%llu\"\n"), "FORMAT");
    EXPECT_EQ(repaired("%lx", "fix-it:\"a\":{3:1-3:4}:\"%llx\"\n"), "%lx") << "beyond the end";
    EXPECT_EQ(repaired("%lx", "fix-it:\"a\":{1:1-1:9}:\"%llx\"\n"), "%lx");
}

TEST(FormatRepair, DescribesFilesToClang) {
    EXPECT_NE(overlay({{"/a/\"b\".c", "/c.c"}}).find("\"name\": \"/a/\\\"b\\\".c\""), std::string::npos);
}

}  // namespace
}  // namespace wasm_bpf::toolchain
