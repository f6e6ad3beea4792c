// Which uses of BPF's memory a guest's source makes by types that are smaller there than in BPF, as clang has them.

#include "toolchain/memory_use_conflicts.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "toolchain/bpf_layout.hpp"
#include "toolchain/process.hpp"
#include "toolchain/step.hpp"
#include "toolchain/syntax_tree.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

// What sources get from libbpf's headers and a skeleton's.
constexpr const char* declarations = R"(typedef __SIZE_TYPE__ size_t;
typedef unsigned long long __u64; typedef unsigned __u32;
struct bpf_map; struct bpf_object; struct ring_buffer; struct perf_buffer;
typedef int (*ring_buffer_sample_fn)(void *ctx, void *data, size_t size);
typedef void (*perf_buffer_sample_fn)(void *ctx, int cpu, void *data, __u32 size);
int bpf_map__fd(const struct bpf_map *map);
int bpf_object__find_map_fd_by_name(const struct bpf_object *obj, const char *name);
int bpf_map_create(int type, const char *name, __u32 key, __u32 value, __u32 entries, const void *opts);
int bpf_map_lookup_elem(int fd, const void *key, void *value);
int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags);
int bpf_map_get_next_key(int fd, const void *key, void *next_key);
int bpf_map_lookup_batch(int fd, void *in, void *out, void *keys, void *values, __u32 *count, const void *opts);
int bpf_map__lookup_elem(const struct bpf_map *map, const void *key, size_t key_sz, void *value, size_t size, __u64 f);
struct ring_buffer *ring_buffer__new(int fd, ring_buffer_sample_fn sample, void *ctx, const void *opts);
struct perf_buffer *perf_buffer__new(int fd, size_t pages, perf_buffer_sample_fn sample, void *lost, void *ctx, void *o);
void *bpf_map__initial_value(const struct bpf_map *map, size_t *size);
void *memcpy(void *to, const void *from, size_t size);
struct tool_bpf__bss { __u64 n; __u64 list[4]; char text[8]; };
struct tool_bpf { struct { struct bpf_map *wide, *narrow, *pairs, *stacks; } maps; struct tool_bpf__bss *bss; };
extern struct tool_bpf *skel;
)";

class MemoryUses : public testing::Test {
protected:
    MemoryUses() {
        std::string name = (fs::temp_directory_path() / "wasm_bpf_uses.XXXXXX").string();
        folder_ = fs::canonical(mkdtemp(name.data()));
        tools_ = find_tools().value();
        EXPECT_TRUE(write_file(folder_ / "declarations.h", declarations));
    }
    ~MemoryUses() override { fs::remove_all(folder_); }

    std::string conflicts(const std::string& source, const std::set<std::string>& unshared = {},
                          const std::string& name = "guest.c") {
        const std::string include = "#include \"declarations.h\"\n";
        const bool is_c = name.ends_with(".c");
        EXPECT_TRUE(write_file(folder_ / name, (is_c ? include : "extern \"C\" {\n" + include + "}\n") + source));
        const std::vector<std::string> command = {tools_.clang, "--target=wasm32-wasi", "-w", folder_ / name};
        const auto with = [&](std::vector<std::string> more) {
            more.insert(more.begin(), command.begin(), command.end());
            return more;
        };
        const fs::path object = folder_ / "guest.o";
        EXPECT_EQ(run_process(with({"-g", "-O0", "-c", "-o", object})).value(), 0) << source;
        const DebugTypes types(read_process({tools_.debug_lister, object}).value());
        const std::string listing = read_process(with({"-fsyntax-only", "-Xclang", "-ast-dump"})).value();
        EXPECT_FALSE(listing.empty()) << source;
        const std::vector<MapSizes> maps = {
            {"wide", 8, 8}, {"narrow", 4, 4}, {"pairs", 4, 16}, {"stacks", 4, 0}, {".bss", 4, 48}};
        const SharedTypesRule rule{[&](const fs::path& file) { return file.filename() == name; }, unshared};
        std::string text;
        const auto uses = read_memory_uses(listed(bpf_memory_uses(SyntaxTree(listing), {"struct tool_bpf__bss"})));
        for (const std::string& conflict : memory_use_conflicts(uses, types, maps, rule)) text += conflict;
        return text;
    }

