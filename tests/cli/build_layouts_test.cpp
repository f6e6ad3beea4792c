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

constexpr const char* counting_program = R"(#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct mine { __u32 id; unsigned long at; };
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 9);
	__type(key, __u32);
	__type(value, unsigned long);
} counts SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
unsigned long list[4];
SEC("tp/sched/sched_switch") int on_switch(void *context)
{
	struct mine mine = { list[0], 1 };
	bpf_ringbuf_output(&events, &mine, sizeof(mine), 0);
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
)";

TEST_F(BuildLayouts, SeesWhatMapCallsAreGiven) {
    write("tiny.bpf.c", counting_program);
    const std::string before =
        "#include \"tiny.skel.h\"\nint main(void) {\n\tstruct tiny_bpf *tool = tiny_bpf__open();\n\t__u32 key = 1;\n\t";
    const std::string after =
        " value = 0;\n\treturn bpf_map_lookup_elem(bpf_map__fd(tool->maps.counts), &key, &value);\n}\n";
    write("tiny.c", before + "unsigned long" + after);
    const Outcome built = build(".");
    EXPECT_EQ(built.exit_code, 1);
    EXPECT_TRUE(mentions(built.output,
                         "tiny.c:6: error: unsigned long, as the value of map counts in bpf_map_lookup_elem(), has 8 "
                         "bytes in BPF and 4 in the guest  <- declare it __u64\n"))
        << built.output;
    EXPECT_FALSE(fs::exists(folder_ / "tiny.wasm"));

    write("tiny.c", before + "__u64" + after);
    EXPECT_EQ(build(".").exit_code, 0);
}

TEST_F(BuildLayouts, SeesWhatStackTracesAreGiven) {
    write("tiny.bpf.c", R"(#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __uint(key_size, 4); } stacks SEC(".maps");
SEC("tp/sched/sched_switch") int on_switch(void *context) { return bpf_get_stackid(context, &stacks, 0) < 0; }
char LICENSE[] SEC("license") = "GPL";
)");
    write("tiny.c", R"(#include <stdlib.h>
#include "tiny.skel.h"
static int show(int fd, int id, unsigned depth)
{
	unsigned long *ip = calloc(depth, sizeof(*ip));
	return bpf_map_lookup_elem(fd, &id, ip);
}
int main(void)
{
	struct tiny_bpf *tool = tiny_bpf__open();
	bpf_map__set_value_size(tool->maps.stacks, 127 * sizeof(unsigned long));
	return show(bpf_map__fd(tool->maps.stacks), 1, 127);
}
)");
    const Outcome built = build(".");
    EXPECT_EQ(built.exit_code, 1);
    EXPECT_TRUE(mentions(built.output,
                         "tiny.c:6: error: unsigned long, as the value of map stacks in "
                         "bpf_map_lookup_elem(), has 8 bytes in BPF and 4 in the guest  <- declare it "
                         "__u64\n"))
        << built.output;
}

TEST_F(BuildLayouts, SeesWhatRecordsAndGlobalVariablesAreReadAs) {
    write("tiny.bpf.c", counting_program);
    write("tiny.c", R"(#include <string.h>
#include "tiny.skel.h"
struct record { unsigned id; unsigned long at; };
static int on_event(void *context, void *data, size_t size)
{
	const struct record *record = data;
	return record->at + size + !context;
}
int main(void)
{
	struct tiny_bpf *tool = tiny_bpf__open();
	unsigned long list[4];
	memcpy(list, tool->bss->list, sizeof(list));
	return list[0] && !ring_buffer__new(bpf_map__fd(tool->maps.events), on_event, 0, 0);
}
)");
    const Outcome built = build(".");
    EXPECT_EQ(built.exit_code, 1);
    EXPECT_TRUE(
        mentions(built.output,
                 "tiny.c:6: error: struct record, in what BPF shares through on_event, does not lie in the guest as in "
                 "BPF\n"
                 "    line  offset, size               BPF         guest\n"
                 "       3  unsigned int id           0, 4          0, 4\n"
                 "       3  unsigned long at          8, 8          4, 4  <- declare it __u64\n"))
        << built.output;
    EXPECT_TRUE(mentions(built.output, "tiny.c:13: error: unsigned long, in what BPF shares through bss, has 8 bytes"))
        << built.output;
}

}  // namespace
}  // namespace wasm_bpf
