#pragma once
// Places of a test's own to attach to, and the kernel's own lists of what is attached.

#include <bpf/bpf.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include "bpf/fd.hpp"
#include "bpf/object.hpp"
#include "bpf/program.hpp"
#include "support/cgroup2.hpp"

namespace wasm_bpf::bpf::test {

// A thread of its own, since its network namespace cannot be left again.
inline void in_new_network(const std::function<void()>& body) {
    std::thread([&] {
        ASSERT_EQ(::unshare(CLONE_NEWNET), 0) << std::strerror(errno);
        body();
    }).join();
}

inline void bring_up_loopback() {
    const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    ASSERT_EQ(::ioctl(socket.get(), SIOCSIFFLAGS, &request), 0);
}

inline std::uint32_t program_id(const Program& program) {
    bpf_prog_info info{};
    std::uint32_t size = sizeof(info);
    EXPECT_EQ(bpf_prog_get_info_by_fd(program.fd(), &info, &size), 0);
    return info.id;
}

// The links of the whole system that run a program.
inline int count_links(std::uint32_t program) {
    int count = 0;
    for (std::uint32_t id = 0; bpf_link_get_next_id(id, &id) == 0;) {
        const Fd link(bpf_link_get_fd_by_id(id));
        bpf_link_info info{};
        std::uint32_t size = sizeof(info);
        if (link.valid() && bpf_link_get_info_by_fd(link.get(), &info, &size) == 0 && info.prog_id == program) ++count;
    }
    return count;
}

class Cgroup {
public:
    Cgroup() {
        std::error_code error;
        std::filesystem::create_directory(path_, error);
        EXPECT_FALSE(error) << path_ << ": " << error.message();
    }
    ~Cgroup() { ::rmdir(path_.c_str()); }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    const std::string path_ = wasm_bpf::test::cgroup2_root() + "/wasm-bpf-test-" + std::to_string(::getpid());
};

// One of the counters of attach.bpf.c.
inline std::uint64_t counter(Object& object, std::size_t index) {
    std::uint64_t counters[2] = {};
    const std::uint32_t key = 0;
    EXPECT_EQ(object.find_map(".bss")->lookup(&key, counters, 0), 0);
    return counters[index];
}

// A thread with mounts of its own, whose folder is a new BPF file system.
inline void with_bpf_file_system(const std::function<void(const std::string& folder)>& body) {
    std::thread([&] {
        // Threads share the working folder and root until CLONE_FS is undone too.
        ASSERT_EQ(::unshare(CLONE_FS | CLONE_NEWNS), 0) << std::strerror(errno);
        ASSERT_EQ(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0) << std::strerror(errno);
        const std::string folder = "/mnt";
        ASSERT_EQ(::mount("bpf", folder.c_str(), "bpf", 0, nullptr), 0) << std::strerror(errno);
        body(folder);
    }).join();
}

}  // namespace wasm_bpf::bpf::test
