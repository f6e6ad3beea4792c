#include "toolchain/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "bpf/fd.hpp"

namespace wasm_bpf::toolchain {
namespace {

class SpawnActions {
public:
    SpawnActions() { posix_spawn_file_actions_init(&actions_); }
    ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;
    posix_spawn_file_actions_t* get() { return &actions_; }

private:
    posix_spawn_file_actions_t actions_;
};

Result<pid_t> spawn(const std::vector<std::string>& arguments, SpawnActions& actions) {
    std::vector<char*> pointers;
    for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    pid_t pid = 0;
    if (const int error = posix_spawn(&pid, pointers[0], actions.get(), nullptr, pointers.data(), environ); error != 0)
        return std::unexpected(errno_error(error, "run " + arguments[0]));
    return pid;
}

int wait_for(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Result<int> run_process(const std::vector<std::string>& arguments) {
    SpawnActions actions;
    const Result<pid_t> pid = spawn(arguments, actions);
    if (!pid) return std::unexpected(pid.error());
    return wait_for(*pid);
}

namespace {

struct Output {
    std::string text;
    int exit_code;
};

// What a program writes to one of its two streams; the other is dropped.
Result<Output> read_stream(const std::vector<std::string>& arguments, int stream) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::unexpected(errno_error(errno, "make a pipe"));
    const bpf::Fd read_end(ends[0]);
    bpf::Fd write_end(ends[1]);
    SpawnActions actions;
    posix_spawn_file_actions_adddup2(actions.get(), write_end.get(), stream);
    const int other = stream == STDOUT_FILENO ? STDERR_FILENO : STDOUT_FILENO;
    posix_spawn_file_actions_addopen(actions.get(), other, "/dev/null", O_WRONLY, 0);
    const Result<pid_t> pid = spawn(arguments, actions);
    if (!pid) return std::unexpected(pid.error());
    write_end.reset();

    std::string text;
    std::array<char, 4096> buffer;
    ssize_t count = 0;
    while ((count = read(read_end.get(), buffer.data(), buffer.size())) > 0 || (count < 0 && errno == EINTR))
        if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    return Output{std::move(text), wait_for(*pid)};
}

}  // namespace

Result<std::string> read_process(const std::vector<std::string>& arguments) {
    Result<Output> output = read_stream(arguments, STDOUT_FILENO);
    if (!output) return std::unexpected(output.error());
    return output->exit_code == 0 ? std::move(output->text) : std::string();
}

Result<std::string> read_messages(const std::vector<std::string>& arguments) {
    Result<Output> output = read_stream(arguments, STDERR_FILENO);
    if (!output) return std::unexpected(output.error());
    return std::move(output->text);
}

Result<Ended> run_captured(const std::vector<std::string>& arguments) {
    Result<Output> output = read_stream(arguments, STDERR_FILENO);
    if (!output) return std::unexpected(output.error());
    return Ended{output->exit_code, std::move(output->text)};
}

std::string read_line(const std::vector<std::string>& arguments) {
    const std::string text = read_process(arguments).value_or("");
    return text.substr(0, text.find('\n'));
}

}  // namespace wasm_bpf::toolchain
