#include "toolchain/step.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "toolchain/process.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

std::string record_of(const Step& step) { return fmt::format("{}\n", fmt::join(step.command, "\n")); }

// The time as the file system tells it, which is not quite the clock's. An output gets the time at which its step
// began, so that an input written meanwhile is newer.
fs::file_time_type stamp_beside(const fs::path& file) {
    const fs::path stamp = file.parent_path() / "stamp";
    std::ofstream(stamp) << ' ';
    std::error_code error;
    const fs::file_time_type time = fs::last_write_time(stamp, error);
    return error ? fs::file_time_type::clock::now() : time;
}

// The files that a depfile ("target: a b \<newline> c") names; in a name, a space is written "\ ", a number sign "\#"
// and a dollar sign twice.
std::vector<fs::path> dependencies(std::string_view text) {
    std::vector<fs::path> result;
    text.remove_prefix(std::min(text.find(": ") + 1, text.size()));
    std::string name;
    const auto end_name = [&] {
        if (!name.empty()) result.emplace_back(std::exchange(name, {}));
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escapes = text[i] == '\\' && i + 1 < text.size();
        const bool doubled = text[i] == '$' && i + 1 < text.size() && text[i + 1] == '$';
        if (doubled || (escapes && (text[i + 1] == ' ' || text[i + 1] == '#')))
            name += text[++i];
        else if (escapes && text[i + 1] == '\n')
            end_name();
        else if (text[i] == ' ' || text[i] == '\n')
            end_name();
        else
            name += text[i];
    }
    end_name();
    return result;
}

BuildError tool_failed(const Step& step, int exit_code) {
    const std::string tool = fs::path(step.command.front()).filename();
    return {
        {EINVAL, fmt::format("{}: {} failed with exit code {}; its messages are above", step.what, tool, exit_code)},
        BuildError::Cause::sources};
}

std::string quoted(const fs::path& path) { return fmt::format("\"{}\"", path.string()); }

}  // namespace

Result<std::string> read_file(const fs::path& path) {
    std::error_code ignored;
    // The stream throws at the first read of one, whatever its exceptions() say.
    if (fs::is_directory(path, ignored)) return std::unexpected(errno_error(EISDIR, "read " + quoted(path)));
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::unexpected(errno_error(errno, "open " + quoted(path)));
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (file.bad()) return std::unexpected(errno_error(errno, "read " + quoted(path)));
    return content;
}

Result<> write_if_changed(const fs::path& path, const std::string& content) {
    if (const Result<std::string> before = read_file(path); before && *before == content) return {};
    return write_file(path, content);
}

Result<> write_file(const fs::path& path, const std::string& content) {
    const fs::path temporary = fmt::format("{}.{}", path.string(), getpid());
    errno = 0;
    std::ofstream file(temporary, std::ios::binary);
    file << content;
    file.close();
    std::error_code error;
    if (!file)
        error.assign(errno, std::generic_category());
    else
        fs::rename(temporary, path, error);
    if (!error) return {};
    std::error_code ignored;
    fs::remove(temporary, ignored);
    return std::unexpected(errno_error(error.value(), "write " + quoted(path)));
}

Result<> write_depfile(const fs::path& depfile, const fs::path& output, const std::set<fs::path>& inputs) {
    const auto escaped = [](const fs::path& path) {
        std::string text;
        for (const char c : path.string())
            text += c == ' ' || c == '#' ? fmt::format("\\{}", c) : std::string(c == '$' ? 2 : 1, c);
        return text;
    };
    std::string text = escaped(output) + ":";
    for (const fs::path& input : inputs) text += " \\\n  " + escaped(input);
    return write_file(depfile, text + "\n");
}

fs::path StepRunner::beside(const Step& step, const char* suffix) const {
    return folder_ / (step.output.filename().string() + suffix);
}

// Of the same name in a folder of this process: linkers write an output's name into it.
fs::path StepRunner::temporary_for(const Step& step) const {
    const fs::path own = folder_ / fmt::format("unfinished.{}", getpid());
    std::error_code ignored;
    fs::create_directory(own, ignored);
    return own / step.output.filename();
}

StepRunner::~StepRunner() {
    std::error_code ignored;
    fs::remove_all(folder_ / fmt::format("unfinished.{}", getpid()), ignored);
}

