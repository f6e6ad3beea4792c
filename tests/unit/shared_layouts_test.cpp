// Which types of a header that BPF and a guest compile would lie differently, as the compilers have it.

#include "toolchain/shared_layouts.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "toolchain/process.hpp"
#include "toolchain/step.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

class SharedLayouts : public testing::Test {
protected:
    SharedLayouts() {
        std::string name = (fs::temp_directory_path() / "wasm_bpf_layouts.XXXXXX").string();
        folder_ = fs::canonical(mkdtemp(name.data()));
        tools_ = find_tools().value();
    }
    ~SharedLayouts() override { fs::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) { ASSERT_TRUE(write_file(folder_ / name, text)); }

    DebugTypes compile(const std::string& source, const std::vector<std::string>& target) {
        const fs::path object = folder_ / (source + ".o");
        std::vector<std::string> command = {tools_.clang, "-g", "-w", "-c", folder_ / source, "-o", object};
        command.insert(command.end(), target.begin(), target.end());
        EXPECT_EQ(run_process(command).value(), 0) << source;
        return DebugTypes(read_process({tools_.debug_lister, object}).value());
    }

    // Of a pair of sources, joined.
    std::string conflicts(const std::string& bpf, const std::string& guest, const std::set<std::string>& unshared = {},
                          const std::string& guest_name = "guest.c") {
        write("bpf.c", bpf);
        write(guest_name, guest);
        const SharedTypesRule rule{[&](const fs::path& file) { return file.parent_path() == folder_; }, unshared};
        std::string text;
        for (const std::string& conflict : layout_conflicts(compile("bpf.c", {"-target", "bpf", "-O2"}),
                                                            compile(guest_name, {"--target=wasm32-wasi", "-O0"}), rule))
            text += conflict;
        return text;
    }

    // Of the type T of a header, which both sides use by a pointer in a function.
    std::string conflicts(const std::string& header) {
        write("shared.h", header);
        const std::string use =
            "#include \"shared.h\"\n#ifndef T\n#define T struct s\n#endif\n"
            "int use(void *p);\nint use(void *p) { T *t = p; return *(char *)t + sizeof(*t) + "
            "((char *)&t[1])[0]; }\nT global;\n";
        return conflicts(use, use);
    }

    fs::path folder_;
    Tools tools_;
};

struct Case {
    const char* header;
    const char* expected;  // in the text; null: the layouts agree
};

TEST_F(SharedLayouts, AgreeWhereEveryTypeHasOneSize) {
    for (const char* header : {
             "struct s { int a; unsigned b; short c; char d[16]; long long e; unsigned long long f; double g; };",
             "enum kind { ONE, TWO = 0x7fffffff }; struct s { enum kind a; _Bool b; float c; };",
             "enum wide { BIG = 0x100000000LL }; struct s { char a; enum wide b; };",
             "struct s { unsigned a : 3, b : 29; unsigned long long c : 40; unsigned char d : 1; };",
             "struct inner { unsigned short port; unsigned char address[16]; };\n"
             "struct s { struct inner from, to; union { int v4; struct inner v6; }; };",
             "typedef unsigned long long u64; typedef struct { u64 a[3]; } t;\n#define T t\n",
             "union u { unsigned char bytes[8]; unsigned long long whole; };\n#define T union u\n",
             "struct s { unsigned long long count; int values[]; };",
             "struct s { char a; long long b; } __attribute__((packed));",
             "struct s { int a; int b __attribute__((aligned(64))); };",
             "struct s { __int128 a; char b; };",
             // Of an arena: the guest's pointer is the lower half.
             "struct s { union { struct s *next; unsigned long long next_address; }; int value; };",
         })
        EXPECT_EQ(conflicts(header), "") << header;
}

TEST_F(SharedLayouts, DifferByLongsPointersAndSizes) {
    for (const auto& [header, expected] : {
             Case{"struct s { long a; };", "long a                0, 8          0, 4  <- declare it __s64"},
             Case{"struct s { int a; unsigned long b; };", "8, 8          4, 4  <- declare it __u64"},
             Case{"#include <stddef.h>\nstruct s { size_t a; };",
                  "size_t a              0, 8          0, 4  <- declare it __u64"},
             Case{"typedef __INTPTR_TYPE__ intptr; struct s { intptr a; };", "<- declare it __s64"},
             Case{"struct s { void *a; };", "void *a "},
             Case{"struct s { int (*call)(int); };", "<- declare it __u64"},
             Case{"struct s { const char *const names[2]; };", "0, 16          0, 8  <- declare it __u64"},
             Case{"struct s { long a[4]; };", "long a[4] "},
             Case{"struct s { long a[2][3]; };", "0, 48         0, 24"},
             Case{"struct s { const volatile long a; };", "<- declare it __s64"},
             Case{"typedef long count_t; struct s { count_t a; };", "count_t a "},
             Case{"union u { long a; char b[8]; };\n#define T union u\n", "union u does not lie"},
             Case{"struct s { union { long a; int b; }; int c; };", "int c                 8, 4          4, 4\n"},
             Case{"struct s { struct { char x; long y; } in; };", "long in.y "},
             Case{"struct s { struct { char x; long y; } in[3]; };", "long in.y "},
             Case{"struct s { unsigned long long n; long tail[]; };", "long tail[] "},
             Case{"struct s { unsigned a : 3; unsigned long b : 5; };",
                  "<- declare it __u64\n          size                        8             4"},
             Case{"typedef struct { long a; } t;\n#define T t\n", "shared.h:1: error: t does not"},
             Case{"struct s { char a; long b; } __attribute__((packed));", "1, 8          1, 4"},
             Case{"struct s { long double a; };", "<- declare it double"},
         })
        EXPECT_NE(conflicts(header).find(expected), std::string::npos) << header << "\n" << conflicts(header);
}