    // Of the statements of a function that has `skel` and a `key` of 4 bytes.
    std::string in_main(const std::string& statements) {
        return conflicts("int main(void) { __u32 key = 0;\n" + statements + "\nreturn 0; }\n");
    }

    fs::path folder_;
    Tools tools_;
};

TEST_F(MemoryUses, AreRightByTypesOfOneSize) {
    for (const char* statements : {
             "__u64 v; bpf_map_lookup_elem(bpf_map__fd(skel->maps.wide), &v, &v);",
             "typedef unsigned long long u64; u64 v[8]; bpf_map_lookup_batch(3, 0, 0, v, v, &key, 0);",
             "__u32 v; bpf_map_lookup_elem(bpf_map__fd(skel->maps.narrow), &key, &v);",
             "char v[16]; bpf_map_lookup_elem(bpf_map__fd(skel->maps.pairs), &key, v);",
             "struct { __u64 a, b; } v; bpf_map_lookup_elem(bpf_map__fd(skel->maps.pairs), &key, &v);",
             "bpf_map_get_next_key(bpf_map__fd(skel->maps.wide), (void *)0, &key);",
             "__u64 list[4]; memcpy(list, skel->bss->list, sizeof list);",
             "__u64 *n = &skel->bss->n; char *text = skel->bss->text; key = *n + *text;",
             "unsigned long n = skel->bss->n; key = n;",
             "char text[8]; memcpy(text, skel->bss->text, 8);",
             // What fits in the guest: an element of 4 bytes, a map of its own.
             "unsigned long v; bpf_map_lookup_elem(bpf_map__fd(skel->maps.narrow), &v, &v);",
             "int fd = bpf_map_create(1, \"own\", 4, sizeof(long), 9, 0); long v; bpf_map_lookup_elem(fd, &key, &v);",
         })
        EXPECT_EQ(in_main(statements), "") << statements;
}

TEST_F(MemoryUses, OfMapsSayWhichMapAndTheFix) {
    EXPECT_EQ(
        in_main("unsigned long v; bpf_map_lookup_elem(bpf_map__fd(skel->maps.wide), &key, &v);"),
        fmt::format("{}:3: error: unsigned long, as the value of map wide in bpf_map_lookup_elem(), has 8 bytes in "
                    "BPF and 4 in the guest  <- declare it __u64\n",
                    (folder_ / "guest.c").string()));
}

struct Case {
    const char* statements;
    const char* expected;  // in the text
};

