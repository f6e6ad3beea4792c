// Structs that both sides use and that would lie otherwise in the guest: the build refuses them. What counts as one is
// tested in tests/unit/shared_layouts_test.cpp.

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cli/build_folder.hpp"

namespace wasm_bpf {
namespace {

class BuildLayouts : public Build {
protected:
    BuildLayouts() {
        write("tiny.c",
              "#include <stdio.h>\n#include \"tiny.h\"\n"
              "struct seen copy;\nint main(void) { return printf(\"%zu\\n\", sizeof copy) < 0; }\n");
    }
};

TEST_F(BuildLayouts, SaysWhereBothLayoutsAndTheFix) {
    write("tiny.h", "struct seen {\n\tint id;\n\tlong count;\n\tvoid *at;\n};\n");
    const Outcome built = build(".");
    EXPECT_EQ(built.exit_code, 1);
    EXPECT_TRUE(mentions(built.output,
                         "tiny.h:1: error: struct seen does not lie in the guest as in BPF\n"
                         "    line  offset, size           BPF         guest\n"
                         "       2  int id                0, 4          0, 4\n"
                         "       3  long count            8, 8          4, 4  <- declare it __s64\n"
                         "       4  void *at             16, 8          8, 4  <- declare it __u64\n"
                         "          size                    24            12\n"))
        << built.output;
    EXPECT_FALSE(fs::exists(folder_ / "tiny.wasm"));
    EXPECT_EQ(build(".").exit_code, 1) << "a refusal was taken for done";

    EXPECT_EQ(build(". --unshared seen").exit_code, 0);
    EXPECT_EQ(build(".").exit_code, 1) << "what was let pass once stays so";

    write("tiny.h", "struct seen {\n\tint id;\n\tlong long count;\n\tunsigned long long at;\n};\n");
    EXPECT_EQ(build(".").exit_code, 0);
    EXPECT_EQ(run("tiny.wasm").output, "24\n");
}

TEST_F(BuildLayouts, LooksIntoEverySourceOfTheGuest) {
    write("tiny.h", "struct seen { long count; };\n");
    write("tiny.c", "int get(void); int main(void) { return get(); }\n");
    write("helper.c", "#include \"tiny.h\"\nint get(void) { static struct seen seen; return seen.count; }\n");
    const Outcome built = build(".");
    EXPECT_EQ(built.exit_code, 1);
    EXPECT_TRUE(mentions(built.output, "tiny.h:1: error: struct seen")) << built.output;
}

TEST_F(BuildLayouts, LeavesAloneWhatIsOfTheGuestAlone) {
    write("tiny.h", "struct seen { int count; };\nstruct config { long interval; const char *name; };\n");
    write("tiny.c",
          "#include \"tiny.h\"\nint main(void) { struct config config = {0, \"\"}; return config.name[0]; }\n");
    const Outcome built = build(".");
    EXPECT_EQ(built.exit_code, 0) << built.output;
}

}  // namespace
}  // namespace wasm_bpf
