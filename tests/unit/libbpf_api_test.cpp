// The table of libbpf's functions, libbpf's headers and the guests' archive say the same.

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "guest_abi/libbpf_api.hpp"
#include "support/command.hpp"

namespace wasm_bpf::test {
namespace {

using Names = std::set<std::string>;
using guest_abi::LibbpfStatus;

Names declared_in(const std::string& header) {
    std::ifstream file(std::string(TEST_LIBBPF_INCLUDE) + "/bpf/" + header);
    std::string text{std::istreambuf_iterator(file), {}};
    EXPECT_FALSE(text.empty()) << header;
    text = std::regex_replace(text, std::regex(R"(/\*([^*]|\*+[^*/])*\*+/)"), "");
    Names names;
    const std::regex declaration(R"(LIBBPF_API\s[^;{(]*?(\w+)\s*\()");
    for (std::sregex_iterator at(text.begin(), text.end(), declaration), end; at != end; ++at)
        names.insert((*at)[1].str());
    return names;
}

Names defined_in_archive() {
    Command nm({TEST_NM, "--defined-only", "--extern-only", "--format=just-symbols", TEST_SDK_LIBRARY});
    EXPECT_EQ(nm.wait(), 0) << nm.error();
    std::istringstream lines(nm.output());
    return {std::istream_iterator<std::string>(lines), {}};
}

TEST(LibbpfApi, NamesExactlyWhatTheHeadersDeclare) {
    for (const char* header : {"libbpf.h", "libbpf_legacy.h", "bpf.h", "btf.h"}) {
        Names listed;
        for (const guest_abi::LibbpfFunction& function : guest_abi::libbpf_functions())
            if (function.header == header && !listed.emplace(function.name).second)
                ADD_FAILURE() << function.name << " is twice in the table";
        EXPECT_EQ(listed, declared_in(header)) << header;
    }
}

TEST(LibbpfApi, IsInTheArchiveWhereTheTableSaysSoAndNowhereElse) {
    const Names defined = defined_in_archive();
    for (const guest_abi::LibbpfFunction& function : guest_abi::libbpf_functions())
        EXPECT_EQ(defined.contains(std::string(function.name)), function.status == LibbpfStatus::there)
            << function.name;
}

TEST(LibbpfApi, SaysWhyWhereAFunctionIsMissing) {
    for (const guest_abi::LibbpfFunction& function : guest_abi::libbpf_functions())
        EXPECT_TRUE(function.status == LibbpfStatus::there || !function.note.empty()) << function.name;
}

}  // namespace
}  // namespace wasm_bpf::test