bool StepRunner::is_current(const Step& step) const {
    std::error_code error;
    const fs::file_time_type made = fs::last_write_time(step.output, error);
    if (error || read_file(beside(step, ".command")).value_or("") != record_of(step)) return false;
    std::vector<fs::path> inputs = step.inputs;
    if (step.reads_headers) {
        const Result<std::string> depfile = read_file(beside(step, ".d"));
        if (!depfile) return false;
        std::ranges::copy(dependencies(*depfile), std::back_inserter(inputs));
    }
    return std::ranges::all_of(inputs, [&](const fs::path& input) {
        const fs::file_time_type changed = fs::last_write_time(input, error);
        return !error && changed <= made;
    });
}

BuildResult<> StepRunner::run(const Step& step) {
    if (!is_current(step)) {
        const Result<Started> started = start(step);
        if (!started) return std::unexpected(started.error());
        const Result<int> exit_code = run_process(started->command);
        if (!exit_code) return std::unexpected(exit_code.error());
        if (*exit_code != 0) return std::unexpected(tool_failed(step, *exit_code));
        if (BuildResult<> done = finish(step, started->temporary, started->when); !done) return done;
    }
    if (step.reads_headers) note_files_read(step);
    return {};
}

BuildResult<> StepRunner::run_all(const std::vector<Step>& steps) {
    struct Due {
        const Step* step;
        Started started;
        Result<Ended> ended = Ended{};
    };
    std::vector<Due> due;
    for (const Step& step : steps) {
        if (is_current(step)) continue;
        Result<Started> started = start(step);
        if (!started) return std::unexpected(std::move(started).error());
        // Of a terminal that is behind ours.
        if (isatty(STDERR_FILENO) != 0) started->command.emplace_back("-fcolor-diagnostics");
        due.push_back({&step, std::move(*started)});
    }
    {
        std::atomic<std::size_t> next = 0;
        const auto work = [&] {
            for (std::size_t i; (i = next++) < due.size();) due[i].ended = run_captured(due[i].started.command);
        };
        const std::size_t cpus = std::max(1U, std::thread::hardware_concurrency());
        std::vector<std::jthread> workers;
        while (workers.size() + 1 < std::min(cpus, due.size())) workers.emplace_back(work);
        work();
    }
    for (const Due& each : due) {
        if (!each.ended) return std::unexpected(each.ended.error());
        fmt::print(stderr, "{}", each.ended->messages);
        if (each.ended->exit_code != 0) return std::unexpected(tool_failed(*each.step, each.ended->exit_code));
        if (BuildResult<> done = finish(*each.step, each.started.temporary, each.started.when); !done) return done;
    }
    for (const Step& step : steps)
        if (step.reads_headers) note_files_read(step);
    return {};
}

void StepRunner::note_files_read(const Step& step) { note_depfile(beside(step, ".d")); }

void StepRunner::note_depfile(const fs::path& depfile) {
    for (const fs::path& file : dependencies(read_file(depfile).value_or("")))
        if (std::ranges::mismatch(folder_, file).in1 != folder_.end()) files_read_.insert(file);
}

Result<StepRunner::Started> StepRunner::start(const Step& step) {
    if (step.precondition)
        if (Result<> holds = step.precondition(); !holds) return std::unexpected(std::move(holds).error());
    Started started{step.command, temporary_for(step), {}};
    started.command.insert(started.command.end(), {"-o", started.temporary});
    if (step.reads_headers) started.command.insert(started.command.end(), {"-MD", "-MF", beside(step, ".d")});
    log_(fmt::format("{}", fmt::join(started.command, " ")));
    started.when = stamp_beside(started.temporary);
    return started;
}

BuildResult<> StepRunner::make(const Step& step, const std::function<BuildResult<std::string>()>& text) {
    if (is_current(step)) return {};
    log_(fmt::format("{}", fmt::join(step.command, " ")));
    const fs::path temporary = temporary_for(step);
    const fs::file_time_type started = stamp_beside(temporary);
    BuildResult<std::string> content = text();
    if (!content)
        return std::unexpected(BuildError(std::move(content.error().error).in(step.what), content.error().cause));
    if (const Result<> written = write_file(temporary, *content); !written) return std::unexpected(written.error());
    return finish(step, temporary, started);
}

BuildResult<> StepRunner::finish(const Step& step, const fs::path& temporary, fs::file_time_type started) {
    std::error_code error;
    fs::last_write_time(temporary, started, error);
    if (!error) fs::rename(temporary, step.output, error);
    if (error) return std::unexpected(errno_error(error.value(), "write " + quoted(step.output)));
    if (const Result<> recorded = write_file(beside(step, ".command"), record_of(step)); !recorded)
        return std::unexpected(recorded.error());
    return {};
}

}  // namespace wasm_bpf::toolchain
