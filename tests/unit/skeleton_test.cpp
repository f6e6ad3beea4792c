// Skeletons of compiled objects, checked by the compilers that guests use.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "bpf/describe.hpp"
#include "bpf/object.hpp"
#include "skeleton/c_skeleton.hpp"
#include "skeleton/rust_skeleton.hpp"
#include "skeleton/rust_types.hpp"
#include "toolchain/process.hpp"
#include "toolchain/step.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf {
namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

class Skeleton : public testing::Test {
protected:
    Skeleton() {
        std::string name = (fs::temp_directory_path() / "wasm_bpf_skeleton.XXXXXX").string();
        folder_ = mkdtemp(name.data());
        tools_ = toolchain::find_tools().value();
        sdk_ = toolchain::find_sdk().value();
        EXPECT_TRUE(toolchain::link_kernel_headers(folder_, sdk_));
    }
    ~Skeleton() override { fs::remove_all(folder_); }

    // The object of a source beside this file.
    std::string compile_object(const char* debug = "-g") {
        const fs::path object = folder_ / "skeleton_globals.bpf.o";
        EXPECT_EQ(
            run({tools_.clang, "-target", "bpf", debug, "-O2", "-mcpu=v3", "-I" + sdk_.bpf_include.string(),
                 "-idirafter", folder_ / "system", "-c", source_folder_ / "skeleton_globals.bpf.c", "-o", object}),
            0);
        EXPECT_EQ(run({tools_.strip, "-g", object}), 0);
        return toolchain::read_file(object).value();
    }

    std::string write_skeleton(const std::string& elf) {
        const auto object = bpf::describe_object(bytes_of(elf), "skeleton_globals_bpf");
        EXPECT_TRUE(object) << object.error().message;
        const std::string text = skeleton::c_skeleton(object.value(), bytes_of(elf));
        EXPECT_TRUE(toolchain::write_file(folder_ / "skeleton_globals.skel.h", text));
        return text;
    }

    // Compiles C for a guest ("wasm32") or for this machine. The exit code.
    int compile(const std::string& target, const fs::path& source, const Arguments& more = {}) {
        Arguments command = {tools_.clang, "-O2",
                             "-Wall",      "-Wextra",
                             "-Werror",    "-I" + folder_.string(),
                             "-isystem",   sdk_.include,
                             "-isystem",   sdk_.compat,
                             "-isystem",   folder_ / "libbpf",
                             "-idirafter", folder_ / "system"};
        if (target == "wasm32")
            command.push_back("--target=wasm32-wasi");
        else
            command.push_back("-Wno-unknown-attributes");  // the imports of the guest ABI
        command.insert(command.end(), more.begin(), more.end());
        command.insert(command.end(), {"-c", source, "-o", folder_ / "out.o"});
        return run(command);
    }

    fs::path write(const std::string& name, const std::string& text) {
        EXPECT_TRUE(toolchain::write_file(folder_ / name, text));
        return folder_ / name;
    }

    static int run(const Arguments& command) { return toolchain::run_process(command).value_or(-1); }

    fs::path folder_;
    const fs::path source_folder_ = fs::path(TEST_SOURCE_DIR) / "tests/unit";
    toolchain::Tools tools_;
    toolchain::Sdk sdk_;
};

const bpf::MapDescription* find_map(const bpf::ObjectDescription& object, std::string_view identifier) {
    const auto found = std::ranges::find(object.maps, identifier, &bpf::MapDescription::identifier);
    return found == object.maps.end() ? nullptr : &*found;
}

TEST_F(Skeleton, PlacesEveryMemberWhereBpfHasIt) {
    const std::string elf = compile_object();
    write_skeleton(elf);
    const auto object = bpf::Object::open(bytes_of(elf));
    ASSERT_TRUE(object);
    std::vector<unsigned> data;
    for (const std::byte byte : (*object)->find_map(".data")->initial_value())
        data.push_back(std::to_integer<unsigned>(byte));
    write("data_bytes.h", fmt::format("#define DATA_BYTES {}\n", fmt::join(data, ",")));
    for (const char* target : {"wasm32", "native"})
        EXPECT_EQ(compile(target, source_folder_ / "skeleton_layout_check.c"), 0) << target;
}

