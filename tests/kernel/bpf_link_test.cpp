// What can be done with an attachment, on the running kernel.

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "bpf/fixture.hpp"
#include "bpf/kernel.hpp"
#include "bpf/places.hpp"

extern "C" int wasm_bpf_test_probed(int value);  // bpf_attach_test.cpp

namespace wasm_bpf::bpf::test {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// What runs when a system call begins: an attachment that no other needs.
struct BpfLink : ::testing::Test {
    void SetUp() override { object_ = load_object("attach"); }
    Program& program(std::string_view name) { return *object_->find_program(name); }
    Link attach_raw_tracepoint() {
        auto link = program("on_raw_tracepoint").attach();
        EXPECT_TRUE(link) << link.error().message;
        return std::move(*link);
    }
    int links() { return count_links(program_id(program("on_raw_tracepoint"))); }
    std::unique_ptr<Object> object_;
};

TEST_F(BpfLink, OneThatIsPinnedOutlivesItsOwner) {
    with_bpf_file_system([&](const std::string& folder) {
        const std::string path = folder + "/one/two/link";
        {
            Link link = attach_raw_tracepoint();
            const auto pinned = link.pin(path);
            ASSERT_TRUE(pinned) << pinned.error().message;
            EXPECT_EQ(link.pin(path).error().errno_code, EEXIST);
        }
        EXPECT_EQ(links(), 1);
        {
            Link opened(Fd(bpf_obj_get(path.c_str())));
            ASSERT_TRUE(opened.info());
            EXPECT_EQ(opened.info()->type, BPF_LINK_TYPE_RAW_TRACEPOINT);
            const auto unpinned = opened.unpin(path);
            ASSERT_TRUE(unpinned) << unpinned.error().message;
            EXPECT_EQ(links(), 1);
        }
        EXPECT_EQ(links(), 0);
    });
}

TEST_F(BpfLink, OnlyWhatIsPinnedThereIsUnpinned) {
    with_bpf_file_system([&](const std::string& folder) {
        Link link = attach_raw_tracepoint();
        EXPECT_EQ(link.unpin(folder + "/link").error().errno_code, ENOENT);
        ASSERT_EQ(bpf_obj_pin(program("on_raw_tracepoint").fd(), (folder + "/program").c_str()), 0);
        EXPECT_EQ(link.unpin(folder + "/program").error().errno_code, EINVAL);
        Link other = attach_raw_tracepoint();
        ASSERT_TRUE(other.pin(folder + "/other"));
        EXPECT_EQ(link.unpin(folder + "/other").error().errno_code, EINVAL);
        const auto unpinned = other.unpin(folder + "/other");
        EXPECT_TRUE(unpinned) << unpinned.error().message;
    });
}

TEST_F(BpfLink, PinsAreMadeInABpfFileSystemAlone) {
    Link link = attach_raw_tracepoint();
    const std::string folder = "/tmp/wasm-bpf-no-such-folder-" + std::to_string(::getpid());
    const auto pinned = link.pin(folder + "/link");
    ASSERT_FALSE(pinned);
    EXPECT_EQ(pinned.error().errno_code, EINVAL);
    EXPECT_TRUE(contains(pinned.error().message, "mount -t bpf")) << pinned.error().message;
    EXPECT_NE(::access(folder.c_str(), F_OK), 0) << "a folder was made";
}

// libbpf disables a perf event when its link ends.
TEST_F(BpfLink, APinnedProbeStillRuns) {
    // Read here: in another mount namespace the link has a chroot's path from outside.
    const std::string target = std::filesystem::read_symlink("/proc/self/exe").string() + ":wasm_bpf_test_probed";
    with_bpf_file_system([&](const std::string& folder) {
        const std::string path = folder + "/probe";
        {
            auto link = attach_by_section(*object_, "on_function", target);
            ASSERT_TRUE(link) << link.error().message;
            ASSERT_TRUE(link->pin(path));
        }
        wasm_bpf_test_probed(1);
        EXPECT_EQ(counter(*object_, 0), 1U);
        ASSERT_EQ(::unlink(path.c_str()), 0);
        EXPECT_EQ(count_links(program_id(program("on_function"))), 0);
    });
}

TEST_F(BpfLink, OneThatIsNoneOfTheKernels) {
    int detached = 0;
    {
        Link link([&] { detached++; });
        EXPECT_EQ(link.fd(), -1);
        EXPECT_EQ(link.info().error().errno_code, EOPNOTSUPP);
        EXPECT_EQ(link.pin("/sys/fs/bpf/none").error().errno_code, EOPNOTSUPP);
        EXPECT_EQ(link.update_program(program("on_xdp").fd()).error().errno_code, EOPNOTSUPP);
        EXPECT_TRUE(link.detach());
        EXPECT_EQ(detached, 1);
        EXPECT_EQ(link.detach().error().errno_code, EOPNOTSUPP);
    }
    EXPECT_EQ(detached, 1);
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
