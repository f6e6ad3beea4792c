#include "support/command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>

extern char** environ;

namespace wasm_bpf::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
    bpf::Fd read, write;
    Pipe() {
        int fds[2];
        if (pipe2(fds, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
        read.reset(fds[0]);
        write.reset(fds[1]);
    }
};

int remaining_ms(Clock::time_point deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return left > 0 ? static_cast<int>(left) : 0;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& changes) {
    std::vector<std::string> all;
    for (char** variable = environ; *variable != nullptr; variable++) {
        const std::string_view text = *variable;
        if (!changes.contains(std::string(text.substr(0, text.find('='))))) all.emplace_back(text);
    }
    for (const auto& [name, value] : changes)
        if (!value.empty()) all.push_back(name + "=" + value);
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

}  // namespace

Command::Command(std::vector<std::string> arguments, std::map<std::string, std::string> environment) {
    Pipe output, error;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output.write.get(), 1);
    posix_spawn_file_actions_adddup2(&actions, error.write.get(), 2);
    auto variables = environment_with(environment);
    const int failed = posix_spawnp(&pid_, arguments.front().c_str(), &actions, nullptr, pointers(arguments).data(),
                                    pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error(arguments.front() + ": " + strerror(failed));
    output_fd_ = std::move(output.read);
    error_fd_ = std::move(error.read);
}

Command::~Command() {
    if (pid_ <= 0 || exit_code_ >= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

bool Command::read_some(Clock::time_point deadline) {
    if (!output_fd_.valid() && !error_fd_.valid()) return false;
    pollfd watched[] = {{output_fd_.get(), POLLIN, 0}, {error_fd_.get(), POLLIN, 0}};
    if (poll(watched, 2, remaining_ms(deadline)) <= 0) return true;
    const auto take = [](const pollfd& ready, bpf::Fd& fd, std::string& text) {
        if (ready.revents == 0) return;
        char block[4096];
        const ssize_t size = read(fd.get(), block, sizeof(block));
        if (size > 0)
            text.append(block, static_cast<std::size_t>(size));
        else
            fd.reset();
    };
    take(watched[0], output_fd_, output_);
    take(watched[1], error_fd_, error_);
    return true;
}

bool Command::wait_for(const std::string& stream, std::string_view text, std::chrono::milliseconds deadline) {
    const auto end = Clock::now() + deadline;
    while (stream.find(text) == stream.npos)
        if (Clock::now() >= end || !read_some(end)) return false;
    return true;
}

bool Command::wait_for_output(std::string_view text, std::chrono::milliseconds deadline) {
    return wait_for(output_, text, deadline);
}
bool Command::wait_for_error(std::string_view text, std::chrono::milliseconds deadline) {
    return wait_for(error_, text, deadline);
}

bool Command::wait_for_output_times(std::string_view text, std::size_t times) {
    const auto end = Clock::now() + std::chrono::seconds(20);
    std::size_t found = 0, from = 0;
    for (;;) {
        for (auto at = output_.find(text, from); at != output_.npos; at = output_.find(text, from)) {
            from = at + text.size();
            if (++found == times) return true;
        }
        if (Clock::now() >= end || !read_some(end)) return false;
    }
}

// Of a process that ended the number may be another's by now.
void Command::signal(int number) const {
    if (pid_ > 0 && exit_code_ < 0) kill(pid_, number);
}

bool Command::signal_until(int number, std::string_view text) {
    constexpr std::chrono::milliseconds pause{50};
    for (auto tries = std::chrono::seconds(20) / pause; tries > 0 && output_.find(text) == output_.npos; tries--) {
        signal(number);
        wait_for_output(text, pause);
    }
    return output_.find(text) != output_.npos;
}

int Command::wait(std::chrono::milliseconds deadline) {
    if (exit_code_ >= 0) return exit_code_;
    const auto end = Clock::now() + deadline;
    while (read_some(end))
        if (Clock::now() >= end) return -1;
    const bpf::Fd process(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
    pollfd watched{process.get(), POLLIN, 0};
    if (poll(&watched, 1, remaining_ms(end)) <= 0) return -1;
    int status = 0;
    waitpid(pid_, &status, 0);
    exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return exit_code_;
}

int Command::end_by(int number) {
    int exit_code = -1;
    for (int tries = 0; tries < 30 && exit_code < 0; tries++) {
        signal(number);
        exit_code = wait(std::chrono::seconds(1));
    }
    return exit_code;
}

std::vector<std::string> wasm_bpf(std::vector<std::string> arguments) {
    const char* minimal = std::getenv("WASM_BPF_TEST_MINIMAL");
    const std::string first = arguments.empty() ? "" : arguments.front();
    // It has no subcommands: what only the whole command does, as preparing a test, that does. Nor has it windows.
    const bool runs = first == "run" || first.starts_with('-') || first.starts_with('/');
    if (minimal != nullptr && first == "run") arguments.erase(arguments.begin());
    if (minimal != nullptr) std::erase(arguments, "--no-windows");
    arguments.insert(arguments.begin(), minimal != nullptr && runs ? minimal : TEST_COMMAND);
    return arguments;
}

}  // namespace wasm_bpf::test
