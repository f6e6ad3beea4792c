// What the policy is asked about: the places that a target names, whether the guest says it or the section's name.

#include <fcntl.h>

#include "bpf/attach_targets.hpp"
#include "bpf/fixture.hpp"
#include "bpf/section_places.hpp"

namespace wasm_bpf::bpf::test {
namespace {

class AttachPlaces : public testing::Test {
protected:
    std::vector<AttachPlaceText> places(const char* program, const AttachTarget& target = {}) {
        const Program& found = *object_->find_program(program);
        const auto resolved = found.resolve(target);
        EXPECT_TRUE(resolved) << resolved.error().message;
        return resolved ? attach_places(found.raw(), *resolved) : std::vector<AttachPlaceText>();
    }
    AttachPlaceText place(const char* program, const AttachTarget& target = {}) {
        auto all = places(program, target);
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? AttachPlaceText() : all.front();
    }
    std::unique_ptr<Object> object_ = open_object("attach");
};

TEST_F(AttachPlaces, AreReadFromTheSection) {
    EXPECT_EQ(place("on_tracepoint").kind, "tracepoint");
    EXPECT_EQ(place("on_tracepoint").function, "syscalls/sys_enter_getppid");
    EXPECT_EQ(place("on_raw_tracepoint").kind, "raw_tracepoint");
    EXPECT_EQ(place("on_raw_tracepoint").function, "sys_enter");
}

TEST_F(AttachPlaces, AreReadFromTheOneStringOfVersion0) {
    AttachTarget target{.kind = AttachKind::by_section, .path = "/proc/self/exe:main"};
    const AttachPlaceText uprobe = place("on_return", target);
    EXPECT_EQ(uprobe.kind, "uprobe");
    EXPECT_EQ(uprobe.function, "main");
    EXPECT_EQ(uprobe.binary, "/proc/self/exe") << "as given: the policy follows links";
    target.path = "lo";
    EXPECT_EQ(place("on_xdp", target).kind, "xdp");
    EXPECT_EQ(place("on_xdp", target).interface, "lo");
    target.path = "/sys/../sys";
    EXPECT_EQ(place("on_sockops", target).cgroup, "/sys/../sys");
    // What the section says already is not changed by it.
    target.path = "another/place";
    EXPECT_EQ(place("on_tracepoint", target).function, "syscalls/sys_enter_getppid");
}

TEST_F(AttachPlaces, AreOneForEachOfAList) {
    AttachTarget target{.kind = AttachKind::kprobe_multi, .names = {"one", "two"}};
    const auto named = places("on_kernel_function", target);
    ASSERT_EQ(named.size(), 2U);
    EXPECT_EQ(named[0].kind, "kprobe_multi");
    EXPECT_EQ(named[0].function, "one");
    EXPECT_EQ(named[1].function, "two");
    target.names.clear();
    target.addresses = {0xffffffff81000000};
    EXPECT_EQ(place("on_kernel_function", target).function, "0xffffffff81000000");
}

TEST_F(AttachPlaces, ANameWithAnOffsetIsNotTheName) {
    const AttachTarget target{.kind = AttachKind::kprobe, .name = "do_exit", .offset = 16};
    EXPECT_EQ(place("on_kernel_function", target).function, "do_exit+0x10");
    const AttachTarget offset{.kind = AttachKind::uprobe, .path = "/bin/none", .offset = 16};
    EXPECT_EQ(place("on_function", offset).function, "0x10");
}

TEST_F(AttachPlaces, AnOpenedCgroupIsAskedAboutByItsPath) {
    const Fd folder(::open("/sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    EXPECT_EQ(place("on_sockops", {.kind = AttachKind::cgroup, .fd = folder.get()}).cgroup, "/sys");
}

TEST(SectionPlaces, AreReadAsLibbpfReadsThem) {
    const auto read = [](const char* section) {
        const auto target = read_section_place(section);
        EXPECT_TRUE(target) << section;
        return target.value_or(AttachTarget{});
    };
    EXPECT_EQ(read("kprobe/do_exit+0x10").offset, 16U);
    EXPECT_EQ(read("kprobe/do_exit+0x10").name, "do_exit");
    EXPECT_TRUE(read("kretprobe/do_exit").return_probe);
    EXPECT_TRUE(read("kprobe.session/do_*").session);
    EXPECT_EQ(read("uprobe.s//bin/sh:main+8").path, "/bin/sh");
    EXPECT_EQ(read("uprobe.s//bin/sh:main+8").name, "main");
    EXPECT_EQ(read("uprobe.multi/libc.so.6:mem*").name, "mem*");
    EXPECT_EQ(read("usdt//bin/sh:provider:probe").provider, "provider");
    EXPECT_EQ(read("ksyscall/openat").kind, AttachKind::ksyscall);
    EXPECT_EQ(read("fentry.s/do_exit").kind, AttachKind::trace);
    EXPECT_EQ(read("iter/task").kind, AttachKind::iterator);
    for (const char* wrong : {"kprobe/", "kretprobe/do_exit+1", "uprobe/no_function", "usdt//bin/sh:only",
                              "tp/category", "raw_tp/", "nonsense", "kprobes/x", ""})
        EXPECT_FALSE(read_section_place(wrong)) << wrong;
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