TEST_F(Skeleton, SuitsCppToo) {
    const fs::path bpf =
        write("reserved.bpf.c",
              "#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n"
              "struct empty {}; struct event { int class; struct { int new; } private[2]; struct empty e; };\n"
              "struct event this; int namespace = 7;\n"
              "struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1);\n"
              "__type(key, int); __type(value, struct event); } template SEC(\".maps\");\n"
              "SEC(\"tp/sched/sched_switch\") int delete(void *context) { return this.class; }\n"
              "char LICENSE[] SEC(\"license\") = \"GPL\";\n");
    ASSERT_EQ(run({tools_.clang, "-target", "bpf", "-g", "-O2", "-I" + sdk_.bpf_include.string(), "-idirafter",
                   folder_ / "system", "-c", bpf, "-o", folder_ / "reserved.bpf.o"}),
              0);
    const std::string elf = toolchain::read_file(folder_ / "reserved.bpf.o").value();
    const auto object = bpf::describe_object(bytes_of(elf), "reserved_bpf");
    ASSERT_TRUE(object) << object.error().message;
    write("reserved.skel.h", skeleton::c_skeleton(*object, bytes_of(elf)));
    const fs::path in_c = write("use.c",
                                "#include \"reserved.skel.h\"\nint use(struct reserved_bpf *s);\n"
                                "int use(struct reserved_bpf *s) { return s->data->namespace + s->bss->this.class +\n"
                                "s->bss->this.private[1].new + !s->maps.template + !s->progs.delete; }\n");
    const fs::path in_cpp =
        write("use.cpp",
              "#include \"reserved.skel.h\"\nint use(reserved_bpf *s);\n"
              "int use(reserved_bpf *s) { reserved_bpf::destroy(reserved_bpf::open_and_load());\n"
              "return s->data->namespace_ + s->bss->this_.class_ + s->bss->this_.private_[1].new_ +\n"
              "!s->maps.template_ + !s->progs.delete_; }\n");
    for (const char* target : {"wasm32", "native"}) {
        EXPECT_EQ(compile(target, in_c), 0) << target;
        EXPECT_EQ(compile(target, in_cpp), 0) << target;
    }
}

TEST_F(Skeleton, NoticesAnotherLayoutOfAUsersOwnType) {
    write_skeleton(compile_object());
    const auto with_alignment = [&](int bytes) {
        return write("own.c", fmt::format("struct mine {{ int a; int b __attribute__((aligned({}))); }};\n"
                                          "#define skeleton_globals_bpf__over_aligned mine\n"
                                          "#include \"skeleton_globals.skel.h\"\n"
                                          "struct mine *get(struct skeleton_globals_bpf *skel);\n"
                                          "struct mine *get(struct skeleton_globals_bpf *skel)\n"
                                          "{{ return &skel->data->over_aligned[1]; }}\n",
                                          bytes));
    };
    EXPECT_EQ(compile("wasm32", with_alignment(32)), 0);
    EXPECT_NE(compile("wasm32", with_alignment(16), {"-w", "-ferror-limit=1"}), 0);
}

// As bpftool's skeletons do, where `wasm-bpf build` compiles.
TEST_F(Skeleton, TakesTypesThatTheSourceDeclares) {
    write_skeleton(compile_object());
    const auto with_alignment = [&](int bytes) {
        return write("declared.c", fmt::format("struct over_aligned {{ int a; int b __attribute__((aligned({}))); }};\n"
                                               "#include \"skeleton_globals.skel.h\"\n"
                                               "struct over_aligned *get(struct skeleton_globals_bpf *skel);\n"
                                               "struct over_aligned *get(struct skeleton_globals_bpf *skel)\n"
                                               "{{ return &skel->data->over_aligned[1]; }}\n",
                                               bytes));
    };
    const Arguments as_build = {"-fms-extensions", "-DWASM_BPF_DECLARED_TYPES"};
    EXPECT_EQ(compile("wasm32", with_alignment(32), as_build), 0);
    EXPECT_NE(compile("wasm32", with_alignment(16), {"-fms-extensions", "-DWASM_BPF_DECLARED_TYPES", "-w"}), 0);
}

TEST_F(Skeleton, EmbedsTheObjectByteForByte) {
    const std::string elf = compile_object();
    write_skeleton(elf);
    const fs::path source =
        write("print.c",
              "#include \"skeleton_globals.skel.h\"\n"
              "int main(void) { size_t size; const void *elf = skeleton_globals_bpf__elf_bytes(&size);\n"
              "return fwrite(elf, 1, size, stdout) != size; }\n");
    ASSERT_EQ(compile("native", source, {"-include", "stdio.h"}), 0);
    ASSERT_EQ(run({tools_.clang, folder_ / "out.o", "-o", folder_ / "print"}), 0);
    EXPECT_EQ(toolchain::read_process({folder_ / "print"}).value(), elf);
}