TEST_F(SharedLayouts, ANestedStructIsToldOnItsOwn) {
    const std::string text = conflicts("struct inner {\n\tlong a;\n};\nstruct s {\n\tstruct inner in;\n\tint b;\n};\n");
    EXPECT_NE(text.find("shared.h:1: error: struct inner does not lie in the guest as in BPF\n"), text.npos) << text;
    EXPECT_NE(text.find("shared.h:4: error: struct s does not lie in the guest as in BPF\n"), text.npos) << text;
    EXPECT_NE(text.find("inner in              0, 8          0, 4  <- see struct inner\n"), text.npos) << text;
}

TEST_F(SharedLayouts, AreAskedForOnlyWhereBothSidesUseThem) {
    write("shared.h", "struct s { long a; };\n");
    const std::string use = "#include \"shared.h\"\nstruct s global;\n";
    const std::string not_at_all = "#include \"shared.h\"\nint global;\n";
    EXPECT_NE(conflicts(use, use), "");
    EXPECT_EQ(conflicts(use, not_at_all), "");
    EXPECT_EQ(conflicts(not_at_all, use), "");
    EXPECT_EQ(conflicts(use, use, {"s"}), "");
    EXPECT_EQ(conflicts(use, use, {"struct s"}), "");
    EXPECT_NE(conflicts(use, use, {"other"}), "");
}

TEST_F(SharedLayouts, CountWhenWrittenDownTwice) {
    const std::string bpf = "struct s { long a; int b; }; struct s global;\n";
    const std::string text = conflicts(bpf, "\nstruct s { long a; int b; }; struct s global;\n");
    EXPECT_NE(text.find("guest.c:2: error: struct s does not lie in the guest as in BPF ("), text.npos) << text;
    EXPECT_NE(text.find("bpf.c:1)\n"), text.npos) << text;
    EXPECT_EQ(conflicts(bpf, "struct s { long other; }; struct s global;\n"), "") << "merely of the same name";
}

TEST_F(SharedLayouts, AreNotTheSystems) {
    fs::create_directory(folder_ / "system");
    write("system/kernel.h", "struct task { long state; void *stack; };\nstruct s { struct task task; };\n");
    const std::string use = "#include \"system/kernel.h\"\nstruct task global; struct s other;\n";
    EXPECT_EQ(conflicts(use, use), "");
    // A part of the user's is compared with it.
    write("shared.h", "#include \"system/kernel.h\"\nstruct mine { struct task task; };\n");
    const std::string mine = "#include \"shared.h\"\nstruct mine global;\n";
    EXPECT_NE(conflicts(mine, mine).find("long task.state "), std::string::npos) << conflicts(mine, mine);
}

TEST_F(SharedLayouts, InCppToo) {
    write("shared.h", "struct s { int a; void *b; };\nstruct fine { int a; };\n");
    const std::string bpf = "#include \"shared.h\"\nstruct s global; struct fine other;\n";
    const std::string guest =
        "#include \"shared.h\"\nnamespace tool { struct reader { s *next; fine *other; int get() { return next->a + "
        "other->a; } }; }\n"
        "int use(tool::reader &r) { return r.get(); }\n";
    const std::string text = conflicts(bpf, guest, {}, "guest.cpp");
    EXPECT_NE(text.find("shared.h:1: error: struct s does not"), text.npos) << text;
    EXPECT_EQ(text.find("fine"), text.npos) << text;
}

TEST(DebugTypes, AreEmptyWhereTheListingIsNone) {
    for (const char* listing : {"", "\n", "x.o: file format", "0x", "0x0000000b: DW_TAG_member\n  DW_AT_type\t(",
                                "0x0000002a:   DW_TAG_subrange_type\n  DW_AT_count\t(0x04)\n"})
        EXPECT_TRUE(DebugTypes(listing).all().empty()) << listing;
    const DebugTypes endless("0x00000001: DW_TAG_typedef\n  DW_AT_type\t(0x00000001 \"a\")\n");
    EXPECT_EQ(endless.size_bytes(1), 0u);
    EXPECT_EQ(endless.element(1), nullptr);
}

}  // namespace
}  // namespace wasm_bpf::toolchain
