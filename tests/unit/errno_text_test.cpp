#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "api/errno_texts.hpp"

namespace wasm_bpf {

// What is said where the C library is another one than this.
TEST(ErrnoText, IsGlibcs) {
    std::set<int> listed;
    for (const ErrnoText& entry : errno_texts) {
        EXPECT_STREQ(std::strerror(entry.error), entry.text) << entry.error;
        EXPECT_TRUE(listed.insert(entry.error).second) << entry.error;
    }
    for (int error = 0; error < 1024; ++error)
        EXPECT_EQ(listed.contains(error), !std::strstr(std::strerror(error), "Unknown error")) << error;
}

}  // namespace wasm_bpf
