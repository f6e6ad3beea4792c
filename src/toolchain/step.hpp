#pragma once
// One step of a build: inputs to an output, skipped where the output is up to date and never left half-written.

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "wasm_bpf/error.hpp"

namespace wasm_bpf::toolchain {

// Why a build failed. Sources that a tool refuses are the user's matter; all else is the environment's.
struct BuildError {
    enum class Cause { environment, sources };
    Error error;
    Cause cause = Cause::environment;

    BuildError(Error failure, Cause why = Cause::environment)  // implicit, so that a Result converts
        : error(std::move(failure)), cause(why) {}
};

template <typename T = void>
using BuildResult = std::expected<T, BuildError>;

struct Step {
    std::string what;  // "compile x.bpf.c"
    std::filesystem::path output;
    std::vector<std::filesystem::path> inputs;
    // The tool and its arguments; `-o FILE` is put after them. Where they change, the step is run again.
    std::vector<std::string> command;
    // Whether the compiler is to say which headers it read, which then count as inputs too.
    bool reads_headers = false;
    // Called before the tool is first run: what must hold for it.
    std::function<Result<>()> precondition = {};
};

// Runs the steps of one build.
class StepRunner {
public:
    // What belongs to the build itself (records of commands, temporary files) lies in `folder`, which exists. It must
    // be in the file system of the outputs. `log` gets each command that is run.
    StepRunner(std::filesystem::path folder, std::function<void(const std::string&)> log)
        : folder_(std::move(folder)), log_(std::move(log)) {}

    ~StepRunner();
    StepRunner(const StepRunner&) = delete;
    StepRunner& operator=(const StepRunner&) = delete;

    // Runs the step's tool unless the output is up to date. The tool's own messages go where ours go.
    BuildResult<> run(const Step& step);
    // The same for several, of which none reads another's output: as many at once as there are CPUs. Their messages
    // come in their order, up to the first that fails.
    BuildResult<> run_all(const std::vector<Step>& steps);
    // The same for an output that we make ourselves; the step's command only records how.
    BuildResult<> make(const Step& step, const std::function<BuildResult<std::string>()>& text);

    // Counts what a compiler wrote to this depfile as read, too.
    void note_depfile(const std::filesystem::path& depfile);
    // Every file that the compilers of the steps so far have read, but for those of the build's own folder.
    [[nodiscard]] const std::set<std::filesystem::path>& files_read() const { return files_read_; }

private:
    struct Started {
        std::vector<std::string> command;
        std::filesystem::path temporary;
        std::filesystem::file_time_type when;
    };
    Result<Started> start(const Step& step);
    void note_files_read(const Step& step);
    [[nodiscard]] bool is_current(const Step& step) const;
    [[nodiscard]] std::filesystem::path beside(const Step& step, const char* suffix) const;
    [[nodiscard]] std::filesystem::path temporary_for(const Step& step) const;
    BuildResult<> finish(const Step& step, const std::filesystem::path& temporary,
                         std::filesystem::file_time_type started);

    std::filesystem::path folder_;
    std::function<void(const std::string&)> log_;
    std::set<std::filesystem::path> files_read_;
};

// Writes that `output` is made of `inputs`, as make and ninja read it.
[[nodiscard]] Result<> write_depfile(const std::filesystem::path& depfile, const std::filesystem::path& output,
                                     const std::set<std::filesystem::path>& inputs);

// The content of a file, or an error that names it.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);
// Replaces the file at once, or not at all.
[[nodiscard]] Result<> write_file(const std::filesystem::path& path, const std::string& content);
// A file that has the content already stays as it is, its time too.
[[nodiscard]] Result<> write_if_changed(const std::filesystem::path& path, const std::string& content);

}  // namespace wasm_bpf::toolchain
