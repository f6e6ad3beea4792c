#pragma once
// A process of the test's own that waits until it is told to go: tools can be told its pid before it does anything.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include <gtest/gtest.h>

#include "bpf/fd.hpp"

namespace wasm_bpf::test {

class ChildProcess {
public:
    // `work` runs in it once go() is called; then it ends. It may call what is allowed after fork().
    explicit ChildProcess(const std::function<void()>& work) {
        int fds[2];
        if (pipe2(fds, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
        const bpf::Fd waits(fds[0]);
        go_.reset(fds[1]);
        pid_ = fork();
        if (pid_ != 0) return;
        go_.reset();
        char byte = 0;
        if (read(waits.get(), &byte, 1) == 1) work();
        _exit(0);
    }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess() {
        if (pid_ <= 0) return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }

    void go() { EXPECT_EQ(write(go_.get(), "x", 1), 1); }
    // After go(): until it ended.
    void join() {
        EXPECT_EQ(waitpid(pid_, nullptr, 0), pid_);
        pid_ = -1;
    }

    [[nodiscard]] int pid() const { return pid_; }

private:
    int pid_ = -1;
    bpf::Fd go_;
};

}  // namespace wasm_bpf::test