TEST_F(Skeleton, NamesMapsAndSectionsAsBpftoolDoes) {
    const std::string elf = compile_object();
    const auto object = bpf::describe_object(bytes_of(elf), "skeleton_globals_bpf").value();
    for (const char* name : {"a_map", "data", "data_my_own", "rodata", "bss", "kconfig"})
        EXPECT_NE(find_map(object, name), nullptr) << name;
    EXPECT_EQ(find_map(object, "data_my_own")->name, ".data.my-own");
    EXPECT_EQ(find_map(object, "data")->name, ".data");
    EXPECT_TRUE(find_map(object, "rodata")->is_read_only);
    EXPECT_EQ(find_map(object, "kconfig")->variables.at(0).name, "LINUX_KERNEL_VERSION");
    ASSERT_EQ(object.programs.size(), 1u);
    EXPECT_EQ(object.programs[0].section, "tp/sched/sched_switch");

    const std::string text = write_skeleton(elf);
    for (const char* expected :
         {"struct bpf_map *a_map;", "struct bpf_program *on_switch;", "struct bpf_link *on_switch;",
          "struct skeleton_globals_bpf__data_my_own *data_my_own;", "skeleton_globals_bpf__open_and_load"})
        EXPECT_NE(text.find(expected), text.npos) << expected;
    EXPECT_EQ(text.find("hidden;"), text.npos) << "a static variable is exposed";
}

// tests/guests/rust/layout has a compiler and the kernel look at it.
TEST_F(Skeleton, InRustHasTheNamesOfLibbpfCargos) {
    const std::string elf = compile_object();
    const auto object =
        bpf::describe_object(bytes_of(elf), "skeleton_globals_bpf", bpf::DescribedTypes::of_both_halves);
    ASSERT_TRUE(object) << object.error().message;
    const std::string text = skeleton::rust_skeleton({*object, bytes_of(elf), "skeleton_globals.bpf.o"});
    for (const char* expected :
         {"include_bytes!(\"skeleton_globals.bpf.o\")", "pub struct SkeletonGlobalsSkelBuilder {",
          "pub fn open(&self) -> ::wasm_bpf::Result<OpenSkeletonGlobalsSkel>",
          "pub a_map: ::wasm_bpf::TypedMap<i32, types::nested>,", "pub on_switch: ::wasm_bpf::Program,",
          "pub on_switch: Option<::wasm_bpf::Link>,", "pub data_my_own: ::wasm_bpf::OpenSection<types::data_my_own>,",
          "pub rodata: ::wasm_bpf::LoadedSection<types::rodata>,", "pub number: ::wasm_bpf::Live<i64>,",
          "pub limit: i64,",
          "assert!(size_of::<squeezed>() == ", "assert!(::core::mem::offset_of!(nested, point) == 16);",
          "#[repr(C, packed)]", "pub fn c(&self) -> u64 {", "pub const GREEN: Self = Self(7);"})
        EXPECT_NE(text.find(expected), text.npos) << expected << "\nis not in\n" << text;
    EXPECT_EQ(text.find("hidden:"), text.npos) << "a static variable is exposed";
    EXPECT_EQ(text.find("open_object_mut"), text.npos) << "objects could be exchanged";
}

// A static variable has no name for the guest, but is the programs' to write: its bytes are in a cell, not in padding.
TEST_F(Skeleton, InRustHasWhatLiesBesideVariablesInCells) {
    const fs::path bpf = write("between.bpf.c",
                               "char first = 1; long second = 2; char last = 3; static volatile char behind = 4;\n"
                               "const int limit = 4; const long wide = 5;\n"
                               "__attribute__((section(\"socket\"))) int f(void *c) { return behind++; }\n");
    ASSERT_EQ(run({tools_.clang, "-target", "bpf", "-g", "-O2", "-w", "-c", bpf, "-o", folder_ / "between.bpf.o"}), 0);
    const std::string elf = toolchain::read_file(folder_ / "between.bpf.o").value();
    const auto object = bpf::describe_object(bytes_of(elf), "between_bpf");
    ASSERT_TRUE(object) << object.error().message;
    const std::string text = skeleton::rust_skeleton({*object, bytes_of(elf), "between.bpf.o"});
    for (const char* expected : {"pub struct data {\n    pub first: ::wasm_bpf::Live<u8>,\n    #[doc(hidden)]\n"
                                 "    pub __pad0: ::wasm_bpf::Live<[u8; 7]>,\n    pub second: ::wasm_bpf::Live<i64>,\n"
                                 "    pub last: ::wasm_bpf::Live<u8>,\n    #[doc(hidden)]\n"
                                 "    pub __pad1: ::wasm_bpf::Live<[u8; 15]>,\n}",
                                 "pub struct rodata {\n    pub limit: i32,\n    #[doc(hidden)]\n"
                                 "    pub __pad0: [u8; 4],\n    pub wide: i64,\n"})
        EXPECT_NE(text.find(expected), text.npos) << expected << "\nis not in\n" << text;
}

