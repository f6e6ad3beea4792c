// trace COMMAND [ARGUMENT…]: runs a command instruction by instruction until it writes to its standard output, and
// prints the addresses in its own program that it came by, one a line, in hexadecimal, as offsets from where the
// program begins. For `record`. Follows the first thread only; Linux on x86-64.
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace {

struct Range {
    unsigned long begin = 0, end = 0;
};

Range mapped_program(pid_t process) {
    const std::string folder = "/proc/" + std::to_string(process);
    char path[4096] = {};
    if (::readlink((folder + "/exe").c_str(), path, sizeof(path) - 1) < 0) return {};
    Range range;
    std::ifstream maps(folder + "/maps");
    for (std::string line; std::getline(maps, line);) {
        if (!line.ends_with(path)) continue;
        unsigned long begin = 0, end = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx", &begin, &end) != 2) continue;
        if (range.begin == 0) range.begin = begin;
        range.end = end;
    }
    return range;
}

unsigned long register_of(pid_t process, std::size_t offset) {
    return static_cast<unsigned long>(::ptrace(PTRACE_PEEKUSER, process, offset, nullptr));
}

constexpr std::size_t rip = offsetof(user_regs_struct, rip), rax = offsetof(user_regs_struct, rax),
                      rdi = offsetof(user_regs_struct, rdi);

bool is_about_to_write(pid_t process, unsigned long address) {
    constexpr unsigned long syscall_instruction = 0x050f;
    const auto code = static_cast<unsigned long>(::ptrace(PTRACE_PEEKTEXT, process, address, nullptr));
    if ((code & 0xffff) != syscall_instruction || register_of(process, rdi) != STDOUT_FILENO) return false;
    const unsigned long number = register_of(process, rax);
    return number == SYS_write || number == SYS_writev;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 2) return 2;
    const pid_t process = ::fork();
    if (process == 0) {
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::execv(arguments[1], arguments + 1);
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    if (!WIFSTOPPED(status)) return 1;
    ::ptrace(PTRACE_SETOPTIONS, process, nullptr, PTRACE_O_EXITKILL);
    const Range program = mapped_program(process);
    std::set<unsigned long> seen;
    for (long signal = 0;;) {
        if (::ptrace(PTRACE_SINGLESTEP, process, nullptr, signal) != 0 || ::waitpid(process, &status, __WALL) < 0 ||
            !WIFSTOPPED(status)) {
            std::fprintf(stderr, "trace: %s ended before it wrote anything\n", arguments[1]);
            return 1;
        }
        signal = WSTOPSIG(status) != SIGTRAP ? WSTOPSIG(status) : 0;
        const unsigned long address = register_of(process, rip);
        if (address >= program.begin && address < program.end)
            seen.insert(address - program.begin);
        else if (is_about_to_write(process, address))
            break;
    }
    ::kill(process, SIGKILL);
    ::waitpid(process, &status, __WALL);
    for (const unsigned long offset : seen) std::printf("%lx\n", offset);
}
