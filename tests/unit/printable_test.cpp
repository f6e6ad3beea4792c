#include "api/printable.hpp"

#include <gtest/gtest.h>

namespace wasm_bpf {

TEST(Printable, HasNothingThatATerminalObeys) {
    EXPECT_EQ(printable("\x1b[2Jtool\r\n\x7f\tend"), "?[2Jtool???\tend");
    EXPECT_EQ(printable("\xc2\x9b\x31m \xc2\x80"), "?1m ?") << "controls of Latin-1";
    EXPECT_EQ(printable("\xc2\xa0 \xc3\xa9 \xe2\x82\xac \xc2"), "\xc2\xa0 \xc3\xa9 \xe2\x82\xac \xc2")
        << "and no letters";
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
    EXPECT_EQ(printable(""), "");
}

TEST(Printable, LinesStayLines) { EXPECT_EQ(printable_lines("one\n  \x1btwo\r\n"), "one\n  ?two?\n"); }

}  // namespace wasm_bpf
