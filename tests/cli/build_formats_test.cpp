// printf and scanf of what has 8 bytes in BPF and natively, written for a native `long`.

#include <gtest/gtest.h>

#include <string>

#include "cli/build_folder.hpp"

namespace wasm_bpf {
namespace {

class BuildFormats : public Build {
protected:
    BuildFormats() { fs::remove(folder_ / "tiny.bpf.c"); }
};

constexpr const char* prints_numbers = R"(#include "tiny.h"
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#define say(...) fprintf(stdout, __VA_ARGS__)
int main(void) {
    uint64_t number = 0x123456789abcdef0, read = 0;
    time_t time = 1700000000;
    in_header(number);
    printf("%lx|%s|%ld|%d|%zu|%-20lu|%s\n", number, "text", time, 7, number, number, "end");
    say("%#lx|%s\n", number, "macro");
    if (sscanf("fedcba9876543210", "%lx", &read) == 1) printf("%llx\n", (unsigned long long)read);
    return 0;
}
)";

constexpr const char* printed =
    "1311768467463790320|header\n"
    "123456789abcdef0|text|1700000000|7|1311768467463790320|1311768467463790320 |end\n"
    "0x123456789abcdef0|macro\n"
    "fedcba9876543210\n";

TEST_F(BuildFormats, SuitWhatTheyPrint) {
    write("tiny.h",
          "#include <stdint.h>\n#include <stdio.h>\n"
          "static inline void in_header(uint64_t n) { printf(\"%lu|%s\\n\", n, \"header\"); }\n");
    write("tiny.c", prints_numbers);
    const std::string before = content(folder_ / "tiny.c");
    for (const char* flags : {"", "-w", "-Wall -Werror"}) {
        const Outcome built = build(fmt::format(". -o tiny.wasm --cflags '{}'", flags));
        ASSERT_EQ(built.exit_code, 0) << flags << built.output;
        EXPECT_EQ(run("tiny.wasm").output, printed) << flags;
    }
    EXPECT_EQ(content(folder_ / "tiny.c"), before);
    EXPECT_EQ(shell(fmt::format("cd {} && cc -w tiny.c -o native && ./native", folder_.string())).output, printed);
}

TEST_F(BuildFormats, AreLookedAtAgainWhereAHeaderChanges) {
    write("tiny.h", "#define FORMAT \"%d|%s\\n\"\ntypedef int number;\n");
    write("tiny.c",
          "#include \"tiny.h\"\n#include <stdio.h>\nint main(void) { number n = 5; "
          "printf(\"%d|%s\\n\", n, \"end\"); return 0; }\n");
    ASSERT_EQ(build(". -o tiny.wasm").exit_code, 0);
    EXPECT_EQ(run("tiny.wasm").output, "5|end\n");
    write("tiny.h", "typedef unsigned long long number;\n");
    const Outcome built = build(". -o tiny.wasm");
    ASSERT_EQ(built.exit_code, 0) << built.output;
    EXPECT_EQ(run("tiny.wasm").output, "5|end\n");
}

}  // namespace
}  // namespace wasm_bpf
