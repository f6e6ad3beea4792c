// Maps in the hands of guests.

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "bpf/places.hpp"
#include "child_process.hpp"
#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

TEST(Maps, EveryKindIsUsedInItsWay) { expect_passes("map_kinds"); }
TEST(Maps, BatchesMoveManyElements) { expect_passes("map_batches"); }
TEST(Maps, AreMadeWithoutAnObjectAndTakenByOthers) { expect_passes("map_life"); }

// As strace sees it.
TEST(Maps, ACallOfTheGuestsIsOneSystemCall) {
    const std::filesystem::path trace =
        std::filesystem::temp_directory_path() / ("wasm_bpf_test_trace_" + std::to_string(::getpid()));
    std::vector<std::string> line = {"strace", "-o", trace};
    std::ranges::copy(v1_guest("map_calls"), std::back_inserter(line));
    Command guest(std::move(line));
    EXPECT_EQ(guest.wait(), 0) << guest.output() << guest.error();
    std::ifstream calls(trace);
    int inside = -1, others = 0;
    for (std::string call; std::getline(calls, call) && call.find("\"end\\n\"") == call.npos;) {
        if (inside < 0)
            inside = call.find("\"begin\\n\"") == call.npos ? -1 : 0;
        else if (call.starts_with("bpf(BPF_MAP_"))
            inside++;
        else
            others++, ADD_FAILURE() << call;
    }
    EXPECT_EQ(inside, 100);
    EXPECT_EQ(others, 0);
    std::filesystem::remove(trace);
}

// With LSM programs and files as keys: in the virtual machine (tests/vm/cases/storage.sh).
TEST(Maps, StorageHasElementsOfWhatTheGuestHolds) {
    const bpf::test::Cgroup cgroup;
    ChildProcess busy([] {
        for (;;) ::syscall(SYS_getppid);
    });
    const auto join = [&](int pid) { std::ofstream(cgroup.path() + "/cgroup.procs") << pid; };
    join(busy.pid());
    busy.go();
    std::vector<std::string> line = {"/bin/sh", "-c", "echo $$ >\"$0\"/cgroup.procs; exec \"$@\"", cgroup.path()};
    std::ranges::copy(v1_guest("storage", {cgroup.path(), std::to_string(busy.pid())}), std::back_inserter(line));
    Command guest(std::move(line));
    EXPECT_EQ(guest.wait(), 0) << guest.output() << guest.error();
}

bool kernel_has(std::uint32_t map_id) {
    const int fd = bpf_map_get_fd_by_id(map_id);
    if (fd >= 0) ::close(fd);
    return fd >= 0;
}

// The kernel frees a map some time after its last user is gone.
bool is_gone(std::uint32_t map_id) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (kernel_has(map_id))
        if (std::chrono::steady_clock::now() > deadline) return false;
    return true;
}

std::uint32_t id_of_pinned(const std::string& path) {
    const int fd = bpf_obj_get(path.c_str());
    bpf_map_info info{};
    std::uint32_t size = sizeof(info);
    EXPECT_EQ(bpf_map_get_info_by_fd(fd, &info, &size), 0) << path;
    ::close(fd);
    return info.id;
}

// A folder of the BPF file system at its usual place, with symbolic links in it.
struct MapPins : testing::Test {
    void SetUp() override {
        std::error_code error;
        std::filesystem::remove_all(folder_, error);  // of a test that was killed
        ASSERT_TRUE(std::filesystem::create_directory(folder_, error))
            << folder_ << ": " << error.message() << " (mount -t bpf bpffs /sys/fs/bpf)";
        std::filesystem::create_symlink("a", folder_ / "link");
        std::filesystem::create_symlink("a/b/table", folder_ / "link_to_table");
    }
    ~MapPins() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    void run(const std::string& part) {
        expect_passes("map_pins", {folder_, part}, {"--allow", "pins=" + folder_.string() + "/**"});
    }
    std::filesystem::path folder_ = "/sys/fs/bpf/wasm_bpf_test_" + std::to_string(::getpid());
};

TEST_F(MapPins, OutliveTheGuestUntilTheyAreRemoved) {
    run("make");
    const std::uint32_t table = id_of_pinned(folder_ / "a/b/table"), by_name = id_of_pinned(folder_ / "by_name");
    run("other");
    EXPECT_TRUE(kernel_has(table));
    EXPECT_TRUE(kernel_has(by_name));
    run("find");
    EXPECT_TRUE(is_gone(table));
    EXPECT_TRUE(is_gone(by_name));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "by_name"));
}

TEST_F(MapPins, AreDeniedWithoutPermission) {
    Command guest(v1_guest("map_pins", {folder_, "make"}));
    EXPECT_NE(guest.wait(), 0);
    EXPECT_NE(guest.error().find("map \"by_name\" asks to be pinned"), std::string::npos) << guest.error();
    EXPECT_NE(guest.error().find("pins"), std::string::npos) << guest.error();
    EXPECT_FALSE(std::filesystem::exists(folder_ / "by_name"));
}

}  // namespace
}  // namespace wasm_bpf::test
