#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace wasm_bpf::bench {
namespace {

constexpr std::chrono::milliseconds patience = std::chrono::seconds(20);

struct Pipe {
    bpf::Fd read;
    bpf::Fd write;
};

Pipe make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
    return {bpf::Fd(ends[0]), bpf::Fd(ends[1])};
}

void pin(Process::Cpu cpu) {
    cpu_set_t allowed, chosen;
    if (cpu == Process::Cpu::any || sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return;
    CPU_ZERO(&chosen);
    for (int i = 0; i < CPU_SETSIZE; i++) {
        if (!CPU_ISSET(i, &allowed)) continue;
        CPU_ZERO(&chosen);
        CPU_SET(i, &chosen);
        if (cpu == Process::Cpu::first) break;
    }
    sched_setaffinity(0, sizeof(chosen), &chosen);
}

}  // namespace

Process::Process(const Command& command, Cpu cpu) : name_(command.front()) {
    Pipe input = make_pipe();
    Pipe output = make_pipe();
    std::vector<char*> arguments;
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    pid_ = fork();
    if (pid_ < 0) fail("fork");
    if (pid_ == 0) {
        pin(cpu);
        dup2(input.read.get(), STDIN_FILENO);
        dup2(output.write.get(), STDOUT_FILENO);
        execv(arguments[0], arguments.data());
        _exit(127);
    }
    input_ = std::move(input.write);
    output_ = std::move(output.read);
}

Process::~Process() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

void Process::fail(const std::string& what) const { throw std::runtime_error(name_ + ": " + what); }

bool Process::read_more() {
    pollfd watched{output_.get(), POLLIN, 0};
    if (poll(&watched, 1, static_cast<int>(patience.count())) == 0) fail("wrote nothing for 20 s");
    char block[4096];
    const ssize_t size = ::read(output_.get(), block, sizeof(block));
    if (size < 0) fail("read its output");
    unread_.append(block, static_cast<std::size_t>(size));
    return size > 0;
}

std::string Process::read_line() {
    while (unread_.find('\n') == unread_.npos)
        if (!read_more()) fail("ended early: see above");
    const auto end = unread_.find('\n');
    std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    return line;
}

void Process::write_line() {
    if (::write(input_.get(), "\n", 1) != 1) fail("write to it");
}

std::chrono::nanoseconds Process::cpu_time() const {
    clockid_t clock;
    timespec time;
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) fail("read its CPU time");
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

double Process::peak_memory_mb() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    fail("read its peak memory");
}

std::string Process::finish() {
    input_.reset();
    while (read_more()) {
    }
    int status = 0;
    const pid_t ended = waitpid(pid_, &status, 0);
    pid_ = -1;
    if (ended < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0) fail("failed: see above");
    return std::move(unread_);
}

}  // namespace wasm_bpf::bench
