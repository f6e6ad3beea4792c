// Skeletons for Go: names as bpf2go gives them, layouts that the Go compiler checks, text that gofmt leaves as it is.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "bpf/describe.hpp"
#include "skeleton/go_names.hpp"
#include "skeleton/go_skeleton.hpp"
#include "toolchain/process.hpp"
#include "toolchain/step.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf {
namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

class GoSkeleton : public testing::Test {
protected:
    GoSkeleton() {
        std::string name = (fs::temp_directory_path() / "wasm_bpf_go.XXXXXX").string();
        folder_ = mkdtemp(name.data());
        tools_ = toolchain::find_tools().value();
        sdk_ = toolchain::find_sdk().value();
        EXPECT_TRUE(toolchain::link_kernel_headers(folder_, sdk_));
    }
    ~GoSkeleton() override { fs::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) {
        EXPECT_TRUE(toolchain::write_file(folder_ / name, text));
    }

    // The skeleton of a source, as x_bpf.go beside x.bpf.o.
    std::string skeleton_of(const fs::path& source) {
        const fs::path object = folder_ / "x.bpf.o";
        EXPECT_EQ(run({tools_.clang, "-target", "bpf", "-g", "-O2", "-mcpu=v3", "-I" + sdk_.bpf_include.string(),
                       "-idirafter", folder_ / "system", "-c", source, "-o", object}),
                  0);
        EXPECT_EQ(run({tools_.strip, "-g", object}), 0);
        const std::string elf = toolchain::read_file(object).value();
        const auto bytes = std::as_bytes(std::span(elf));
        const auto description = bpf::describe_object(bytes, "x_bpf", bpf::DescribedTypes::of_both_halves);
        EXPECT_TRUE(description) << description.error().message;
        const std::string text = skeleton::go_skeleton({*description, bytes, "x.bpf.o"});
        write("x_bpf.go", text);
        return text;
    }

    // As the compiler for guests and gofmt take it, with this beside it.
    void expect_compiles(const std::string& main) {
        write("main.go", main);
        write("go.mod",
              fmt::format("module x\n\ngo 1.24\n\nrequire wasm-bpf/ebpf v0.0.0\n\nreplace wasm-bpf/ebpf => {}\n",
                          sdk_.go_module.string()));
        EXPECT_EQ(run({"/usr/bin/env", "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=", "GOWORK=off", TEST_GO, "-C", folder_,
                       "vet", "."}),
                  0);
        const fs::path gofmt = fs::path(TEST_GO).parent_path() / "gofmt";
        EXPECT_EQ(toolchain::read_process({gofmt, "-l", folder_ / "x_bpf.go"}).value(), "");
    }

    static int run(const Arguments& command) { return toolchain::run_process(command).value_or(-1); }

    fs::path folder_;
    toolchain::Tools tools_;
    toolchain::Sdk sdk_;
};

TEST(GoNames, AreThoseOfBpf2go) {
    for (const auto& [name, identifier] : {std::pair{"pkt_count", "PktCount"},
                                           {"MAX_PKTS", "MAX_PKTS"},
                                           {"_x", "X"},
                                           {"a_map", "A_map"},
                                           {"x2_y", "X2Y"},
                                           {"__", "X"},
                                           {"fooBar", "FooBar"}})
        EXPECT_EQ(skeleton::go_identifier(name), identifier) << name;
    EXPECT_EQ(skeleton::go_stem("live_config_bpf"), "liveConfig");
    EXPECT_EQ(skeleton::go_stem("Foo"), "Foo");
    EXPECT_EQ(skeleton::go_function("load", "foo", "Objects"), "loadFooObjects");
    EXPECT_EQ(skeleton::go_function("load", "Foo"), "LoadFoo");
}

// The sizes and places of the source's types are checked by the assertions that the skeleton has.
TEST_F(GoSkeleton, LaysTypesOutAsBpfDoes) {
    const std::string text = skeleton_of(fs::path(TEST_SOURCE_DIR) / "tests/unit/skeleton_globals.bpf.c");
    EXPECT_NE(text.find("_ = x[unsafe.Sizeof(xNested{})-40]"), std::string::npos) << text;
    expect_compiles(
        "package main\n\nfunc main() {\n\tvar o xObjects\n\tvar nested *xNested = o.Nested\n\t*nested.Whole() = 1\n"
        "\tnested.Color = xColorGREEN\n\to.Bits.SetB(-3)\n\tprintln(o.Bits.B(), o.Bits.D(), o.Squeezed.Crossing(), "
        "o.A_map)\n"
        "\tvar second [8]byte = o.Squeezed.Second\n\t_ = second\n\tprintln(o.Grid[1][2].Number, o.ByTypedef.Where, "
        "o.Huge[1])\n}\n");
    // What lies otherwise in Go does not compile.
    std::string wrong = text;
    const std::string place = "Offsetof(xNested{}.Number)-8]";
    ASSERT_NE(wrong.find(place), std::string::npos);
    wrong.replace(wrong.find(place), place.size(), "Offsetof(xNested{}.Number)-7]");
    write("x_bpf.go", wrong);
    EXPECT_NE(run({"/usr/bin/env", "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=", "GOWORK=off", TEST_GO, "-C", folder_,
                   "build", "-o", "/dev/null", "."}),
              0);
}

TEST_F(GoSkeleton, HasBpf2gosNames) {
    write("x.bpf.c",
          "#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n"
          "struct event { int pid; union { int code; char text[8]; }; unsigned ready : 1; };\n"
          "const struct event *unused __attribute__((unused));\nint type = 1;\n"
          "struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1);\n"
          "__type(key, int); __type(value, struct event); } Close SEC(\".maps\");\n"
          "SEC(\"tp/sched/sched_switch\") int on_switch(void *context) { return type; }\n"
          "char LICENSE[] SEC(\"license\") = \"GPL\";\n");
    const std::string text = skeleton_of(folder_ / "x.bpf.c");
    const std::string golden =
        toolchain::read_file(fs::path(TEST_SOURCE_DIR) / "tests/unit/go_skeleton.golden").value();
    EXPECT_EQ(text, golden);
    expect_compiles(
        "package main\n\nfunc main() {\n\tvar o xObjects\n\tif err := loadXObjects(&o, nil); err != nil {\n"
        "\t\tpanic(err)\n\t}\n\tdefer o.Close()\n\tvar e xEvent\n\tprintln(*e.Code(), e.Text()[0], e.Ready())\n"
        "\tprintln(*o.Type, o.OnSwitch.FD(), o.Close_.FD())\n}\n");
}

TEST_F(GoSkeleton, TakesAnObjectWithNothingInIt) {
    write("x.bpf.c",
          "char LICENSE[] __attribute__((section(\"license\"), used)) = \"GPL\";\nint f(void) { return 0; }\n");
    skeleton_of(folder_ / "x.bpf.c");
    expect_compiles(
        "package main\n\nfunc main() {\n\tvar o xObjects\n\tprintln(loadXObjects(&o, nil), o.Close())\n}\n");
}

}  // namespace
}  // namespace wasm_bpf