TEST_F(Skeleton, InRustDeclaresWhatAVariablePointsTo) {
    const fs::path bpf =
        write("points.bpf.c",
              "struct inner { int x; }; struct event { struct inner inner; char text[7]; };\n"
              "typedef struct { long id; } named; enum mode { ON = 1 };\n"
              "const struct event *const event __attribute__((unused));\n"
              "named *unused; enum mode *mode; void *nothing; int *number; struct unknown *unknown;\n");
    ASSERT_EQ(run({tools_.clang, "-target", "bpf", "-g", "-O2", "-w", "-c", bpf, "-o", folder_ / "points.bpf.o"}), 0);
    const std::string elf = toolchain::read_file(folder_ / "points.bpf.o").value();
    const auto both = bpf::describe_object(bytes_of(elf), "points_bpf", bpf::DescribedTypes::of_both_halves);
    ASSERT_TRUE(both) << both.error().message;
    const std::string text = skeleton::rust_skeleton({*both, bytes_of(elf), "points.bpf.o"});
    for (const char* expected : {"pub struct event {\n    pub inner: inner,\n    pub text: [u8; 7],\n"
                                 "    #[doc(hidden)]\n    pub __pad0: [u8; 1],\n}",
                                 "pub struct inner {", "pub struct named {", "pub struct mode(pub u32);",
                                 "pub nothing: ::wasm_bpf::Live<u64>,"})
        EXPECT_NE(text.find(expected), text.npos) << expected << "\nis not in\n" << text;
    const auto variables = bpf::describe_object(bytes_of(elf), "points_bpf");
    ASSERT_TRUE(variables);
    EXPECT_EQ(skeleton::c_skeleton(*variables, bytes_of(elf)).find("struct points_bpf__event {"), std::string::npos);
}

TEST_F(Skeleton, SaysWhatIsWrongWithAnObject) {
    const std::string text = "no object at all";
    const auto none = bpf::describe_object(bytes_of(text), "x");
    ASSERT_FALSE(none);
    EXPECT_TRUE(none.error().message.starts_with("this is no BPF object: ")) << none.error().message;

    const std::string without_btf =
        "int f(void *c) { return 0; } char L[] __attribute__((section(\"license\"))) = \"GPL\";\n";
    const fs::path source = write("plain.c", "__attribute__((section(\"socket\"), used)) " + without_btf);
    ASSERT_EQ(run({tools_.clang, "-target", "bpf", "-O2", "-w", "-c", source, "-o", folder_ / "plain.o"}), 0);
    const std::string elf = toolchain::read_file(folder_ / "plain.o").value();
    const auto plain = bpf::describe_object(bytes_of(elf), "x");
    ASSERT_FALSE(plain);
    EXPECT_NE(plain.error().message.find("clang -target bpf -g"), std::string::npos) << plain.error().message;
}

TEST(SkeletonNames, InRustAreNoneOfRustsOwnWords) {
    for (const auto& [name, identifier] : {std::pair{"pid", "pid"},
                                           {"type", "r#type"},
                                           {"match", "r#match"},
                                           {"self", "self_"},
                                           {"Self", "Self_"},
                                           {"crate", "crate_"},
                                           {"a-b", "a_b"},
                                           {"gen", "r#gen"},
                                           {"_", "__"}})
        EXPECT_EQ(skeleton::rust_identifier(name), identifier);
    for (const auto& [name, type] : {std::pair{"my_tool", "MyTool"},
                                     {"x", "X"},
                                     {"rust-histogram", "RustHistogram"},
                                     {"tool2go", "Tool2go"},
                                     {"_9lives", "_9lives"}})
        EXPECT_EQ(skeleton::type_identifier(name), type);
}

TEST(SkeletonNames, FollowTheObjectsFile) {
    EXPECT_EQ(skeleton::object_name("out/x.bpf.o"), "x_bpf");
    EXPECT_EQ(skeleton::object_name("my-tool.v2.bpf.o"), "my_tool_v2_bpf");
    EXPECT_EQ(skeleton::object_name("9lives"), "_9lives");
}

}  // namespace
}  // namespace wasm_bpf
