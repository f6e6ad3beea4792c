#include "host_api/handle_table.hpp"

#include <fcntl.h>

#include <cerrno>
#include <set>

#include <gtest/gtest.h>

#include "host_api/interrupts.hpp"

namespace wasm_bpf::host_api {
namespace {

bpf::Fd any_fd() { return bpf::Fd(open("/dev/null", O_RDONLY | O_CLOEXEC)); }
bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

// The table neither reads nor frees what objects own.
bpf::Map* map_at(std::uintptr_t address) { return reinterpret_cast<bpf::Map*>(address); }
bpf::Program* program_at(std::uintptr_t address) { return reinterpret_cast<bpf::Program*>(address); }

TEST(HandleTable, GivesPositiveHandlesOfTheRightKind) {
    HandleTable table;
    const Handle socket = table.add(Socket{});
    const Handle cgroup = table.add(Cgroup{});
    EXPECT_GT(socket, 0);
    EXPECT_GT(cgroup, 0);
    EXPECT_NE(socket, cgroup);
    EXPECT_NE(table.get<Socket>(socket), nullptr);
    EXPECT_NE(table.get<Cgroup>(cgroup), nullptr);
    EXPECT_EQ(table.get<Cgroup>(socket), nullptr);
    EXPECT_EQ(table.get<bpf::Link>(socket), nullptr);
    EXPECT_EQ(table.object(socket), nullptr);
    EXPECT_EQ(table.ring(socket), nullptr);
    EXPECT_EQ(table.map(socket), nullptr);
    EXPECT_EQ(table.program(socket), nullptr);
}

TEST(HandleTable, RefusesForgedHandles) {
    HandleTable table;
    const Handle known = table.add(Socket{});
    for (const Handle forged : {0, -1, known + 1, known + 0x10000, -known, 0x7fffffff, -0x7fffffff - 1, known << 16}) {
        EXPECT_EQ(table.get<Socket>(forged), nullptr) << forged;
        EXPECT_EQ(table.close(forged), -EBADF) << forged;
        EXPECT_EQ(table.owner_of(forged), 0) << forged;
    }
    EXPECT_NE(table.get<Socket>(known), nullptr);
}

TEST(HandleTable, ClosesOnceAndNeverNamesTheSuccessor) {
    HandleTable table;
    Socket socket{any_fd()};
    const int fd = socket.fd.get();
    const Handle first = table.add(std::move(socket));
    EXPECT_EQ(table.close(first), 0);
    EXPECT_FALSE(is_open(fd));
    EXPECT_EQ(table.close(first), -EBADF);
    const Handle second = table.add(Socket{});
    EXPECT_NE(first, second);
    EXPECT_EQ(first & 0xffff, second & 0xffff) << "the place is used again";
    EXPECT_EQ(table.get<Socket>(first), nullptr);
}

TEST(HandleTable, UsesAPlaceOnlyAsOftenAsItsGenerationsTell) {
    HandleTable table;
    std::set<Handle> seen;
    for (int i = 0; i < 40'000; i++) {
        const Handle handle = table.add(Socket{});
        ASSERT_GT(handle, 0);
        ASSERT_TRUE(seen.insert(handle).second) << "given twice: " << handle;
        ASSERT_EQ(table.close(handle), 0);
    }
}

TEST(HandleTable, HasAnEnd) {
    HandleTable table;
    std::vector<Handle> all;
    for (Handle handle = table.add(Socket{}); handle > 0; handle = table.add(Socket{})) all.push_back(handle);
    EXPECT_EQ(all.size(), 65535u);
    EXPECT_EQ(table.add(Socket{}), -EMFILE);
    EXPECT_EQ(table.close(all[100]), 0);
    EXPECT_GT(table.add(Socket{}), 0);
    EXPECT_EQ(table.add(Socket{}), -EMFILE);
}

TEST(HandleTable, GivesOneHandleAMapOrProgram) {
    HandleTable table;
    const Handle owner = table.add(std::make_unique<HostObject>());
    const Handle map = table.handle_of(owner, map_at(0x1000));
    EXPECT_EQ(table.handle_of(owner, map_at(0x1000)), map);
    EXPECT_NE(table.handle_of(owner, map_at(0x2000)), map);
    const Handle program = table.handle_of(owner, program_at(0x1000));
    EXPECT_NE(program, map);
    EXPECT_EQ(table.map(map), map_at(0x1000));
    EXPECT_EQ(table.program(program), program_at(0x1000));
    EXPECT_EQ(table.map(program), nullptr);
    EXPECT_EQ(table.owner_of(map), owner);
    EXPECT_EQ(table.owner_of(owner), 0);
}

TEST(HandleTable, ClosesWhatAnObjectOwnsWithIt) {
    HandleTable table;
    const Handle owner = table.add(std::make_unique<HostObject>());
    const Handle other = table.add(std::make_unique<HostObject>());
    const Handle map = table.handle_of(owner, map_at(0x1000));
    const Handle program = table.handle_of(owner, program_at(0x1000));
    const Handle kept = table.handle_of(other, map_at(0x3000));
    EXPECT_EQ(table.close(map), -EINVAL) << "it is the object's";
    EXPECT_EQ(table.close(owner), 0);
    EXPECT_EQ(table.map(map), nullptr);
    EXPECT_EQ(table.program(program), nullptr);
    EXPECT_EQ(table.object(owner), nullptr);
    EXPECT_EQ(table.map(kept), map_at(0x3000));
}

TEST(HandleTable, ClosesAllAtItsEnd) {
    HandleTable table;
    Interrupts interrupts;
    Socket socket{any_fd()};
    const int fd = socket.fd.get();
    table.add(std::move(socket));
    table.add(RingSet::open(interrupts).value());
    table.close_all();
    EXPECT_FALSE(is_open(fd));
}

}  // namespace
}  // namespace wasm_bpf::host_api