TEST_F(MemoryUses, OfMapsAreFoundHoweverTheMapIsNamed) {
    for (const auto& [statements, expected] : {
             Case{"int fd; fd = bpf_map__fd(skel->maps.wide); long v; bpf_map_lookup_elem(fd, &key, &v);",
                  "long, as the value of map wide in bpf_map_lookup_elem(), has 8 bytes in BPF and 4 in the guest  <- "
                  "declare it __s64"},
             Case{"size_t v[2]; bpf_map_lookup_elem(bpf_object__find_map_fd_by_name(0, \"wide\"), &key, (void *)v);",
                  "size_t, as the value of map wide"},
             Case{"unsigned long k; bpf_map_get_next_key(bpf_map__fd(skel->maps.wide), &k, &key);",
                  "unsigned long, as the key of map wide in bpf_map_get_next_key()"},
             Case{
                 "const char *v = 0; bpf_map_update_elem(bpf_map__fd(skel->maps.wide), &key, &v, 0);",
                 "char *, as the value of map wide in bpf_map_update_elem(), has 8 bytes in BPF and 4 in the guest  <- "
                 "declare it __u64"},
             Case{"struct bpf_map *m = skel->maps.wide; unsigned long v; bpf_map__lookup_elem(m, &key, 4, &v, 8, 0);",
                  "as the value of map wide in bpf_map__lookup_elem()"},
             Case{"unsigned long v; extern int fd; bpf_map_lookup_elem(fd, &key, &v);",
                  "as the value of one of the maps pairs, stacks, wide in"},
             Case{"unsigned long k[8], v[8]; bpf_map_lookup_batch(bpf_map__fd(skel->maps.wide), 0, 0, k, v, &key, 0);",
                  "as the key of map wide in bpf_map_lookup_batch()"},
             Case{"unsigned long v[9]; bpf_map_lookup_elem(bpf_map__fd(skel->maps.stacks), &key, v);",
                  "as the value of map stacks"},
             Case{"typedef long count_t; count_t v; bpf_map_lookup_elem(bpf_map__fd(skel->maps.wide), &key, &v);",
                  "count_t, as the value"},
             Case{"struct pair { int a; long b; } v; bpf_map_lookup_elem(bpf_map__fd(skel->maps.pairs), &key, &v);",
                  "struct pair, as the value of map pairs in bpf_map_lookup_elem(), does not lie in the guest as in "
                  "BPF\n"
                  "    line  offset, size           BPF         guest\n"
                  "       3  int a                 0, 4          0, 4\n"
                  "       3  long b                8, 8          4, 4  <- declare it __s64\n"
                  "          size                    16             8\n"},
         })
        EXPECT_NE(in_main(statements).find(expected), std::string::npos) << statements << "\n" << in_main(statements);
}

TEST_F(MemoryUses, OfRecordsAndGlobalVariables) {
    const std::string ring = "int main(void) { return ring_buffer__new(3, on_record, 0, 0) == 0; }\n";
    const std::string perf = "int main(void) { return perf_buffer__new(3, 8, on_record, 0, 0, 0) == 0; }\n";
    const auto ring_callback = [&](const std::string& body) {
        return conflicts("int on_record(void *ctx, void *data, size_t size) { " + body + " }\n" + ring);
    };
    EXPECT_EQ(ring_callback("const __u64 *n = data; long *total = ctx; *total += *n; return 0;"), "");
    EXPECT_EQ(ring_callback("char text[9]; memcpy(text, data, 9); return text[0];"), "");
    EXPECT_NE(ring_callback("const unsigned long *n = data; return *n;")
                  .find("guest.c:2: error: unsigned long, in what BPF shares through on_record, has 8 bytes"),
              std::string::npos);
    EXPECT_NE(ring_callback("return *(long *)data;").find("declare it __s64"), std::string::npos);
    EXPECT_NE(ring_callback("size_t n; memcpy(&n, data, sizeof n); return n;").find("size_t, in what"),
              std::string::npos);
    const std::string helper = "static int show(const void *record) { return ((struct mine *)record)->id; }\n";
    const std::string type = "struct mine { int id; char *at; };\n";
    const std::string callback = "void on_record(void *ctx, int cpu, void *data, __u32 size) { show(data); }\n";
    EXPECT_NE(conflicts(type + helper + callback + perf)
                  .find("char *at              8, 8          4, 4  <- declare it __u64"),
              std::string::npos);
    EXPECT_EQ(conflicts(type + helper + callback + perf, {"mine"}), "");

    for (const char* statements : {"unsigned long list[4]; memcpy(list, skel->bss->list, sizeof skel->bss->list);",
                                   "unsigned long *n = (unsigned long *)&skel->bss->n; key = *n;",
                                   "struct tool_bpf__bss *bss = skel->bss; unsigned long *n = &bss->list[1]; key = *n;",
                                   "unsigned long *n = bpf_map__initial_value(skel->maps.wide, 0); key = *n;"})
        EXPECT_NE(in_main(statements).find("unsigned long, in what BPF shares through"), std::string::npos)
            << statements;
}

TEST_F(MemoryUses, InCppToo) {
    const std::string text = conflicts(
        "namespace tool { struct mine { int id; char *at; };\n"
        "int on_record(void *, void *data, size_t) { return static_cast<const mine *>(data)->id; } }\n"
        "int main() { unsigned long v = 0; __u32 key = 0; __u64 fine;\n"
        "bpf_map_lookup_elem(bpf_map__fd(skel->maps.wide), &key, &fine);\n"
        "bpf_map_lookup_elem(bpf_map__fd(skel->maps.wide), &key, &v);\n"
        "return !ring_buffer__new(3, tool::on_record, nullptr, nullptr); }\n",
        {}, "guest.cpp");
    EXPECT_NE(text.find("guest.cpp:5: error: mine, in what BPF shares through on_record, does not lie"), text.npos)
        << text;
    EXPECT_NE(text.find("guest.cpp:8: error: unsigned long, as the value of map wide"), text.npos) << text;
    EXPECT_EQ(text.find("guest.cpp:7:"), text.npos) << text;
}

TEST_F(MemoryUses, LayoutsInBpfAreTheCompilers) {
    const std::string source =
        "#include \"declarations.h\"\n"
        "struct inner { char c; long l; };\n"
        "struct packed { char c; long l; short s; } __attribute__((packed));\n"
        "struct aligned { char c; int x __attribute__((aligned(64))); void *p; };\n"
        "struct fields { unsigned a : 3, b : 30; unsigned long c : 5; char d; long e; };\n"
        "union either { long l; char bytes[5]; struct inner in[2]; };\n"
        "struct all { struct inner i; struct packed p[3]; struct aligned a; struct fields f; union either u; long "
        "double "
        "d; int (*call)(void); long tail[]; };\n"
        "struct all *all;\nstruct fields fields; union either either;\n";
    EXPECT_TRUE(write_file(folder_ / "all.c", source));
    const auto types = [&](const char* target) {
        const fs::path object = folder_ / "all.o";
        const std::vector<std::string> command = {tools_.clang, "-target",         target, "-g",  "-O0", "-w",
                                                  "-c",         folder_ / "all.c", "-o",   object};
        EXPECT_EQ(run_process(command).value(), 0);
        return DebugTypes(read_process({tools_.debug_lister, object}).value());
    };
    const DebugTypes bpf = types("bpf"), guest = types("wasm32-wasi"), made = as_in_bpf(guest);
    for (const char* name :
         {"struct inner", "struct packed", "struct aligned", "struct fields", "union either", "struct all"}) {
        const DebugType &expected = bpf.all().at(bpf.find(name).value()), &got = made.all().at(made.find(name).value());
        EXPECT_TRUE(got.is_complete) << name;
        EXPECT_EQ(layout_table(bpf, expected, made, got), "") << name;
    }
}

TEST(SyntaxTree, IsEmptyOrBrokenWhereTheListingIs) {
    for (const char* listing : {"", "\n", "|-", "x", "CallExpr", "CallExpr 0x", "CallExpr 0x1 <", "CallExpr 0x1 <col:1",
                                "`-DeclRefExpr 0x1 <<invalid sloc>> 'int' Var 0x", "MemberExpr 0x1 <:1:, :> ' ->a 0x2",
                                "      StringLiteral 0x1 <a.c:1:1> 'char' \"", "VarDecl 0x1 parent"})
        EXPECT_TRUE(bpf_memory_uses(SyntaxTree(listing), {}).empty()) << listing;
}

TEST(SyntaxTree, KnowsWhatPointersLeadTo) {
    for (const auto& [type, pointed] : {std::pair{"const struct event *", "struct event"},
                                        {"struct event *const", "struct event"},
                                        {"unsigned long[4]", "unsigned long"},
                                        {"const volatile unsigned long *", "unsigned long"},
                                        {"char **", "char *"},
                                        {"unsigned long (*)[4]", "unsigned long"},
                                        {"const_t *", "const_t"},
                                        {"int", ""},
                                        {"int (*)(void)", ""},
                                        {"void *", "void"}})
        EXPECT_EQ(pointed_type(type), pointed) << type;
}

}  // namespace
}  // namespace wasm_bpf::toolchain
